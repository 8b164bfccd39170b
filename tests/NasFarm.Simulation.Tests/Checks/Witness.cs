using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Control;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Simulation.Tests.Store;
using NasFarm.Simulation.Tests.World;

namespace NasFarm.Simulation.Tests.Checks;

/// <summary>Stands between the network and the store, keeps its own book of who owns what, and compares each answer with it.</summary>
internal sealed class Witness(SimulatedWorld world, Database database, Book book, IFarmStore store) : StoreLayer(store)
{
    /// <summary>Grace of a stubborn trainer, its kill, and what faults may add between two renewals.</summary>
    private static readonly TimeSpan PauseFelt = TimeSpan.FromSeconds(25);

    public override async Task<Claim?> ClaimAsync(IReadOnlyList<string> unitsByRank, SlotInfo slot, TimeSpan lease, CancellationToken cancel = default)
    {
        var claim = await Inner.ClaimAsync(unitsByRank, slot, lease, cancel);
        if (claim is null)
            return null;
        var unit = book.Of(claim.Key.UnitId);
        Check("one-owner", !unit.Running, $"{claim.Key} was claimed by {slot.SlotId} while {unit} owned it");
        Check("cordon-kept", !book.Closed.Any(place => SlotPlace.Covers(place, slot.Host, slot.SlotId)), $"{claim.Key} was claimed by {slot.Place}, which is closed");
        Check("fence-grows", claim.Key.Fence > unit.Fence, $"{claim.Key} was claimed after fence {unit.Fence}");
        Check("one-result", !unit.Done, $"{claim.Key} was claimed although the unit is done");
        Check("paused-rests", !book.Stances.IsPaused(claim.RunId), $"{claim.Key} was claimed although its run is paused");
        unit.PausedAt = null;
        (unit.Fence, unit.Running, unit.LeaseUntil, unit.Slot, unit.Place) =
            (claim.Key.Fence, true, database.Milliseconds + (long)lease.TotalMilliseconds, slot.SlotId, slot.Place);
        Check("quota-kept", book.Quota is not { } quota || book.Units.Count(u => u.Running) <= quota,
            $"{claim.Key} was claimed as number {book.Units.Count(u => u.Running)} of at most {book.Quota}");
        return claim;
    }

    public override async Task<AcceptReport> AcceptAsync(SweepPlan plan, CancellationToken cancel = default)
    {
        var report = await Inner.AcceptAsync(plan, cancel);
        book.Stances.Accepted(plan);
        return report;
    }

    public override async Task<CordonReport> CordonAsync(Cordon cordon, CancellationToken cancel = default)
    {
        var report = await Inner.CordonAsync(cordon, cancel);
        book.Closed.Add(cordon.Place);
        return report;
    }

    public override async Task<bool> UncordonAsync(string place, CancellationToken cancel = default)
    {
        var wasClosed = await Inner.UncordonAsync(place, cancel);
        Check("cordon-kept", wasClosed || !book.Closed.Contains(place), $"{place} was cordoned, and the store says it was open");
        book.Closed.Remove(place);
        return wasClosed;
    }

    public override async Task<FenceAnswer> PreemptAsync(AttemptKey victim, string forUnit, CancellationToken cancel = default)
    {
        var answer = await Inner.PreemptAsync(victim, forUnit, cancel);
        Compare("was asked to make room", victim, answer);
        return answer;
    }

    public override async Task<FenceAnswer> RenewAsync(AttemptKey attempt, TimeSpan lease, CancellationToken cancel = default)
    {
        var answer = await Inner.RenewAsync(attempt, lease, cancel);
        Compare("renewed its lease", attempt, answer);
        var (runId, asked) = (RunOf(attempt.UnitId), book.Of(attempt.UnitId));
        Check("pause-heard", answer == FenceAnswer.FenceLost || (answer == FenceAnswer.Paused) == book.Stances.IsPaused(runId),
            $"{attempt} was answered {answer}, and its run is {(book.Stances.IsPaused(runId) ? "" : "not ")}paused");
        asked.PausedAt = answer == FenceAnswer.Paused ? asked.PausedAt ?? world.Now : null;
        Check("pause-felt", !(world.Now - asked.PausedAt > PauseFelt), $"{attempt} was asked to stop at {asked.PausedAt} and still renews its lease");
        if (answer != FenceAnswer.FenceLost)
            book.Of(attempt.UnitId).LeaseUntil = database.Milliseconds + (long)lease.TotalMilliseconds;
        return answer;
    }

    public override async Task<FenceAnswer> RecordStartedAsync(AttemptKey attempt, TrainerEvent.Started started, CancellationToken cancel = default)
    {
        var answer = await Inner.RecordStartedAsync(attempt, started, cancel);
        Compare("started", attempt, answer);
        if (answer == FenceAnswer.Held)
            CheckVoided(attempt, started);
        return answer;
    }

    public override async Task<IReadOnlyList<FenceAnswer>> AppendAsync(IReadOnlyList<AttemptRows> batch, CancellationToken cancel = default)
    {
        var answers = await base.AppendAsync(batch, cancel);
        for (var i = 0; i < batch.Count; i++)
            Compare("appended", batch[i].Attempt, answers[i]);
        return answers;
    }

    public override async Task<FenceAnswer> CompleteAsync(
        AttemptKey attempt, TrainerEvent.Done done, IReadOnlyList<string> log, CancellationToken cancel = default)
    {
        var answer = await Inner.CompleteAsync(attempt, done, log, cancel);
        var unit = book.Of(attempt.UnitId);
        if (unit.Done && unit.Fence == attempt.Fence)
        {
            Check("repeatable", answer == FenceAnswer.Held, $"{attempt} was done and a repeated completion was answered {answer}");
            return answer;
        }
        Compare("completed", attempt, answer);
        if (answer == FenceAnswer.Held)
            (unit.Running, unit.Done) = (false, true);
        return answer;
    }

    public override async Task<AttemptEnding> EndAttemptAsync(
        AttemptKey attempt, FailureReason reason, string message, IReadOnlyList<string> log, CancellationToken cancel = default)
    {
        var ending = await Inner.EndAttemptAsync(attempt, reason, message, log, cancel);
        Compare($"ended ({reason})", attempt, ending is AttemptEnding.FenceLost ? FenceAnswer.FenceLost : FenceAnswer.Held);
        if (ending is not AttemptEnding.FenceLost)
            Ended(attempt, reason, ending);
        return ending;
    }

    public override async Task<IReadOnlyList<ExpiredLease>> ExpireLeasesAsync(CancellationToken cancel = default)
    {
        var expired = await Inner.ExpireLeasesAsync(cancel);
        foreach (var lease in expired)
        {
            Compare("expired", lease.Key, FenceAnswer.Held);
            var unit = book.Of(lease.Key.UnitId);
            Check("lease-kept", unit.LeaseUntil < database.Milliseconds, $"{unit} expired {unit.LeaseUntil - database.Milliseconds} ms before its end");
            Ended(lease.Key, FailureReason.LeaseLost, lease.Ending);
        }
        var late = book.Units.FirstOrDefault(u => u.Running && u.LeaseUntil < database.Milliseconds);
        Check("lease-ends", late is null, $"{late} should have expired {database.Milliseconds - late?.LeaseUntil} ms ago");
        return expired;
    }

    public override async Task<PauseReport?> PauseAsync(Target target, string by, string operationId, CancellationToken cancel = default)
    {
        var report = await Inner.PauseAsync(target, by, operationId, cancel);
        if (!book.Operations.ContainsKey(operationId))
            book.Stances.Paused(target);
        Repeated(operationId, report);
        return report;
    }

    public override async Task<ResumeReport?> ResumeAsync(Target target, string operationId, CancellationToken cancel = default)
    {
        var report = await Inner.ResumeAsync(target, operationId, cancel);
        if (!book.Operations.ContainsKey(operationId))
            book.Stances.Resumed(target);
        Repeated(operationId, report);
        return report;
    }

    public override async Task<CancelReport?> CancelAsync(Target target, string operationId, CancellationToken cancel = default)
    {
        var open = new HashSet<(string, string)>();
        foreach (var sweepId in book.Stances.SweepsOf(target))
        {
            var runs = (await Inner.ReadSweepAsync(sweepId, cancel))?.Runs ?? [];
            open.UnionWith(runs.Where(r => r.State is SeedRunState.Waiting or SeedRunState.Running).Select(r => (sweepId, r.RunId)));
        }
        var report = await Inner.CancelAsync(target, operationId, cancel);
        if (!book.Operations.ContainsKey(operationId))
            book.Stances.Cancelled(target, open);
        Repeated(operationId, report);
        NoteCancelled();
        return report;
    }

    public override async Task<LookReport?> TakeLookAsync(DueLook look, LookVerdict.Tested verdict, CancellationToken cancel = default)
    {
        var report = await Inner.TakeLookAsync(look, verdict, cancel);
        if (report is not null)
            Repeated($"{look}", report);
        NoteCancelled();
        return report;
    }

    private void NoteCancelled()
    {
        foreach (var (unitId, fence) in database.Query("SELECT unit_id, fence FROM unit WHERE state = 'cancelled'", row => (row.GetString(0), row.GetInt64(1))))
        {
            var unit = book.Of(unitId);
            (unit.Running, unit.Fence) = (false, Math.Max(unit.Fence, fence));
        }
    }

    public override async Task<RetryReport?> RetryFailedAsync(Target target, string operationId, CancellationToken cancel = default)
    {
        var first = !book.Operations.ContainsKey(operationId);
        var report = await Inner.RetryFailedAsync(target, operationId, cancel);
        Repeated(operationId, report);
        if (first)
        {
            var failed = database.Query("SELECT unit_id FROM unit WHERE state = 'failed'", row => row.GetString(0));
            foreach (var unit in book.Units.Where(u => u.Failed && !failed.Contains(u.UnitId)))
            {
                (unit.Failed, unit.Counted) = (false, 0);
                unit.Endings.Clear();
            }
        }
        return report;
    }

    private string RunOf(string unitId) =>
        database.Query("SELECT run_id FROM unit WHERE unit_id = @unit", row => row.GetString(0), ("@unit", unitId)).Single();

    /// <summary>The store's answer must be the book's.</summary>
    private void Compare(string what, AttemptKey attempt, FenceAnswer answer)
    {
        var unit = book.Of(attempt.UnitId);
        var owns = unit.Running && unit.Fence == attempt.Fence;
        if (owns)
            Check("owner-heard", answer != FenceAnswer.FenceLost, $"{attempt} {what}, owns the unit, and was answered {answer}");
        else
            Check("fenced", answer == FenceAnswer.FenceLost, $"{attempt} {what} although {unit} is all there is");
    }

    private void Ended(AttemptKey attempt, FailureReason reason, AttemptEnding ending)
    {
        var unit = book.Of(attempt.UnitId);
        unit.Running = false;
        // A lost lease may count or not, by progress; the others that leave a unit its attempts never count.
        var mayCount = reason is not (FailureReason.Preempted or FailureReason.HostStopping or FailureReason.Paused or FailureReason.Cancelled or FailureReason.NumericsMismatch);
        unit.Counted += mayCount ? 1 : 0;
        unit.Endings.Add((reason, unit.Place));
        if (ending is not AttemptEnding.Failed)
            return;
        unit.Failed = true;
        if (ending is AttemptEnding.Failed { Quarantined: true })
        {
            Check("quarantined-rightly", IsPoison(unit), $"{attempt} was quarantined after {string.Join(", ", unit.Endings)}");
            return;
        }
        var final = reason is FailureReason.BadSpec or FailureReason.DataMissing or FailureReason.WallLimit;
        Check("attempts-kept", final || unit.Counted >= book.MaxAttempts,
            $"{attempt} failed for good ({reason}) after {unit.Counted} of {book.MaxAttempts} attempts that may count");
    }

    /// <summary>Lost twice, or failed in one way on two places, as far as the book can tell: it does not know of progress.</summary>
    private static bool IsPoison(UnitEntry unit)
    {
        return unit.Endings.Count(e => e.Reason == FailureReason.LeaseLost) >= 2
            || OnTwoPlaces(FailureReason.TrainerError) || OnTwoPlaces(FailureReason.NativeCrash, FailureReason.OutOfMemory);

        bool OnTwoPlaces(params FailureReason[] alike) =>
            unit.Endings.Where(e => alike.Contains(e.Reason)).Select(e => e.Place).Distinct().Count() >= 2;
    }

    /// <summary>From where an attempt goes on, nothing of an older one counts.</summary>
    private void CheckVoided(AttemptKey attempt, TrainerEvent.Started started)
    {
        var left = database.Query(
            """
            SELECT 'metric ' || name || ' at ' || step FROM metric WHERE unit_id = @unit AND fence < @fence AND step >= @trained AND void = 0
            UNION ALL SELECT 'decision ' || name FROM event WHERE unit_id = @unit AND fence < @fence AND step >= @trained AND void = 0 AND kind = 'decision'
            UNION ALL SELECT 'checkpoint ' || path FROM artifact WHERE unit_id = @unit AND fence < @fence AND trained > @trained AND void = 0
            """, row => row.GetString(0), ("@unit", attempt.UnitId), ("@fence", attempt.Fence), ("@trained", started.Trained));
        Check("voided", left.Count == 0, $"{attempt} went on at step {started.Trained}, and of older attempts {string.Join(", ", left)} still count");
        if (started.ResumedFrom is { } from)
        {
            var isVoid = database.Query("SELECT MIN(void) FROM artifact WHERE path = @path", row => !row.IsDBNull(0) && row.GetInt64(0) == 1, ("@path", from.Path))[0];
            Check("resumed-from-effective", !isVoid, $"{attempt} went on from {from.Path}, which does not count any more");
        }
    }

    private void Repeated(string operationId, object? report)
    {
        if (book.Operations.TryGetValue(operationId, out var before))
            Check("operation-once", Equals(before, report), $"operation {operationId} was answered {before}, and repeated {report}");
        else
            book.Operations.Add(operationId, report);
    }

    private void Check(string check, bool holds, FormattableString otherwise)
    {
        if (!holds)
            world.Violate(check, FormattableString.Invariant(otherwise));
    }
}

/// <summary>Who owns what, as far as the answers of the store said.</summary>
internal sealed class Book(int maxAttempts, int? quota)
{
    private readonly Dictionary<string, UnitEntry> units = [];

    public int MaxAttempts => maxAttempts;

    /// <summary>Slots that the tenant may use at once; null: any number.</summary>
    public int? Quota => quota;

    public IEnumerable<UnitEntry> Units => units.Values;

    public Dictionary<string, object?> Operations { get; } = [];

    /// <summary>What people have asked for.</summary>
    public Stances Stances { get; } = new();

    /// <summary>Places that are cordoned or drained.</summary>
    public HashSet<string> Closed { get; } = [];

    public UnitEntry Of(string unitId)
    {
        if (!units.TryGetValue(unitId, out var unit))
            units.Add(unitId, unit = new(unitId));
        return unit;
    }
}

/// <summary>One unit in the book.</summary>
internal sealed class UnitEntry(string unitId)
{
    public string UnitId => unitId;

    public long Fence { get; set; }

    public bool Running { get; set; }

    public bool Done { get; set; }

    public bool Failed { get; set; }

    /// <summary>Endings that may have used up an attempt.</summary>
    public int Counted { get; set; }

    /// <summary>By the database's clock, milliseconds since 1970.</summary>
    public long LeaseUntil { get; set; }

    public string Slot { get; set; } = "";

    /// <summary>When its attempt first heard that it should rest; null: it did not.</summary>
    public TimeSpan? PausedAt { get; set; }

    /// <summary>Host and slot of the last claim.</summary>
    public string Place { get; set; } = "";

    /// <summary>How its attempts ended since it was last retried, and where.</summary>
    public List<(FailureReason Reason, string Place)> Endings { get; } = [];

    public override string ToString() => $"{UnitId} at fence {Fence} on {Slot}{(Running ? "" : " (not running)")}";
}
