using System.Globalization;
using NasFarm.Analysis.Comparison;

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
