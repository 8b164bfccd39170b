using System.Globalization;
using System.Text;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Plans;

/// <summary>A plan for people and for programs: what will run, what it can show, what it will cost, and what is known already.</summary>
/// <param name="SweepId">Id of the sweep.</param>
/// <param name="Name">Name in the manifest.</param>
/// <param name="Tenant">Owner.</param>
/// <param name="CodeVersion">Version that planned.</param>
/// <param name="Runs">Seed-runs in all.</param>
/// <param name="RetrainJobs">Retrain jobs in all.</param>
/// <param name="SeedsPerArm">Smallest number of seeds that a searching arm has in one space on one data set.</param>
/// <param name="DetectableVarianceRatio">Smallest ratio of variances that n can show; null for n &lt; 2.</param>
/// <param name="Evidence">The sentence about n.</param>
/// <param name="Comparison">Predeclared comparison.</param>
/// <param name="Arms">A line per arm.</param>
/// <param name="Seconds">Slot seconds at most; null: not measured.</param>
/// <param name="Store">Runs per action against a store; null without one.</param>
/// <param name="Changes">Runs of the store to know of: failed and cancelled earlier.</param>
/// <param name="Looks">What each look asks and finds; null in a plan without looks.</param>
public sealed record PlanReport(
    string SweepId, string Name, string Tenant, string CodeVersion, int Runs, int RetrainJobs, int SeedsPerArm,
    double? DetectableVarianceRatio, string Evidence, ComparisonSpec Comparison, IReadOnlyList<ArmLine> Arms, double? Seconds,
    IReadOnlyDictionary<PlanAction, int>? Store, IReadOnlyList<PlannedChange> Changes, IReadOnlyList<PlannedLook>? Looks = null)
{
    /// <summary>Puts a plan, its cost and its difference to a store together.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cost">What it costs.</param>
    /// <param name="diff">Against a store; null without one.</param>
    /// <param name="looks">The statistics of the plan's looks, which the caller brings; null without looks.</param>
    public static PlanReport Of(SweepPlan plan, CostEstimate cost, PlanDiff? diff = null, IReadOnlyList<PlannedLook>? looks = null)
    {
        // Given cells are not searched; in a sweep of nothing else, retrain seeds are what n could mean, and stability is not the question.
        var n = plan.Runs.GroupBy(r => (r.Arm, r.Spec.Space, r.Spec.Data)).Where(g => g.First().Spec.Method != "given")
            .Select(g => g.Select(r => r.Spec.SearchSeed).Distinct().Count()).DefaultIfEmpty(1).Min();
        return new(
            plan.SweepId, plan.Name, plan.Tenant, plan.CodeVersion, plan.Runs.Count, plan.Runs.Sum(r => r.Retrains.Count), n,
            looks is null ? DetectableRatio.OfVariances(n) : looks[^1].VarianceRatio,
            looks is null ? DetectableRatio.Sentence(n) : DetectableRatio.Sentence(looks, plan.Comparison), plan.Comparison,
            [.. plan.Arms.Zip(cost.Arms, (arm, c) => ArmLine.Of(plan.Runs.First(r => r.Arm == arm), c))], cost.Seconds,
            diff is null ? null : Enum.GetValues<PlanAction>().Where(a => diff.Count(a) > 0).ToDictionary(a => a, diff.Count),
            [.. diff?.Runs.Where(r => r.Action is PlanAction.Failed or PlanAction.Cancelled) ?? []], looks);
    }

    /// <summary>Indented JSON.</summary>
    public string Json() => JsonSerializer.Serialize(this, CatalogJson.Pretty) + "\n";

    /// <summary>Plain text: a table of the arms, then a sentence a line.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        Line($"{Name}: {Count(Runs, "seed-run")}, {Count(RetrainJobs, "retrain job")} ({SweepId}, tenant {Tenant})");
        Line("");
        Table(text, ["arm", "method", "runs", "epochs", "retrain", "at most"],
            [.. Arms.Select(a => (string[])
                [a.Arm, a.Method, $"{a.Cost.Runs}", a.Epochs, $"{a.Cost.RetrainJobs}", Duration(a.Cost.Seconds)])]);
        Line("");
        var unit = Seconds is null ? "; measure this machine's seconds per step to know." : " of one slot.";
        Line($"Cost at most: {Duration(Seconds)}{unit}");
        Line(Comparison.PrimaryA is { } a
            ? $"Primary contrast: {a} against {Comparison.PrimaryB}, budget match {Comparison.BudgetMatch}."
            : "No primary contrast is declared.");
        Line(Evidence);
        if (Looks is not null)
        {
            Line("");
            Table(text, ["look", "seeds", "decides at p below", "|z|", "level spent", "found with 80 % power"], [.. Looks.Select(LookRow)]);
            Line("Found: true variance ratio of the arms that this look or an earlier one decides, for normal scores. No look tests fewer than 5 seeds.");
            Line("");
        }
        if (Store is not null)
            Line($"Against the store: {string.Join(", ", Store.Select(s => $"{s.Value} {JsonNamingPolicy.KebabCaseLower.ConvertName(s.Key.ToString()).Replace('-', ' ')}"))}.");
        foreach (var change in Changes.Take(20)) Line($"  {change.RunId} ({change.Arm}): {change.Sentence}");
        if (Changes.Count > 20) Line($"  … and {Changes.Count - 20} more.");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }

    private static string[] LookRow(PlannedLook look) =>
    [
        $"{look.Look}", $"{look.Seeds}", P(look.Level), string.Create(CultureInfo.InvariantCulture, $"{look.Boundary:0.000}"), P(look.Spent),
        look.VarianceRatio is { } ratio ? string.Create(CultureInfo.InvariantCulture, $"{ratio:0.0} (SDs {Math.Sqrt(ratio):0.0} to 1)") : "no ratio",
    ];

    private static string P(double p) => p.ToString(p < 0.001 ? "0.0e-0" : "0.0000", CultureInfo.InvariantCulture);

    /// <summary>A duration as a person says it: <c>45 s</c>, <c>12 min</c>, <c>3.5 h</c>, <c>2.1 d</c>; or that it was
    /// not measured.</summary>
    public static string Duration(double? seconds) => seconds switch
    {
        null => "not measured",
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 100 * 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        < 48 * 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86400:0.0} d"),
    };

    private static string Count(int n, string what) => string.Create(CultureInfo.InvariantCulture, $"{n:N0} {what}{(n == 1 ? "" : "s")}");

    private static void Table(StringBuilder text, string[] head, List<string[]> rows)
    {
        var widths = head.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Max()).ToArray();
        foreach (var row in rows.Prepend(head))
        {
            var cells = row.Select((cell, i) => i < 2 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }
    }
}

/// <summary>One arm of a plan.</summary>
/// <param name="Arm">Label.</param>
/// <param name="Method">Method.</param>
/// <param name="Hyperparameters">Resolved settings in the first space.</param>
/// <param name="Cost">Runs, epochs, jobs and seconds.</param>
public sealed record ArmLine(string Arm, string Method, Catalog.Methods.Hyperparameters Hyperparameters, ArmCost Cost)
{
    /// <summary>Epochs of one search: <c>41</c>, or <c>40 to 52</c>, or a dash where nothing is searched.</summary>
    internal string Epochs => (Cost.LeastEpochs, Cost.MostEpochs) switch
    {
        (_, 0) => "–",
        var (least, most) when least == most => $"{most}",
        var (least, most) => $"{least} to {most}",
    };

    internal static ArmLine Of(PlannedRun first, ArmCost cost) => new(first.Arm, first.Spec.Method, first.Spec.Hyperparameters, cost);
}
