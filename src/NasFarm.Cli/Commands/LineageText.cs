using System.Globalization;
using System.Text;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Lineage;

namespace NasFarm.Cli.Commands;

/// <summary>The lineage of a run for the terminal.</summary>
internal static class LineageText
{
    private const int HashShown = 16;

    /// <summary>What was asked, by what it was computed, each unit with its attempts, scores, and the manifests.</summary>
    public static string Render(RunRecord run)
    {
        var text = new StringBuilder();
        Line($"{run.RunId}: {run.Spec.Method} in {run.Spec.Space.Name} C{run.Spec.Space.Channels} N{run.Spec.Space.Cells}, seed {run.Spec.SearchSeed}, data order {run.Spec.DataOrderSeed}");
        Line($"  search       {run.SearchState}{(run.Diverged ? ", diverged" : "")}{(run.Genotype is { } cell ? $": {cell}" : "")}");
        Line($"  code         {run.CodeVersion} planned; {string.Join(", ", Versions(run))} executed");
        Line($"  numerics     revision {run.Spec.NumericsRevision}{(run.NumericsChanged ? "; changed within the run, by permission" : "")}");
        foreach (var (hash, numerics) in run.Fingerprints.OrderBy(f => f.Key, StringComparer.Ordinal))
            Line($"               {hash}: {NumericsDifference.Text(numerics)}");
        foreach (var data in run.Data)
            Line($"  {data.Use,-12} {data.Name}, content {data.ContentHash}{(data.Origin is { } origin ? $", from {origin.Address}" : "")}");
        Line($"  history      SHA-256 {run.HistorySha256}");

        foreach (var unit in run.Units)
        {
            Line($"");
            Line($"{unit.UnitId}: {(unit.Kind == UnitKind.Search ? $"search phase {unit.Phase}" : "retrain job")}, {unit.State}");
            foreach (var a in unit.Attempts)
            {
                Line($"  fence {a.Fence,-3} {a.Slot} on {a.Host} ({a.DeviceModel ?? "device not recorded"}), numerics {a.Fingerprint ?? "unknown: it never began"}");
                Line($"            {a.ClaimedAt:u} to {(a.EndedAt is { } end ? end.ToString("u", CultureInfo.InvariantCulture) : "now")}, {From(a)}: {a.Ending ?? "running"}{(a.Message is { Length: > 0 } why ? $", {why}" : "")}");
            }
            if (unit.End is { } file)
                Line($"  end       checkpoint {file.Sha256}, {file.Bytes} bytes, {file.Trained} epochs trained{(file.Kept ? "" : "; the file is gone")}");
            if (unit.Retrain is { } score)
                Line($"  score     test accuracy {score.TestAccuracy:0.##} % (best epoch {score.BestTestAccuracy:0.##} %), {score.Parameters} parameters{(score.Diverged ? ", diverged" : "")}");
        }
        if (run.Table is { } table)
        {
            Line($"");
            Line($"table file {table.FileSha256}");
            foreach (var (column, value) in table.Scores)
                Line($"  {column} {value}");
        }
        foreach (var manifest in run.Manifests)
        {
            Line($"");
            Line($"manifest of sweep {manifest.Name} ({manifest.SweepId}), arm {manifest.Arm}, accepted {manifest.AcceptedAt:u}, SHA-256 {manifest.Sha256}");
            foreach (var line in manifest.Text?.TrimEnd().Split('\n') ?? [])
                Line($"  {line.TrimEnd()}");
        }
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture).TrimEnd()).Append('\n');
    }

    private static IEnumerable<string> Versions(RunRecord run)
    {
        var versions = run.Units.SelectMany(unit => unit.Attempts).Where(a => a.StartedAt is not null)
            .Select(a => a.CodeVersion ?? "a version that was not recorded").Distinct().ToList();
        return versions.Count > 0 ? versions : ["nothing"];
    }

    private static string From(AttemptRecord attempt) => (attempt.ResumedAt, attempt.ResumedFrom) switch
    {
        (null, _) => "not begun",
        (var epochs, { } checkpoint) => string.Create(CultureInfo.InvariantCulture, $"from epoch {epochs}, checkpoint {checkpoint[..Math.Min(HashShown, checkpoint.Length)]}"),
        (0, null) => "from the start",
        (var epochs, null) => string.Create(CultureInfo.InvariantCulture, $"from epoch {epochs}, checkpoint not recorded"),
    };
}
