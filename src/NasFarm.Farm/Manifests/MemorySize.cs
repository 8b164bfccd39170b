using System.Globalization;

namespace NasFarm.Farm.Manifests;

/// <summary>Memory as people write it: <c>8GiB</c>.</summary>
public static class MemorySize
{
    /// <summary>What it must look like.</summary>
    public const string Pattern = "^[1-9][0-9]{0,5}(MiB|GiB)$";

    /// <summary>The same in words.</summary>
    public const string Says = "a whole number and MiB or GiB, e.g. 8GiB";

    /// <summary>Bytes of a size that has the form of <see cref="Pattern"/>; throws <see cref="FormatException"/> otherwise.</summary>
    public static long Parse(string text)
    {
        var shift = text.EndsWith("GiB", StringComparison.Ordinal) ? 30 : text.EndsWith("MiB", StringComparison.Ordinal) ? 20 : 0;
        return shift > 0 && int.TryParse(text.AsSpan(0, text.Length - 3), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 1_000_000
            ? (long)number << shift
            : throw new FormatException($"'{text}' is no memory size; it must be {Says}.");
    }
}
