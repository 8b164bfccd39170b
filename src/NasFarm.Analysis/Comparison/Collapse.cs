using NasFarm.Analysis.Statistics;
using NasFarm.Catalog.Collapse;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Analysis.Comparison;

/// <summary>Collapses of an arm: never "none", always k of n with the upper bound.</summary>
/// <param name="Definition">The rule, fixed before the first run.</param>
/// <param name="BaseRate">How often a random cell meets it, as a sentence.</param>
/// <param name="K">Runs that meet it, diverged ones included.</param>
/// <param name="N">Runs it was asked of.</param>
/// <param name="Rate">Wilson's interval; null when <paramref name="N"/> is 0.</param>
/// <param name="RunIds">The collapsed runs.</param>
public sealed record CollapseCount(string Definition, string BaseRate, int K, int N, Interval? Rate, IReadOnlyList<string> RunIds)
{
    /// <summary><c>0 of 10 (≤ 28 %)</c>, <c>3 of 10 (11–60 %)</c>.</summary>
    public override string ToString() => Rate is null ? "0 of 0"
        : K == 0 ? FormattableString.Invariant($"0 of {N} (≤ {Rate.Upper * 100:0} %)")
        : FormattableString.Invariant($"{K} of {N} ({Rate.Lower * 100:0}–{Rate.Upper * 100:0} %)");

    internal static CollapseCount Of(string definition, string baseRate, IEnumerable<SeedRunResult> runs, Func<SeedRunResult, bool?> collapsed)
    {
        var asked = runs.Select(r => (r.RunId, Collapsed: collapsed(r))).Where(r => r.Collapsed is not null).ToList();
        string[] ids = [.. asked.Where(r => r.Collapsed == true).Select(r => r.RunId)];
        return new(definition, baseRate, ids.Length, asked.Count, asked.Count > 0 ? Proportions.Wilson(ids.Length, asked.Count) : null, ids);
    }
}

/// <summary>Collapse by the final genotype (<see cref="CollapseDefinition"/>). λmax growth is no indicator
/// (spec/lambda-max.md §4.4) and is reported apart.</summary>
internal static class StructuralCollapse
{
    public static CollapseCount Count(Series arm)
    {
        var definition = CollapseDefinition.For(arm.Setting.Space.Name);
        var cell = SearchSpaces.Get(definition.SpaceName).CellTypes.Count > 1 ? "normal cell" : "cell";
        return CollapseCount.Of(
            $"{cell} with {definition.Counted} on at least {definition.SkipAtLeast} of {definition.OfEdges} edges, or a diverged search",
            Numbers.Percent(definition.StructuralBaseRate(arm.NoneRule)) + " of random cells", arm.Runs, arm.Collapsed);
    }

    /// <summary>Null when the run has no final genotype.</summary>
    public static bool? Of(SeedRunResult run) => Of(run, r => GenotypeText.Parse(r.Spec.Space.Name, r.Genotype!));

    /// <summary>The same with another way to read the genotype.</summary>
    public static bool? Of(SeedRunResult run, Func<SeedRunResult, Genotype?> read)
    {
        if (run.State != SeedRunState.Finished) return null;
        if (run.SearchDiverged) return true;
        if (run.Genotype is null) return null;
        return CollapseDefinition.For(run.Spec.Space.Name).IsStructural(read(run)!);
    }
}

/// <summary>Collapse by the score: below a fixed value of the table, or below what random cells reach under the same recipe.</summary>
/// <param name="Below">Threshold in percent.</param>
/// <param name="Definition">As a sentence.</param>
/// <param name="BaseRate">Share of random cells below it.</param>
internal sealed record OutcomeThreshold(double Below, string Definition, string BaseRate)
{
    /// <summary>Threshold of a measure; null when it needs random cells and there are none.</summary>
    public static OutcomeThreshold? Of(string space, Measure measure, NoneRule noneRule, IReadOnlyCollection<double> randomScores)
    {
        if (measure.Kind == MeasureKind.Table)
        {
            // Base rates of the published CIFAR-10 tables: spec/retraining-and-data.md §8, docs/methods/spaces.md.
            return CollapseDefinition.For(space) is { TableBelow: { } below, TableColumn: var column } && column == measure.Target
                ? new(below, $"{measure.Target} below {below:0.0}", space == "nas-bench-macro" ? "4.2 % of all networks" : space == "deeper-insights" ? "3 of the 64 cells"
                    : noneRule == NoneRule.Excluded ? "7.2 % of none-free cells" : "10.8 % of all cells")
                : null;
        }
        return RandomThreshold.From(randomScores) is { } threshold
            ? new(threshold.Below, $"{measure.Label} {threshold.Describe()}",
                threshold.Basis == ThresholdBasis.FifthPercentile ? "5 % of random cells by definition" : "50 % of random cells by definition")
            : null;
    }

    public CollapseCount Count(Measure measure, IEnumerable<SeedRunResult> runs) =>
        CollapseCount.Of(Definition, BaseRate, runs, run => Collapsed(measure, run));

    public bool? Collapsed(Measure measure, SeedRunResult run) =>
        measure.ScoreOf(run) is { } score ? score < Below || measure.Diverged(run) : null;
}
