using System.Globalization;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Lineage;

/// <summary>What keeps two machines from computing the same bits.</summary>
public static class NumericsDifference
{
    private static readonly (string Name, Func<NumericsFingerprint, string> Value)[] Parts =
    [
        ("libtorch", f => f.Libtorch),
        ("BLAS", f => f.Blas),
        ("instruction set", f => f.InstructionSet),
        ("threads", f => f.Threads.ToString(CultureInfo.InvariantCulture)),
        ("element type", f => f.ElementType),
        ("layout", f => f.Layout),
        ("device", f => f.Device),
        ("CUDA", f => f.Cuda ?? "none"),
        ("backend", f => f.Backend),
    ];

    /// <summary>A line for each part, with its value there and here; empty: the same numerics.</summary>
    public static IReadOnlyList<string> Between(NumericsFingerprint there, NumericsFingerprint here) =>
        [.. Parts.Where(part => part.Value(there) != part.Value(here)).Select(part => $"{part.Name}: {part.Value(there)} there, {part.Value(here)} here")];

    /// <summary>A fingerprint in one line.</summary>
    public static string Text(NumericsFingerprint fingerprint) => string.Join(", ", Parts.Select(part => $"{part.Name} {part.Value(fingerprint)}"));
}
