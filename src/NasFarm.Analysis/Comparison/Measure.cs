using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.Comparison;

/// <summary>Where a score comes from.</summary>
public enum MeasureKind
{
    /// <summary>Test accuracy of the cell retrained from scratch, mean over retrain seeds.</summary>
    Retrain,

    /// <summary>A column of the space's benchmark table.</summary>
    Table,
}

/// <summary>A score that every finished run has, in percent, higher is better.</summary>
/// <param name="Id">Stable name: <c>retrain:emnist-balanced:sgas-es-emnist</c>, with <c>:pad-to-32</c> for the second test mode, or
/// <c>table:c10_test_200</c>.</param>
/// <param name="Kind">Retraining or table.</param>
/// <param name="Target">Retrain data, or the table's column.</param>
/// <param name="Recipe">Retrain recipe; null for a table.</param>
/// <param name="PadTo32">The recipe's second test mode.</param>
public sealed record Measure(string Id, MeasureKind Kind, string Target, string? Recipe, bool PadTo32)
{
    /// <summary>The main measure where nothing is retrained.</summary>
    public const string MainColumn = NasBench201Table.Cifar10Test;

    /// <summary>Table columns that are scores: final test accuracy on each data set. The others (training and validation accuracy,
    /// short trainings, sizes) are exported and never compared.</summary>
    public static IReadOnlyList<string> ScoreColumns { get; } = [MainColumn, "c100_test_200", "in16_test_200", NasBenchMacroTable.Cifar10Test, DeeperInsightsTable.Cifar10Test, NasBench101Table.Cifar10Test];

    /// <summary>Name for people.</summary>
    public string Label => Kind == MeasureKind.Table ? $"table {Target}" : $"{Target} ({Recipe}{(PadTo32 ? ", test padded to 32" : "")})";

    /// <summary>All measures of a sweep: retrain targets in manifest order, then <see cref="ScoreColumns"/>.</summary>
    public static IReadOnlyList<Measure> Discover(IEnumerable<SeedRunResult> runs)
    {
        var all = runs.ToList();
        var retrains = all.SelectMany(r => r.Retrains).ToList();
        return
        [
            .. retrains.Select(r => (r.Data, r.Recipe)).Distinct().Select(t => Retrain(t.Data, t.Recipe, padTo32: false)),
            .. retrains.Where(r => r.Outcome.TestAccuracyPadTo32 is not null).Select(r => (r.Data, r.Recipe)).Distinct()
                .Select(t => Retrain(t.Data, t.Recipe, padTo32: true)),
            .. ScoreColumns.Where(c => all.Any(r => r.Table.ContainsKey(c))).Select(c => new Measure($"table:{c}", MeasureKind.Table, c, null, false)),
        ];
    }

    /// <summary>The predeclared main measure: the first retrain target, else the first of <see cref="ScoreColumns"/> that tests on CIFAR-10
    /// (<see cref="MainColumn"/> before the others); null when there is none.</summary>
    public static Measure? Main(IReadOnlyList<Measure> measures) =>
        measures.FirstOrDefault(m => m.Kind == MeasureKind.Retrain)
        ?? measures.FirstOrDefault(m => m.Kind == MeasureKind.Table && m.Target.StartsWith("c10_", StringComparison.Ordinal));

    /// <summary>Score of a run: null unless it finished; chance when its search diverged. A retraining that diverged brings its
    /// chance accuracy into the mean.</summary>
    public double? ScoreOf(SeedRunResult run)
    {
        if (run.State != SeedRunState.Finished) return null;
        if (run.SearchDiverged) return ChanceAccuracy.Of(Target);
        if (Kind == MeasureKind.Table) return run.Table.TryGetValue(Target, out var value) ? value : null;
        var each = RetrainScores(run);
        return each.Length > 0 ? each.Average() : null;
    }

    /// <summary>Scores of a run by retrain seed; empty for a table.</summary>
    public double[] RetrainScores(SeedRunResult run) =>
        [.. Of(run).Select(r => PadTo32 ? r.Outcome.TestAccuracyPadTo32 : r.Outcome.TestAccuracy).OfType<double>()];

    /// <summary>The search diverged, or a retraining of this target did.</summary>
    public bool Diverged(SeedRunResult run) => run.SearchDiverged || Of(run).Any(r => r.Outcome.Diverged);

    private IEnumerable<RetrainResult> Of(SeedRunResult run) =>
        Kind == MeasureKind.Retrain ? run.Retrains.Where(r => r.Data == Target && r.Recipe == Recipe) : [];

    private static Measure Retrain(string data, string recipe, bool padTo32) =>
        new($"retrain:{data}:{recipe}{(padTo32 ? ":pad-to-32" : "")}", MeasureKind.Retrain, data, recipe, padTo32);
}
