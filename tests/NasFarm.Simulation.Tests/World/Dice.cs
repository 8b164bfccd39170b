using System.Numerics;

namespace NasFarm.Simulation.Tests.World;

/// <summary>Every choice of a schedule. Each stream counts for itself, so that leaving one fault out changes no other choice.</summary>
internal sealed class Dice(ulong seed)
{
    public DiceStream Stream(string name)
    {
        var key = Mix(seed + 0x9E3779B97F4A7C15);
        foreach (var letter in name)
            key = Mix(key ^ letter);
        return new(name, key);
    }

    /// <summary>A bijection of 64 bits in which every bit of the result depends on every bit of the argument (Steele et al. 2014, SplitMix64).</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>A number of a text: the same on every machine.</summary>
    public static ulong Of(string text)
    {
        var sum = 0xCBF29CE484222325UL;
        foreach (var letter in text)
            sum = BitOperations.RotateLeft(sum ^ letter, 5) * 0x100000001B3;
        return Mix(sum);
    }
}

/// <summary>One stream of choices.</summary>
internal sealed class DiceStream(string name, ulong key)
{
    public string Name => name;

    /// <summary>Choices made so far.</summary>
    public int Count { get; private set; }

    public ulong Next() => Dice.Mix(key + (ulong)++Count * 0x9E3779B97F4A7C15);

    public int Below(int count) => (int)(Next() % (ulong)count);

    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => Unit() < probability;

    public double Between(double least, double most) => least + Unit() * (most - least);

    public T One<T>(IReadOnlyList<T> of) => of[Below(of.Count)];
}
