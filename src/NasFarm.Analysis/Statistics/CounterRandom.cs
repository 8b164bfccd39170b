namespace NasFarm.Analysis.Statistics;

/// <summary>Random numbers that are a pure function of (seed, counter): SplitMix64 (Steele, Lea and Flood 2014) read at any place.</summary>
public readonly record struct CounterRandom(ulong Seed)
{
    /// <summary>Sixty-four random bits.</summary>
    public ulong Bits(ulong counter)
    {
        var z = Seed + (counter + 1) * 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>An index in [0, count). The bias of the multiplication is below count/2⁶⁴.</summary>
    public int Index(ulong counter, int count) => (int)Math.BigMul(Bits(counter), (ulong)count, out _);
}
