using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace NasFarm.Search.Randomness;

/// <summary>A sequence of random numbers that is a pure function of (seed, name, part, step, item): what was drawn elsewhere,
/// earlier, or before a restart never matters. Ten million steps in, a stream is as cheap to open as at the start.</summary>
/// <remarks>
/// The Philox key is the first 8 bytes of SHA-256 over the seed (8 bytes, little-endian) and the UTF-8 text <c>name</c> or
/// <c>name/part</c>. The counter is (block, item, step low, step high), so a stream holds 2^32 blocks of four words.
/// Not thread-safe; open one per thread.
/// </remarks>
public sealed class RandomStream
{
    private const long WordsPerStream = 4L << 32;

    private readonly uint key0;
    private readonly uint key1;
    private readonly ulong step;
    private readonly uint item;
    private long position;
    private long blockAt = -1;
    private (uint W0, uint W1, uint W2, uint W3) block;

    /// <summary>Opens a stream at its first number.</summary>
    /// <param name="seed">Search, retrain or data-order seed; any value.</param>
    /// <param name="name">Purpose, one of <see cref="StreamNames"/>.</param>
    /// <param name="step">Trained epoch (or another counter that never rewinds); 0 for what happens once.</param>
    /// <param name="item">Image, batch or other thing inside the step.</param>
    /// <param name="part">Finer purpose, e.g. a parameter's name; null for none.</param>
    public RandomStream(long seed, string name, long step = 0, uint item = 0, string? part = null)
        : this(Key(seed, part is null ? name : $"{name}/{part}"), (ulong)step, item)
    {
    }

    private RandomStream((uint Key0, uint Key1) key, ulong step, uint item)
    {
        (key0, key1) = key;
        this.step = step;
        this.item = item;
    }

    /// <summary>32-bit words drawn so far; set it to continue at any place.</summary>
    public long Position
    {
        get => position;
        set => position = value is >= 0 and <= WordsPerStream
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"A stream has {WordsPerStream} words.");
    }

    /// <summary>The stream of another item under the same seed, name and step, at its first number.</summary>
    public RandomStream Item(uint other) => new((key0, key1), step, other);

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        if (position == WordsPerStream)
            throw new InvalidOperationException($"A stream has {WordsPerStream} words and all are drawn; use another item or step.");
        if (position >> 2 != blockAt)
        {
            blockAt = position >> 2;
            block = Philox.Block((uint)blockAt, item, (uint)step, (uint)(step >> 32), key0, key1);
        }

        return (position++ & 3) switch { 0 => block.W0, 1 => block.W1, 2 => block.W2, _ => block.W3 };
    }

    /// <summary>The next 64 random bits: two words, the lower first.</summary>
    public ulong NextUInt64()
    {
        var low = NextUInt32();
        return low | (ulong)NextUInt32() << 32;
    }

    /// <summary>Uniform in [0, 1), 53 bits, two words.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1L << 53));

    /// <summary>Uniform in [0, 1), 24 bits, one word.</summary>
    public float NextFloat() => (NextUInt32() >> 8) * (1f / (1 << 24));

    /// <summary>Uniform between <paramref name="low"/> (included) and <paramref name="high"/> (excluded up to rounding), two words.</summary>
    public double NextUniform(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Standard normal by Box and Muller in double precision; four words, nothing kept back.</summary>
    public double NextNormal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble())); // 1 − u lies in (0, 1]: the logarithm is finite
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>Standard Gumbel, −log(−log u) with u in (0, 1); two words.</summary>
    public double NextGumbel() => -Math.Log(-Math.Log(((NextUInt64() >> 12) + 0.5) * (1.0 / (1L << 52))));

    /// <summary>True with the given probability; two words.</summary>
    public bool NextBernoulli(double probability) => NextDouble() < probability;

    /// <summary>Uniform integer in [0, <paramref name="count"/>), without bias: multiply, and redraw the few words that would favour
    /// some values (Lemire, "Fast random integer generation in an interval", 2019).</summary>
    public int NextInt(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var product = (ulong)NextUInt32() * (uint)count;
        if ((uint)product < (uint)count)
        {
            var unfair = (uint)(0x1_0000_0000UL % (uint)count);
            while ((uint)product < unfair)
                product = (ulong)NextUInt32() * (uint)count;
        }

        return (int)(product >> 32);
    }

    /// <summary>A uniform permutation of 0 … count−1 (Fisher and Yates, from the front).</summary>
    public int[] Permutation(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        for (var i = 0; i < count - 1; i++)
        {
            var j = i + NextInt(count - i);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>The first <paramref name="drawn"/> entries of <see cref="Permutation"/>, in time and memory of the draw, not of the whole.</summary>
    public int[] Sample(int count, int drawn)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(drawn);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(drawn, count);
        var moved = new Dictionary<int, int>(drawn); // places whose value differs from their index
        var sample = new int[drawn];
        for (var i = 0; i < drawn; i++)
        {
            var j = i < count - 1 ? i + NextInt(count - i) : i;
            sample[i] = moved.GetValueOrDefault(j, j);
            moved[j] = moved.GetValueOrDefault(i, i);
        }

        return sample;
    }

    /// <summary>Fills with uniform floats in [low, high), one word each.</summary>
    public void FillUniform(Span<float> values, double low = 0, double high = 1)
    {
        foreach (ref var value in values)
            value = (float)(low + (high - low) * NextFloat());
    }

    /// <summary>Fills with normal floats, four words each.</summary>
    public void FillNormal(Span<float> values, double mean = 0, double standardDeviation = 1)
    {
        foreach (ref var value in values)
            value = (float)(mean + standardDeviation * NextNormal());
    }

    /// <summary>Fills with standard normal floats for network inputs, where speed counts more than the tails: Box and Muller in single
    /// precision, both values of a pair kept, one word each (an odd last value takes two). The largest magnitude is 6.7.</summary>
    public void FillNoise(Span<float> values)
    {
        for (var i = 0; i < values.Length; i += 2)
        {
            // (word + 1) / 2^32 lies in (0, 1]: the logarithm is finite.
            var radius = MathF.Sqrt(-2 * MathF.Log((NextUInt32() + 1f) * (1f / 4294967296f)));
            var (sin, cos) = MathF.SinCos(2 * MathF.PI * NextFloat());
            values[i] = radius * cos;
            if (i + 1 < values.Length)
                values[i + 1] = radius * sin;
        }
    }

    /// <summary>Fills with 1 (with the given probability) and 0, two words each.</summary>
    public void FillBernoulli(Span<float> values, double probability)
    {
        foreach (ref var value in values)
            value = NextBernoulli(probability) ? 1f : 0f;
    }

    /// <summary>Fills with 1/keep (with probability <paramref name="keep"/>, to the next multiple of 2⁻¹⁶) and 0: dropout masks, where speed counts. Two
    /// values a word, the lower half first.</summary>
    public void FillMask(Span<float> values, double keep)
    {
        var (limit, kept) = ((uint)Math.Round(keep * 65536), (float)(1 / keep));
        for (var i = 0; i < values.Length; i += 2)
        {
            var word = NextUInt32();
            values[i] = (word & 0xFFFF) < limit ? kept : 0;
            if (i + 1 < values.Length)
                values[i + 1] = word >> 16 < limit ? kept : 0;
        }
    }

    private static (uint Key0, uint Key1) Key(long seed, string name)
    {
        var text = new byte[8 + Encoding.UTF8.GetByteCount(name)];
        BinaryPrimitives.WriteInt64LittleEndian(text, seed);
        Encoding.UTF8.GetBytes(name, text.AsSpan(8));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return (BinaryPrimitives.ReadUInt32LittleEndian(hash), BinaryPrimitives.ReadUInt32LittleEndian(hash[4..]));
    }
}
