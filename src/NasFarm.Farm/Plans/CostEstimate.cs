using NasFarm.Catalog.Data;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Plans;

/// <summary>Measured speed, handed in by the caller: a benchmark, or what earlier runs reported.</summary>
public interface IStepCosts
{
    /// <summary>Seconds of one search step: an alpha and a weight minibatch of <paramref name="batchSize"/> images; null: not
    /// measured.</summary>
    double? SearchStepSeconds(SeedRunSpec run, int batchSize);

    /// <summary>Seconds of one measurement of lambda-max in this search; null: not measured.</summary>
    double? LambdaMaxSeconds(SeedRunSpec run, int batchSize);

    /// <summary>Seconds of one minibatch of a retraining of a cell of the space; null: not measured.</summary>
    double? RetrainStepSeconds(SpaceSpec space, RetrainSpec target);
}

/// <summary>What one arm will cost. Seconds of one slot, summed over its runs; null: not measured.</summary>
/// <param name="Arm">Arm label.</param>
/// <param name="Runs">Its seed-runs.</param>
/// <param name="LeastEpochs">Search epochs of one run when every phase stops as early as it can; the smallest over spaces and data.</param>
/// <param name="MostEpochs">Search epochs of one run at most.</param>
/// <param name="SearchSeconds">All searches at most.</param>
/// <param name="RetrainJobs">Its retrain jobs.</param>
/// <param name="RetrainSeconds">All of them.</param>
public sealed record ArmCost(
    string Arm, int Runs, int LeastEpochs, int MostEpochs, double? SearchSeconds, int RetrainJobs, double? RetrainSeconds)
{
    /// <summary>Searches and retrainings together; null when a part is not measured.</summary>
    public double? Seconds => SearchSeconds + RetrainSeconds;
}

/// <summary>What a plan will cost at most, from steps × measured seconds per step. Starting processes, data loading and checkpoints are
/// not in it.</summary>
public sealed record CostEstimate(IReadOnlyList<ArmCost> Arms)
{
    /// <summary>Seconds of one slot for everything; null when a part is not measured.</summary>
    public double? Seconds => Arms.Aggregate((double?)0, (sum, arm) => sum + arm.Seconds);

    /// <summary>Wall seconds on so many equal slots when they are always busy; null when a part is not measured.</summary>
    public double? WallSeconds(int slots) => Seconds / slots;

    /// <summary>Multiplies out. <paramref name="costs"/> null: nothing is measured.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="dataSets">Says how many images stand behind "all" and "half".</param>
    /// <param name="costs">Measured seconds per step.</param>
    public static CostEstimate Of(SweepPlan plan, IDataSets dataSets, IStepCosts? costs)
    {
        var training = new Dictionary<string, int>();
        var jobs = new Dictionary<(SpaceSpec, RetrainSpec), double?>();
        return new([.. plan.Arms.Select(arm => Of(arm, [.. plan.Runs.Where(r => r.Arm == arm)]))]);

        ArmCost Of(string arm, List<PlannedRun> runs)
        {
            var phases = runs.GroupBy(r => (r.Spec.Space, r.Spec.Data))
                .Select(g => (First: g.First().Spec, Runs: g.Count(), Plan: Phases(g.First().Spec))).ToList();
            return new(
                arm, runs.Count, phases.Min(p => p.Plan.MinimumTrainedEpochs), phases.Max(p => p.Plan.MaximumTrainedEpochs),
                Sum(phases.Select(p => p.Runs * Search(p.First, p.Plan))),
                runs.Sum(r => r.Retrains.Count), Sum(runs.SelectMany(r => r.Retrains, (r, job) => Retrain(r.Spec.Space, job.Spec))));
        }

        double? Search(SeedRunSpec run, PhasePlan phases) => Sum(phases.Phases.Where(p => p.EpochCap > 0).Select(p =>
            p.EpochCap * Steps(run.Data.TrainImages ?? Images(run.Data) / 2, p.BatchSize) * costs?.SearchStepSeconds(run, p.BatchSize)
            + (Measurements(run.Hyperparameters, p) is > 0 and var n ? n * costs?.LambdaMaxSeconds(run, p.BatchSize) : 0)));

        double? Retrain(SpaceSpec space, RetrainSpec target)
        {
            if (jobs.TryGetValue((space, target), out var known)) return known;
            var steps = Steps(target.Data.TrainImages ?? Images(target.Data), target.Settings.Int("batchSize"));
            return jobs[(space, target)] = target.Settings.Int("epochs") * steps * costs?.RetrainStepSeconds(space, target);
        }

        int Images(DataSpec data) =>
            training.TryGetValue(data.Name, out var n) ? n : training[data.Name] = dataSets.Describe(data.Name).TrainImages;
    }

    private static PhasePlan Phases(SeedRunSpec run) => PhasePlan.Of(run.Method, run.Hyperparameters, run.Space.Name);

    /// <summary>Measurements of lambda-max in a phase: its first epoch and then every so many, while edges are undecided. Only the phase
    /// after the last decision has none; DARTS decides nothing before its one phase is over.</summary>
    private static int Measurements(Hyperparameters settings, PlannedPhase phase)
    {
        if (!settings.IsOn("lambdaMax") || (phase.Index > 0 && !phase.Decides)) return 0;
        var every = settings.Int(settings.ContainsKey("every") ? "every" : "lambdaMaxEvery");
        return (phase.EpochCap + every - 1) / every;
    }

    private static double Steps(int images, int batchSize) => (images + batchSize - 1) / batchSize;

    /// <summary>A sum with a part that is not measured is not measured.</summary>
    private static double? Sum(IEnumerable<double?> parts) => parts.Aggregate((double?)0, (sum, part) => sum + part);
}
