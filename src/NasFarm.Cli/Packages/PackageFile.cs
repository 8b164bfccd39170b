using NasFarm.Catalog.Results;
using NasFarm.Farm.Lineage;

namespace NasFarm.Cli.Packages;

/// <summary>A file of a reproduction package.</summary>
/// <param name="Name">Relative path with '/'.</param>
internal abstract record PackageFile(string Name)
{
    /// <summary>UTF-8 text.</summary>
    public sealed record Text(string Name, string Content) : PackageFile(Name);

    /// <summary>A checkpoint, copied from where it is kept on this host.</summary>
    /// <param name="Name">As in the package.</param>
    /// <param name="Path">As on this host.</param>
    /// <param name="Sha256">What the store recorded; the copy must have it.</param>
    public sealed record Checkpoint(string Name, string Path, string Sha256) : PackageFile(Name);
}

/// <summary>Names of the files that a program reads again.</summary>
internal static class PackageNames
{
    public const string Plan = "plan.json", Manifest = "manifest.yaml", Lineage = "lineage.json", Sums = "SHA256SUMS";

    /// <summary>Canonical history of a run.</summary>
    public static string History(string runId) => $"histories/{runId}.txt";
}

/// <summary><c>plan.json</c>: what was run, with everything needed to run it again.</summary>
/// <param name="Format">Version of the package's layout.</param>
/// <param name="PackagedBy">Version of the program that wrote it.</param>
/// <param name="Runs">In the order of the sweep's plan.</param>
internal sealed record PackagePlan(
    string Format, string PackagedBy, string SweepId, string Name, IReadOnlyList<string> Arms, ComparisonSpec Comparison, IReadOnlyList<PackagedRun> Runs)
{
    /// <summary>The layout that this version writes and reads.</summary>
    public const string CurrentFormat = "nasfarm-package/1";
}

/// <summary>A run of a package.</summary>
internal sealed record PackagedRun(SeedRunState State, RecordedRun Recorded);
