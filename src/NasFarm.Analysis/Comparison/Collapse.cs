using NasFarm.Analysis.Statistics;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Results;
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
        : K == 0 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"0 of {N} (≤ {Rate.Upper * 100:0} %)")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{K} of {N} ({Rate.Lower * 100:0}–{Rate.Upper * 100:0} %)");

    internal static CollapseCount Of(string definition, string baseRate, IEnumerable<SeedRunResult> runs, Func<SeedRunResult, bool?> collapsed)
    {
        var asked = runs.Select(r => (r.RunId, Collapsed: collapsed(r))).Where(r => r.Collapsed is not null).ToList();
        string[] ids = [.. asked.Where(r => r.Collapsed == true).Select(r => r.RunId)];
        return new(definition, baseRate, ids.Length, asked.Count, asked.Count > 0 ? Proportions.Wilson(ids.Length, asked.Count) : null, ids);
    }
}

/// <summary>Collapse by the final genotype (spec/retraining-and-data.md §8). λmax growth is no indicator
/// (spec/lambda-max.md §4.4) and is reported apart.</summary>
internal static class StructuralCollapse
{
    private static (int Skips, int Of, string BaseRate) Rule(string space) => space switch
    {
        "nas-bench-201" => (4, 6, "1.7 % of all cells, 3.8 % of none-free ones"),
        "darts" => (4, 8, "1.8 % under uniform operations"),
        "sgas-es" => (5, 8, "2.7 % under uniform operations"),
        _ => throw new ArgumentException($"Structural collapse is not defined for the space '{space}'."),
    };

    public static CollapseCount Count(Series arm)
    {
        var space = arm.Setting.Space.Name;
        var (skips, of, baseRate) = Rule(space);
        var cell = space == "nas-bench-201" ? "cell" : "normal cell";
        return CollapseCount.Of($"{cell} with skip_connect on {skips} of {of} edges or more, or a diverged search", baseRate, arm.Runs, arm.Collapsed);
    }

    /// <summary>Null when the run has no final genotype.</summary>
    public static bool? Of(SeedRunResult run)
    {
        if (run.State != SeedRunState.Finished) return null;
        if (run.SearchDiverged) return true;
        if (run.Genotype is null) return null;
        return GenotypeText.Parse(run.Spec.Space.Name, run.Genotype).Normal.SkipCount >= Rule(run.Spec.Space.Name).Skips;
    }
}

/// <summary>Collapse by the score: below a fixed value of the table, or below what random cells reach under the same recipe.</summary>
/// <param name="Below">Threshold in percent.</param>
/// <param name="Definition">As a sentence.</param>
/// <param name="BaseRate">Share of random cells below it.</param>
internal sealed record OutcomeThreshold(double Below, string Definition, string BaseRate)
{
    public const double TableThreshold = 80.0;

    /// <summary>Threshold of a measure; null when it needs random cells and there are none.</summary>
    public static OutcomeThreshold? Of(Measure measure, NoneRule noneRule, IReadOnlyCollection<double> randomScores)
    {
        if (measure is { Kind: MeasureKind.Table, Target: Measure.MainColumn })
        {
            return new(TableThreshold, $"{measure.Target} below {TableThreshold:0.0}",
                noneRule == NoneRule.Excluded ? "7.2 % of none-free cells" : "10.8 % of all cells");
        }
        if (randomScores.Count == 0) return null;
        double[] scores = [.. randomScores];
        return scores.Length >= SampleSize.LeastRandomForPercentile
            ? new(Sample.Quantile(scores, 0.05), $"{measure.Label} below the 5th percentile of {scores.Length} random cells", "5 % of random cells by definition")
            : new(Sample.Median(scores), $"{measure.Label} below the median of {scores.Length} random cells (too few for their 5th percentile)", "50 % of random cells by definition");
    }

    public CollapseCount Count(Measure measure, IEnumerable<SeedRunResult> runs) =>
        CollapseCount.Of(Definition, BaseRate, runs, run => Collapsed(measure, run));

    public bool? Collapsed(Measure measure, SeedRunResult run) =>
        measure.ScoreOf(run) is { } score ? score < Below || measure.Diverged(run) : null;
}
