using NasFarm.Analysis.EarlyStopping;
using NasFarm.Analysis.Statistics;
using NasFarm.Catalog.EarlyStopping;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.Comparison;

/// <summary>λmax of one run (spec/lambda-max.md §4.2).</summary>
/// <param name="RunId">Seed-run id.</param>
/// <param name="Seed">Search seed, with the data-order seed where it differs.</param>
/// <param name="Measurements">How many there are, those that rollbacks undid included.</param>
/// <param name="First5">Mean of the first five that the search's end descends from, or of what exists.</param>
/// <param name="Last5">Mean of the last five of them.</param>
/// <param name="Max">Largest of all, undone ones included.</param>
/// <param name="MaxEpoch">Its epoch.</param>
/// <param name="Growth">Last five / first five; null when the first are 0 or below on average, or are the last ones too.</param>
/// <param name="Phases">Phases that were measured and replayed.</param>
/// <param name="Fires">Phases in which the rule of the arm fires when it is replayed.</param>
/// <param name="Trigger">The first time; null: never.</param>
/// <param name="Recorded">Triggers that the search itself recorded.</param>
/// <param name="Window">Measurements in the local average of the rule that is replayed.</param>
/// <param name="Batches">α minibatches that a measurement averaged; null where the run does not say.</param>
/// <param name="Seconds">Device seconds of all measurements.</param>
public sealed record LambdaSummary(
    string RunId, string Seed, int Measurements, double First5, double Last5, double Max, int MaxEpoch, double? Growth,
    int Phases, int Fires, RuleTrigger? Trigger, int Recorded, int Window, int? Batches, double Seconds)
{
    internal static LambdaSummary Of(SeedRunResult run, LambdaTrajectory trajectory, NamedRule rule)
    {
        double[] kept = [.. trajectory.Kept().Select(m => m.Value)];
        double first = Sample.Mean(kept.AsSpan(0, Math.Min(5, kept.Length))), last = Sample.Mean(kept.AsSpan(Math.Max(0, kept.Length - 5)));
        var max = trajectory.Measurements.MaxBy(m => m.Value);
        var replay = RuleReplay.Of(rule, trajectory);
        return new(
            run.RunId, $"{Series.PairOf(run)}", trajectory.Measurements.Count(), first, last, max.Value, max.Epoch, first > 0 && kept.Length > 5 ? last / first : null,
            replay.Phases.Count, replay.Triggered, replay.Trigger, run.Search.Triggers,
            rule.Rule.Window, BatchesOf(run), run.Cost.LambdaMaxSeconds);
    }

    // A run from before batches were recorded has what its settings asked for.
    private static int? BatchesOf(SeedRunResult run) =>
        run.Search.Last(SearchRecords.LambdaMaxBatches) is { } recorded ? (int)recorded
        : run.Spec.Hyperparameters.ContainsKey("hessianBatches") ? run.Spec.Hyperparameters.Int("hessianBatches") : null;
}

/// <summary>λmax of an arm's finished runs. Levels depend on space, data and batch: compare growth, and only inside one setting.</summary>
/// <param name="Rule">The rule that is replayed: DARTS-ES's on searches that decide at the end; SGAS-es's, with the run's own settings where it
/// has them, on those that decide edge by edge.</param>
/// <param name="First5">Median over runs of <see cref="LambdaSummary.First5"/>.</param>
/// <param name="Last5">Median.</param>
/// <param name="Max">Median.</param>
/// <param name="Growth">Median; null when no run has one.</param>
/// <param name="Runs">Every run that recorded λmax.</param>
public sealed record LambdaSummaries(
    string Rule, double First5, double Last5, double Max, double? Growth, IReadOnlyList<LambdaSummary> Runs)
{
    /// <summary>Phases in which the rule fires, all runs together.</summary>
    public int Fires => Runs.Sum(r => r.Fires);

    /// <summary>Window of the rule.</summary>
    public int Window => Runs[0].Window;

    /// <summary>α minibatches of a measurement: of the first run that says so.</summary>
    public int? Batches => Runs.Select(r => r.Batches).FirstOrDefault(b => b is not null);

    /// <summary>Median device seconds of all measurements of a run.</summary>
    public double Seconds => Sample.Median([.. Runs.Select(r => r.Seconds)]);

    /// <summary>Phases of all runs together.</summary>
    public int Phases => Runs.Sum(r => r.Phases);

    /// <summary>Null when no finished run of the arm recorded λmax.</summary>
    internal static LambdaSummaries? Of(Series arm)
    {
        var measured = arm.Runs.Where(r => r.State == SeedRunState.Finished && r.Search.LambdaMax.Any(p => double.IsFinite(p.Value))).ToList();
        if (measured.Count == 0) return null;
        var rule = RuleOf(measured);
        // One trajectory at a time: those of thousands of runs would fill the memory.
        var runs = measured.Select(run => LambdaSummary.Of(run, RunTrajectory.Of(run)!, rule)).ToList();
        double Median(Func<LambdaSummary, double> figure) => Sample.Median([.. runs.Select(figure)]);
        double[] growth = [.. runs.Select(r => r.Growth).OfType<double>()];
        return new(rule.Name, Median(r => r.First5), Median(r => r.Last5), Median(r => r.Max), growth.Length > 0 ? Sample.Median(growth) : null, runs);
    }

    private static NamedRule RuleOf(IReadOnlyList<SeedRunResult> runs)
    {
        var greedy = runs.Any(r => r.Search.EdgeDecisions.Count > 0);
        var rule = EarlyStoppingRules.All.Single(r => r.Name == (greedy ? "sgas-es" : "darts-es"));
        return runs[0].Spec.Method == rule.Name && greedy ? rule with { Rule = SgasEsMethod.Rule(runs[0].Spec.Hyperparameters) } : rule;
    }
}
