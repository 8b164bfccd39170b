using System.Globalization;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Statistics;

namespace NasFarm.Analysis.Tables;

/// <summary>What the arms' searches found and measured, in words and terminal tables.</summary>
internal static class ArmText
{
    /// <summary>Runs listed one by one at most; the comparison as JSON holds all.</summary>
    private const int MostRuns = 20;

    public static string Cells(ComparisonReport report)
    {
        var table = new TextTable("arm", "cell", "width / C", "depth", "skips", "n", "differ", "distance", "agreement");
        foreach (var arm in report.Arms.Where(a => a.Cells is not null))
        {
            foreach (var shape in arm.Cells!.Shapes)
            {
                table.Row(arm.Label, shape.Type.ToString().ToLowerInvariant(), Range(shape.Width), Range(shape.Depth), Range(shape.Skips),
                    $"{arm.Cells.N}", $"{arm.Cells.Different}", Distance(arm.Cells), Numbers.Points(arm.Cells.MeanAgreement));
            }
        }
        return TextTable.Wrap("Cells: mean (range) of their shapes; different genotypes, choices that two seeds do not share, and the share of seeds that make an " +
            "edge's commonest choice, means over pairs and edges", ComparisonText.Width) + table;
    }

    public static string Lambda(ComparisonReport report)
    {
        var measured = report.Arms.Where(a => a.Lambda is not null).Select(a => (a.Label, Lambda: a.Lambda!)).ToList();
        var arms = new TextTable("arm", "runs", "first 5", "last 5", "max", "growth", "rule", "fires in", "window", "batches", "time");
        foreach (var (label, lambda) in measured)
        {
            arms.Row(label, $"{lambda.Runs.Count}", Numbers.Short(lambda.First5), Numbers.Short(lambda.Last5), Numbers.Short(lambda.Max),
                Numbers.Points(lambda.Growth), lambda.Rule, Fires(lambda), $"{lambda.Window}", Batches(lambda.Batches), Numbers.Duration(lambda.Seconds));
        }
        var text = TextTable.Wrap("λmax (medians over runs; the rule is replayed over what was recorded; window: measurements in its local average; " +
            "batches: α minibatches of a measurement; time: of all measurements of a run)", ComparisonText.Width) + arms;
        if (measured.Sum(m => m.Lambda.Runs.Count) > MostRuns) return text;
        var runs = new TextTable("arm", "seed", "first 5", "last 5", "max", "at", "growth", "trigger", "batches", "time");
        foreach (var (label, run) in measured.SelectMany(m => m.Lambda.Runs.Select(r => (m.Label, r))))
        {
            runs.Row(label, run.Seed, Numbers.Short(run.First5), Numbers.Short(run.Last5), Numbers.Short(run.Max), $"{run.MaxEpoch}",
                Numbers.Points(run.Growth), Trigger(run), Batches(run.Batches), Numbers.Duration(run.Seconds));
        }
        return $"{text}\n{runs}";
    }

    public static string Alignment(ComparisonReport report)
    {
        var table = new TextTable("arm", "runs", "last epoch");
        foreach (var arm in report.Arms.Where(a => a.Alignment is not null))
            table.Row(arm.Label, $"{arm.Alignment!.Runs}", Numbers.Short(arm.Alignment.Last));
        return "Λ, alignment of the layers' gradients (medians over runs)\n" + table;
    }

    /// <summary>Where the runs of each arm stand; empty when all have finished.</summary>
    public static string Missing(ComparisonReport report)
    {
        if (report.Arms.All(a => a.Declared.Finished == a.Declared.Declared)) return "";
        var table = new TextTable("arm", "declared", "finished", "failed", "cancelled", "open", "diverged");
        foreach (var arm in report.Arms)
        {
            var d = arm.Declared;
            table.Row(arm.Label, $"{d.Declared}", $"{d.Finished}", $"{d.Failed}", $"{d.Cancelled}", $"{d.Open}", $"{arm.Diverged}");
        }
        return $"\n{table}";
    }

    /// <summary><c>10</c>, or <c>9 of 10</c> where runs of the arm have no value: no figure hides how many it leaves out.</summary>
    public static string Counted(int n, ArmReport arm) => n == arm.Declared.Declared ? $"{n}" : $"{n} of {arm.Declared.Declared}";

    /// <summary><c>, 29 of 30 runs</c> where a table is of finished runs and some have not; else empty.</summary>
    public static string Finished(ComparisonReport report) =>
        report.Declared.Finished == report.Declared.Declared ? "" : $", {report.Declared.Finished} of {report.Declared.Declared} runs";

    /// <summary><c>0 of 9 (≤ 30 %), 1 open</c>: runs without a result are named.</summary>
    public static string Collapse(CollapseCount? count, ArmReport arm) => count is null ? Numbers.Absent
        : count.N == arm.Declared.Declared ? $"{count}" : $"{count}, {arm.Declared.Declared - count.N} without";

    /// <summary>Where the variance comes from.</summary>
    public static string Components(VarianceComponents parts)
    {
        IEnumerable<string> named =
        [
            $"search seeds {Numbers.Points(parts.Between)}",
            .. parts.Order is { } order ? [$"data orders {Numbers.Points(order)}"] : Array.Empty<string>(),
            .. parts.Pair is { } pair ? [$"search seed × data order {Numbers.Points(pair)}"] : Array.Empty<string>(),
            .. parts.Within is { } within ? [$"retraining one cell {Numbers.Points(within)}"] : Array.Empty<string>(),
            .. parts.Rest is { } rest ? [$"the rest {Numbers.Points(rest)}"] : Array.Empty<string>(),
        ];
        return $"SD by source (REML): {string.Join(", ", named)}";
    }

    /// <summary>What was ranked, and whether it differs.</summary>
    public static string Ranking(ArmRanking ranking)
    {
        var what = ranking.By == RankedBy.Spread ? "by SD (rank 1: least)" : "by mean score (rank 1: highest)";
        var test = ranking.Friedman is { } p ? $"Friedman p {Numbers.P(p)}{(ranking.Exact ? ", exact" : "")}" : "no setting tells them apart";
        var groups = ranking.Groups.Count == 0 ? "all pairs differ" : $"not told apart: {string.Join("; ", ranking.Groups.Select(g => string.Join(", ", g)))}";
        return string.Create(CultureInfo.InvariantCulture,
            $"Arms ranked {what} over {ranking.Settings.Count} settings: {test}; Nemenyi's critical difference {ranking.CriticalDifference:0.00} ranks at 5 %; {groups}");
    }

    /// <summary>α minibatches of a measurement of λmax.</summary>
    public static string Batches(int? batches) => batches is { } count ? $"{count}" : Numbers.Absent;

    /// <summary><c>3 of 10 runs</c>, or <c>5 of 48 phases</c> where the rule begins anew in each.</summary>
    public static string Fires(LambdaSummaries lambda) => $"{lambda.Fires} of {lambda.Phases} {(lambda.Phases == lambda.Runs.Count ? "runs" : "phases")}";

    /// <summary><c>22 → 10</c>: the rule fires at 22 and returns to 10; with several phases, the first time and in how many.</summary>
    public static string Trigger(LambdaSummary run) => run.Trigger is not { } t ? Numbers.Absent
        : $"{t.Epoch} → {t.ReturnTo}{(run.Phases > 1 ? $", {run.Fires} of {run.Phases}" : "")}";

    /// <summary>τ with n, and its p where n allows one.</summary>
    public static string Agreement(RankAgreement? agreement) => agreement?.Tau is not { } tau ? Numbers.Absent
        : string.Create(CultureInfo.InvariantCulture, $"{tau:0.00}, n {agreement.N}{(agreement.Test is { } test ? $", p {Numbers.P(test)}" : "")}");

    /// <summary>Mean and range: <c>2.75 (1.5–3.5)</c>; one number where there is one.</summary>
    public static string Range(MeanAndRange values) => values.Min == values.Max ? Numbers.Short(values.Mean)
        : $"{Numbers.Points(values.Mean)} ({Numbers.Short(values.Min)}–{Numbers.Short(values.Max)})";

    /// <summary><c>4.2 of 16</c>.</summary>
    public static string Distance(GenotypeStatistics cells) => cells.MeanDistance is { } distance
        ? string.Create(CultureInfo.InvariantCulture, $"{distance:0.0} of {cells.KeptEdges}") : Numbers.Absent;
}
