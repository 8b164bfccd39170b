using NasFarm.Farm.Control;
using NasFarm.Farm.Plans;

namespace NasFarm.Simulation.Tests.Checks;

/// <summary>What people have asked for, in the order in which the store heard it: what is paused and what is cancelled follows from it.</summary>
internal sealed class Stances
{
    private readonly Dictionary<string, Stance> sweeps = [];
    private readonly HashSet<string> named = [];

    private sealed class Stance
    {
        public Dictionary<string, long> Seeds { get; } = [];

        public bool Cancelled { get; set; }

        public bool Paused { get; set; }

        public HashSet<string> PausedRuns { get; } = [];

        public HashSet<string> CancelledRuns { get; } = [];
    }

    /// <summary>Runs that were cancelled in a sweep before they were over, and not accepted again.</summary>
    public IEnumerable<(string SweepId, string RunId)> CancelledRuns => sweeps.SelectMany(s => s.Value.CancelledRuns.Select(run => (s.Key, run)));

    public void Accepted(SweepPlan plan)
    {
        var sweep = Of(plan.SweepId);
        foreach (var run in plan.Runs)
            sweep.Seeds[run.RunId] = run.Spec.SearchSeed;
        sweep.Cancelled = false;
        sweep.CancelledRuns.Clear();
    }

    public void Paused(Target target)
    {
        if (target is Target.Run run)
            named.Add(run.RunId);
        else if (target is Target.Sweep sweep)
            Of(sweep.SweepId).Paused = true;
        else
            Each(target, (its, runId) => its.PausedRuns.Add(runId));
    }

    public void Resumed(Target target)
    {
        if (target is Target.Sweep sweep)
            Of(sweep.SweepId).Paused = false;
        Each(target, (its, runId) =>
        {
            its.PausedRuns.Remove(runId);
            named.Remove(runId);
        });
    }

    /// <param name="target">What was cancelled.</param>
    /// <param name="open">Runs that were not over, by sweep.</param>
    public void Cancelled(Target target, IReadOnlySet<(string SweepId, string RunId)> open)
    {
        if (target is Target.Sweep sweep)
            Of(sweep.SweepId).Cancelled = true;
        else
            Each(target, (its, runId) => its.CancelledRuns.UnionWith(open.Contains((IdOf(its), runId)) ? [runId] : []));
    }

    /// <summary>Every live sweep that wants it is paused, or it was named itself.</summary>
    public bool IsPaused(string runId)
    {
        var live = sweeps.Values.Where(s => !s.Cancelled && s.Seeds.ContainsKey(runId) && !s.CancelledRuns.Contains(runId)).ToList();
        return named.Contains(runId) || (live.Count > 0 && live.TrueForAll(s => s.Paused || s.PausedRuns.Contains(runId)));
    }

    /// <summary>The sweeps and runs that a target means.</summary>
    public IReadOnlyList<string> SweepsOf(Target target) => target switch
    {
        Target.Sweep sweep => [sweep.SweepId],
        Target.Cohort cohort => [cohort.SweepId],
        Target.SweepRun run => [run.SweepId],
        _ => [.. sweeps.Keys],
    };

    private void Each(Target target, Action<Stance, string> act)
    {
        foreach (var sweepId in SweepsOf(target))
        {
            foreach (var (runId, seed) in Of(sweepId).Seeds)
            {
                if (target switch { Target.Cohort c => c.Seed == seed, Target.SweepRun r => r.RunId == runId, Target.Run r => r.RunId == runId, _ => true })
                    act(Of(sweepId), runId);
            }
        }
    }

    private string IdOf(Stance stance) => sweeps.Single(s => s.Value == stance).Key;

    private Stance Of(string sweepId)
    {
        if (!sweeps.TryGetValue(sweepId, out var stance))
            sweeps.Add(sweepId, stance = new());
        return stance;
    }
}
