using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Tests.Scheduling;

/// <summary>A sweep to simulate: runs of some arms per seed, each with phases that take so many seconds.</summary>
internal sealed record SimulatedSweep(string Id, string Tenant, int Seeds, int Arms, int Phases, Func<int, double> Seconds, int Priority = 0, int Weight = 1)
{
    /// <summary>When it is submitted.</summary>
    public TimeSpan After { get; init; }
}

/// <summary>A pool in virtual time: slots that free up claim the best offer of a ranking of the whole farm, as real slots do.</summary>
internal sealed class SimulatedPool(int slots, IReadOnlyList<SimulatedSweep> sweeps, IReadOnlyList<TenantShare> tenants)
{
    private readonly SlotInfo[] places = Farms.SlotList(slots);
    private readonly List<(RunningUnit Unit, SimulatedSweep Sweep, WaitingUnit Was, DateTimeOffset Ends)> running = [];
    private readonly List<(string SweepId, string Tenant, DateTimeOffset From, DateTimeOffset To)> past = [];
    private readonly List<WaitingUnit> waiting = [.. sweeps.SelectMany(sweep =>
        from seed in Enumerable.Range(0, sweep.Seeds)
        from arm in Enumerable.Range(0, sweep.Arms)
        select Farms.Unit($"{sweep.Id}-{seed:D4}-{arm}-p0", sweep.Id, sweep.Tenant, sweep.Priority, seed, arm: arm) with { RunId = $"{sweep.Id}-{seed:D4}-{arm}" })];
    private readonly Dictionary<(string SweepId, long Seed), int> openRuns = [];
    private int started;

    public DateTimeOffset Now { get; private set; } = Farms.Now;

    public bool IsIdle => running.Count == 0;

    public IReadOnlyList<WaitingUnit> Waiting => waiting;

    /// <summary>Seeds of a sweep that have begun and not ended.</summary>
    public int OpenSeeds(string sweepId) => openRuns.Count(o => o.Key.SweepId == sweepId && o.Value > 0);

    /// <summary>Slots in use, by tenant.</summary>
    public IReadOnlyDictionary<string, int> InUse => running.CountBy(r => r.Unit.Tenant).ToDictionary();

    /// <summary>Slot-seconds of a tenant or a sweep so far.</summary>
    public double SlotSeconds(string name) =>
        past.Where(p => p.Tenant == name || p.SweepId == name).Sum(p => (p.To - p.From).TotalSeconds)
        + running.Where(r => r.Unit.Tenant == name || r.Unit.SweepId == name).Sum(r => (Now - r.Unit.ClaimedAt).TotalSeconds);

    /// <summary>Runs until a time or until nothing runs; tells after each step.</summary>
    public void Run(TimeSpan until, Action? step = null)
    {
        do
        {
            while (Claim())
                step?.Invoke();
            if (running.Count == 0)
                return;
            Advance();
            step?.Invoke();
        }
        while (Now < Farms.Now + until);
    }

    private bool Claim()
    {
        var snapshot = Snapshot();
        var busy = running.Select(r => r.Unit.SlotId).ToHashSet();
        if (places.FirstOrDefault(p => !busy.Contains(p.SlotId)) is not { } slot || Scheduler.Rank(snapshot).For(slot) is not [var best, ..])
            return false;
        var unit = waiting.Single(w => w.UnitId == best);
        waiting.Remove(unit);
        var sweep = sweeps.Single(s => s.Id == unit.SweepId);
        if (unit.Phase == 0)
            openRuns[(unit.SweepId, unit.Seed)] = openRuns.GetValueOrDefault((unit.SweepId, unit.Seed)) + 1;
        running.Add((
            new(unit.UnitId, unit.RunId, unit.Tenant, slot.SlotId, "cpu", Now) { Fence = 1, SweepId = unit.SweepId, Priority = unit.Priority, ClaimedAt = Now },
            sweep, unit, Now.AddSeconds(sweep.Seconds(started++))));
        return true;
    }

    private void Advance()
    {
        var next = running.MinBy(r => (r.Ends, r.Unit.UnitId));
        Now = next.Ends;
        running.Remove(next);
        past.Add((next.Unit.SweepId, next.Unit.Tenant, next.Unit.ClaimedAt, Now));
        var was = next.Was;
        if (was.Phase + 1 < next.Sweep.Phases)
            waiting.Add(was with { UnitId = $"{was.RunId}-p{was.Phase + 1}", Phase = was.Phase + 1, Progress = was.Phase + 1, EnqueuedAt = Now, NotBefore = Now });
        else
            openRuns[(was.SweepId, was.Seed)]--;
    }

    private FarmSnapshot Snapshot()
    {
        var landmark = DecayedUse.Landmark(Farms.Now);
        var known = sweeps.Where(s => Farms.Now + s.After <= Now).Select(s => s.Id).ToHashSet();
        return new(Now, [.. waiting.Where(w => known.Contains(w.SweepId))], [.. running.Select(r => r.Unit)], places)
        {
            Tenants = tenants,
            Sweeps = [.. sweeps.Select(s => new SweepShare(s.Id, s.Tenant, s.Weight))],
            Past = [.. past.GroupBy(p => (p.SweepId, p.Tenant)).Select(g => new PastUse(
                g.Key.SweepId, g.Key.Tenant, "cpu", DecayedUse.At(g.Sum(p => DecayedUse.Scaled(p.From, p.To, landmark)), landmark, Now)))],
        };
    }
}
