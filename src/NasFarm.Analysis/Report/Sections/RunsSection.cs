using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>Every declared run: state, reason, score, genotype.</summary>
internal static class RunsSection
{
    /// <summary>Rows at most; the text says when there are more.</summary>
    private const int MostRows = 2000;

    public static XElement Of(SweepResult sweep, ComparisonReport report)
    {
        var table = Table("Runs", ["run", "arm", "seed", "state", "reason", report.Main?.Label ?? "score", "attempts", "genotype"],
            sweep.Runs.Take(MostRows).Select(r => (IReadOnlyList<object?>)
            [
                El("code", r.RunId.Length > 12 ? r.RunId[..12] : r.RunId), r.Arm, Series.PairOf(r), State(r), Reason(r), Numbers.Points(report.Main?.ScoreOf(r)), r.Attempts,
                r.Genotype is { } g ? El("code", GenotypeText.PrintShort(GenotypeText.Parse(r.Spec.Space.Name, g))) : Numbers.Absent,
            ]), 2, 5, 6);
        var note = sweep.Runs.Count > MostRows ? $"The first {MostRows} of {sweep.Runs.Count} runs; the export holds all." : null;
        // A long table is folded away, but never on paper, where nothing can be opened.
        return Section("runs", "Runs", El("p", report.Declared.ToString() + "."),
            Table("Runs by arm", ["arm", "declared", "finished", "failed", "cancelled", "open", "diverged"], report.Arms.Select(a => (IReadOnlyList<object?>)
                [a.Label, a.Declared.Declared, a.Declared.Finished, a.Declared.Failed, a.Declared.Cancelled, a.Declared.Open, a.Diverged]), 1, 2, 3, 4, 5, 6), note is null ? null : El("p", note),
            El("details", sweep.Runs.Count <= 60 ? At("open", "open") : null, El("summary", $"{Math.Min(MostRows, sweep.Runs.Count)} runs"), table));
    }

    private static string State(SeedRunResult run) =>
        run.State.ToString().ToLowerInvariant() + (run.SearchDiverged ? ", diverged" : "") + (run.NumericsChanged ? ", numerics changed" : "");

    private static object Reason(SeedRunResult run) => (run.Reason, run.ReasonText) switch
    {
        (null, null) => "",
        (var reason, null) => reason,
        (null, var text) => text,
        var (reason, text) => new object[] { El("code", reason), El("br"), text },
    };
}
