namespace NasFarm.Analysis.Comparison;

/// <summary>A published test accuracy in percent.</summary>
/// <param name="Sd">As printed; null when none is.</param>
public sealed record PublishedAccuracy(double Mean, double? Sd = null);

/// <summary>One row of a published table. Null: not printed, or not read in a stored copy.</summary>
/// <param name="Method">Method as the source names it.</param>
/// <param name="N">Searches behind it; null for a single known cell.</param>
public sealed record PublishedFigure(string Method, int? N, PublishedAccuracy? Cifar10, PublishedAccuracy? Cifar100, PublishedAccuracy? ImageNet16);

/// <summary>Figures whose source was read (tag [T] of spec/headline-results.md §1.1); recalled ones are left out, and so is the
/// re-run of §1.2, which must not share a table with these.</summary>
public static class PublishedFigures
{
    /// <summary>Where they come from.</summary>
    public const string Source =
        "NAS-Bench-201 (ICLR 2020) and follow-ups under its protocol, search on CIFAR-10, test accuracy by table look-up; spec/headline-results.md §1.1";

    /// <summary>NAS-Bench-201, test accuracy.</summary>
    public static IReadOnlyList<PublishedFigure> NasBench201 { get; } =
    [
        new("optimal in the space", null, new(94.37), new(73.51), new(47.31)),
        new("ResNet reference", null, new(93.97), new(70.86), new(43.63)),
        Row("DARTS, 1st and 2nd order (all-skip cell)", 54.30, 0.00, 15.61, 0.00, 16.32, 0.00),
        Row("ENAS", 53.89, 0.58, 13.96, 2.33, 14.84, 2.10),
        Row("RSPS", 84.07, 3.61, 52.31, 5.77, 26.28, 3.09),
        Row("RSPS, first version of the paper", 87.66, 1.69, 58.33, 4.34, 31.14, 3.88),
        Row("SETN", 87.64, 0.00, 59.05, 0.24, 32.52, 0.21),
        Row("GDAS", 93.61, 0.09, 70.70, 0.30, 41.71, 0.98),
        Row("SNAS", 92.77, 0.83, 69.34, 1.98, 43.16, 2.64),
        new("DSNAS", 3, new(93.08, 0.13), new(31.01, 16.38), new(41.07)),
        Row("PC-DARTS", 93.41, 0.30, 67.48, 0.89, 41.31, 0.22),
        Row("iDARTS", 93.58, 0.32, 70.83, 0.48, 40.89, 0.68),
        Row("DrNAS = β-DARTS = Λ-DARTS (one cell)", 94.36, 0.00, 73.51, 0.00, 46.34, 0.00),
        Row("REINFORCE", 93.85, 0.37, 71.71, 1.09, 45.24, 1.18),
        Row("NASWOT, first version of the paper", 91.78, 1.45, 67.05, 2.89, 37.07, 6.39) with { N = 100 },
        Row("TE-NAS", 93.90, 0.47, 71.24, 0.56, 42.38, 0.46),
        Row("FairNAS", 93.23, 0.18, 71.00, 1.46, 42.19, 0.31),
    ];

    private static PublishedFigure Row(string method, double c10, double c10Sd, double c100, double c100Sd, double in16, double in16Sd) =>
        new(method, 3, new(c10, c10Sd), new(c100, c100Sd), new(in16, in16Sd));
}
