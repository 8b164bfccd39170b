using NasFarm.Catalog.Results;

namespace NasFarm.Farm.Plans;

/// <summary>What a store knows of a run, as far as a plan asks.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="CodeVersion">Version that first planned it.</param>
/// <param name="RetrainsFinished">Ids of its retrain jobs that have a result.</param>
/// <param name="ReasonText">Why it failed or was cancelled.</param>
/// <param name="NotNeeded">A look of the same sweep has decided the question before this run's seed.</param>
public sealed record KnownRun(
    SeedRunState State, string CodeVersion, IReadOnlySet<string> RetrainsFinished, string? ReasonText = null, bool NotNeeded = false);

/// <summary>What accepting a plan would mean for one run.</summary>
public enum PlanAction
{
    /// <summary>Not known yet.</summary>
    New,

    /// <summary>Everything this plan wants of it is there.</summary>
    Reuse,

    /// <summary>Known, with work left.</summary>
    Continue,

    /// <summary>Failed earlier; never retried or reused silently.</summary>
    Failed,

    /// <summary>Cancelled earlier.</summary>
    Cancelled,

    /// <summary>An earlier look has decided the sweep's question.</summary>
    NotNeeded,
}

/// <summary>One run of a plan against a store: what will happen, and why, in a sentence.</summary>
public sealed record PlannedChange(string RunId, string Arm, PlanAction Action, string Sentence);

/// <summary>A plan held against what a store knows. A pure function: the facts are handed in.</summary>
public sealed record PlanDiff(IReadOnlyList<PlannedChange> Runs)
{
    /// <summary>How many runs have an action.</summary>
    public int Count(PlanAction action) => Runs.Count(r => r.Action == action);

    /// <summary>Compares. <paramref name="known"/> maps run ids to facts; runs it lacks are new.</summary>
    public static PlanDiff Of(SweepPlan plan, IReadOnlyDictionary<string, KnownRun> known) =>
        new([.. plan.Runs.Select(run => Change(run, known.GetValueOrDefault(run.RunId)))]);

    private static PlannedChange Change(PlannedRun run, KnownRun? known)
    {
        var missing = run.Retrains.Count(r => known?.RetrainsFinished.Contains(r.RetrainId) != true);
        var (action, sentence) = known switch
        {
            null => (PlanAction.New, "new"),
            { NotNeeded: true } => (PlanAction.NotNeeded, "not needed: an earlier look has decided"),
            { State: SeedRunState.Failed } => (PlanAction.Failed,
                $"failed earlier: {known.ReasonText ?? "no reason was kept"}; retry it on purpose, or plan with --fresh"),
            { State: SeedRunState.Cancelled } => (PlanAction.Cancelled, "cancelled earlier; accepting the sweep revives it"),
            { State: SeedRunState.Finished } when missing == 0 => (PlanAction.Reuse, $"reuse the result of version {known.CodeVersion}"),
            { State: SeedRunState.Finished } => (PlanAction.Continue,
                $"reuse the search of version {known.CodeVersion}, {missing} of {run.Retrains.Count} retrain jobs are new"),
            _ => (PlanAction.Continue, $"goes on ({(known.State == SeedRunState.Running ? "running" : "waiting")})"),
        };
        return new(run.RunId, run.Arm, action, sentence);
    }
}
