using NasFarm.Catalog.Units;
using NasFarm.Farm.Control;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Simulation.Tests.Store;

namespace NasFarm.Simulation.Tests.Bugs;

/// <summary>The list of planted bugs. Each does what the mistaken code would do, past the store.</summary>
internal static class PlantedBugs
{
    public static IReadOnlyList<Bug> All { get; } =
    [
        new("fence dropped on append", "fenced", at => new FenceDroppedOnAppend(at)),
        new("fence dropped on complete", "fenced", at => new FenceDroppedOnComplete(at)),
        new("lease on the worker's clock", "lease-kept", at => new LeaseOnWorkersClock(at)),
        new("renewal resurrects a lost lease", "fenced", at => new RenewalResurrects(at)),
        new("non-atomic finish", "no-lost-unit", at => new NonAtomicFinish(at)),
        new("claim not exclusive", "one-owner", at => new ClaimNotExclusive(at)),
        new("expiry ignores a renewed lease", "lease-kept", at => new ExpiryIgnoresRenewal(at)),
        new("file overwritten by a zombie", "checkpoint-files", Artifacts: store => new OneFolderForAllFences(store)),
        new("voiding forgotten at resume", "voided", at => new VoidingForgotten(at)),
        new("resumed from a void checkpoint", "resumed-from-effective", at => new ResumedFromVoid(at)),
        new("operation id ignored", "operation-once", at => new OperationIdIgnored(at)),
        new("placebo's wake-up lost", "stuck", at => new WakeUpLost(at)),
        new("released unit counted as a failure", "attempts-kept", at => new ReleaseCounted(at)),
        new("collector removes a referenced file", "checkpoint-files", at => new ReferencesForgotten(at)),
        new("pause forgotten by what follows", "paused-rests", at => new PauseForgotten(at)),
        new("run stays cancelled only while nobody finishes it", "cancelled-stays", at => new CancelForgotten(at)),
        new("quota checked outside of the claim", "quota-kept", at => new QuotaOutsideOfClaim(at)),
    ];

    private static long? FenceOf(Planted at, string unitId, string states) => at.Database.Query(
        $"SELECT fence FROM unit WHERE unit_id = @unit AND state IN ({states})", row => row.GetInt64(0), ("@unit", unitId)).Cast<long?>().FirstOrDefault();

    /// <summary>Rows of whoever lost the unit are written under the fence of whoever has it.</summary>
    private sealed class FenceDroppedOnAppend(Planted at) : StoreLayer(at.Store)
    {
        public override Task<IReadOnlyList<FenceAnswer>> AppendAsync(IReadOnlyList<AttemptRows> batch, CancellationToken cancel = default) => base.AppendAsync(
            [.. batch.Select(of => FenceOf(at, of.Attempt.UnitId, "'running'") is { } fence ? of with { Attempt = of.Attempt with { Fence = fence } } : of)], cancel);
    }

    private sealed class FenceDroppedOnComplete(Planted at) : StoreLayer(at.Store)
    {
        public override async Task<FenceAnswer> CompleteAsync(
            AttemptKey attempt, TrainerEvent.Done done, IReadOnlyList<string> log, CancellationToken cancel = default)
        {
            at.Database.Execute("UPDATE unit SET state = 'running', slot_id = 'nobody', owner = 'nobody' WHERE unit_id = @unit AND state = 'waiting'", ("@unit", attempt.UnitId));
            return FenceOf(at, attempt.UnitId, "'running'") is { } fence
                ? await base.CompleteAsync(attempt with { Fence = fence }, done, log, cancel)
                : await base.CompleteAsync(attempt, done, log, cancel);
        }
    }

    private sealed class LeaseOnWorkersClock(Planted at) : StoreLayer(at.Store)
    {
        public override async Task<Claim?> ClaimAsync(IReadOnlyList<string> unitsByRank, SlotInfo slot, TimeSpan lease, CancellationToken cancel = default)
        {
            var claim = await base.ClaimAsync(unitsByRank, slot, lease, cancel);
            if (claim is not null)
                Set(claim.Key, lease);
            return claim;
        }

        public override async Task<FenceAnswer> RenewAsync(AttemptKey attempt, TimeSpan lease, CancellationToken cancel = default)
        {
            var answer = await base.RenewAsync(attempt, lease, cancel);
            if (answer == FenceAnswer.Held)
                Set(attempt, lease);
            return answer;
        }

        private void Set(AttemptKey attempt, TimeSpan lease) => at.Database.Execute(
            "UPDATE unit SET lease_until = @until WHERE unit_id = @unit", ("@unit", attempt.UnitId),
            ("@until", (at.Process.Clock.GetUtcNow() + lease).ToUnixTimeMilliseconds()));
    }

    private sealed class RenewalResurrects(Planted at) : StoreLayer(at.Store)
    {
        public override async Task<FenceAnswer> RenewAsync(AttemptKey attempt, TimeSpan lease, CancellationToken cancel = default)
        {
            at.Database.Execute(
                "UPDATE unit SET state = 'running', fence = @fence, slot_id = 'resurrected' WHERE unit_id = @unit AND state = 'waiting'",
                ("@unit", attempt.UnitId), ("@fence", attempt.Fence));
            return await base.RenewAsync(attempt, lease, cancel);
        }
    }

    /// <summary>What follows is enqueued two seconds later, by the same process, if it still lives.</summary>
    private sealed class NonAtomicFinish(Planted at) : StoreLayer(at.Store)
    {
        public override async Task<FenceAnswer> CompleteAsync(
            AttemptKey attempt, TrainerEvent.Done done, IReadOnlyList<string> log, CancellationToken cancel = default)
        {
            var before = Untouched();
            var answer = await base.CompleteAsync(attempt, done, log, cancel);
            var next = Untouched().Except(before).ToList();
            foreach (var unit in next)
                at.Database.Execute("UPDATE unit SET state = 'not yet' WHERE unit_id = @unit", ("@unit", unit));
            at.World.After(TimeSpan.FromSeconds(2), () =>
            {
                foreach (var unit in at.Process.IsGone ? [] : next)
                    at.Database.Execute("UPDATE unit SET state = 'waiting' WHERE unit_id = @unit AND state = 'not yet'", ("@unit", unit));
            });
            return answer;
        }

        private List<string> Untouched() => at.Database.Query("SELECT unit_id FROM unit WHERE state = 'waiting' AND fence = 0", row => row.GetString(0));
    }

    private sealed class ClaimNotExclusive(Planted at) : StoreLayer(at.Store)
    {
        public override async Task<Claim?> ClaimAsync(IReadOnlyList<string> unitsByRank, SlotInfo slot, TimeSpan lease, CancellationToken cancel = default)
        {
            at.Database.Execute("UPDATE unit SET state = 'waiting' WHERE unit_id = @unit AND state = 'running'", ("@unit", unitsByRank[0]));
            return await base.ClaimAsync(unitsByRank, slot, lease, cancel);
        }
    }

    /// <summary>A lease ends when it would have without renewals.</summary>
    private sealed class ExpiryIgnoresRenewal(Planted at) : StoreLayer(at.Store)
    {
        public override async Task<IReadOnlyList<ExpiredLease>> ExpireLeasesAsync(CancellationToken cancel = default)
        {
            var leases = at.Database.Query(
                "SELECT u.unit_id, u.lease_until, a.claimed_at FROM unit u JOIN attempt a ON a.unit_id = u.unit_id AND a.fence = u.fence WHERE u.state = 'running'",
                row => (Unit: row.GetString(0), Until: row.GetInt64(1), Claimed: row.GetInt64(2)));
            foreach (var (unit, _, claimed) in leases)
                Set(unit, claimed + 9_000);
            var expired = await base.ExpireLeasesAsync(cancel);
            foreach (var (unit, until, _) in leases)
                Set(unit, until);
            return expired;
        }

        private void Set(string unit, long until) => at.Database.Execute(
            "UPDATE unit SET lease_until = @until WHERE unit_id = @unit AND state = 'running'", ("@unit", unit), ("@until", until));
    }

    private sealed class VoidingForgotten(Planted at) : StoreLayer(at.Store)
    {
        public override async Task<FenceAnswer> RecordStartedAsync(AttemptKey attempt, TrainerEvent.Started started, CancellationToken cancel = default)
        {
            var answer = await base.RecordStartedAsync(attempt, started with { Trained = long.MaxValue }, cancel);
            at.Database.Execute("UPDATE attempt SET resumed_at = @at WHERE unit_id = @unit AND fence = @fence",
                ("@at", started.Trained), ("@unit", attempt.UnitId), ("@fence", attempt.Fence));
            return answer;
        }
    }

    private sealed class ResumedFromVoid(Planted at) : StoreLayer(at.Store)
    {
        public override async Task<Claim?> ClaimAsync(IReadOnlyList<string> unitsByRank, SlotInfo slot, TimeSpan lease, CancellationToken cancel = default)
        {
            var claim = await base.ClaimAsync(unitsByRank, slot, lease, cancel);
            return claim is null ? null : claim with
            {
                ResumeFrom = [.. at.Database.Query(
                    "SELECT path, sha256, bytes, trained, epoch FROM artifact WHERE unit_id = @unit AND void = 1 AND collected = 0 AND end_of_unit = 0 ORDER BY trained DESC",
                    row => new CheckpointRef(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt32(4), false), ("@unit", claim.Key.UnitId)),
                    .. claim.ResumeFrom],
            };
        }
    }

    private sealed class OperationIdIgnored(Planted at) : StoreLayer(at.Store)
    {
        private int calls;

        public override Task<CancelReport?> CancelAsync(Target target, string operationId, CancellationToken cancel = default) =>
            base.CancelAsync(target, $"{operationId} call {++calls}", cancel);

        public override Task<RetryReport?> RetryFailedAsync(Target target, string operationId, CancellationToken cancel = default) =>
            base.RetryFailedAsync(target, $"{operationId} call {++calls}", cancel);
    }

    /// <summary>Whoever completes a source looks at the placebo run before its own completion is visible.</summary>
    private sealed class WakeUpLost(Planted at) : StoreLayer(at.Store)
    {
        public override async Task<FenceAnswer> CompleteAsync(
            AttemptKey attempt, TrainerEvent.Done done, IReadOnlyList<string> log, CancellationToken cancel = default)
        {
            var held = at.Database.Query("SELECT unit_id FROM unit WHERE hold = 'placebo-sources'", row => row.GetString(0));
            var answer = await base.CompleteAsync(attempt, done, log, cancel);
            foreach (var unit in held)
                at.Database.Execute("UPDATE unit SET hold = 'placebo-sources', reason_text = 'waits for its sources' WHERE unit_id = @unit", ("@unit", unit));
            return answer;
        }
    }

    /// <summary>Whatever a paused run enqueues next knows nothing of it.</summary>
    private sealed class PauseForgotten(Planted at) : StoreLayer(at.Store)
    {
        public override async Task<FenceAnswer> CompleteAsync(
            AttemptKey attempt, TrainerEvent.Done done, IReadOnlyList<string> log, CancellationToken cancel = default)
        {
            var answer = await base.CompleteAsync(attempt, done, log, cancel);
            at.Database.Execute("UPDATE unit SET paused = NULL WHERE state = 'waiting' AND fence = 0 AND run_id = (SELECT run_id FROM unit WHERE unit_id = @unit)",
                ("@unit", attempt.UnitId));
            return answer;
        }
    }

    /// <summary>A run that another sweep goes on with counts again where it was cancelled.</summary>
    private sealed class CancelForgotten(Planted at) : StoreLayer(at.Store)
    {
        public override async Task<FenceAnswer> CompleteAsync(
            AttemptKey attempt, TrainerEvent.Done done, IReadOnlyList<string> log, CancellationToken cancel = default)
        {
            var answer = await base.CompleteAsync(attempt, done, log, cancel);
            at.Database.Execute("UPDATE sweep_run SET cancelled_at = NULL WHERE run_id = (SELECT run_id FROM unit WHERE unit_id = @unit)", ("@unit", attempt.UnitId));
            return answer;
        }
    }

    private sealed class ReleaseCounted(Planted at) : StoreLayer(at.Store)
    {
        public override async Task<AttemptEnding> EndAttemptAsync(
            AttemptKey attempt, FailureReason reason, string message, IReadOnlyList<string> log, CancellationToken cancel = default)
        {
            var ending = await base.EndAttemptAsync(attempt, reason, message, log, cancel);
            if (ending is AttemptEnding.Retry && reason is FailureReason.HostStopping or FailureReason.Preempted)
                at.Database.Execute("UPDATE unit SET failures = failures + 1 WHERE unit_id = @unit", ("@unit", attempt.UnitId));
            return ending;
        }
    }

    /// <summary>Whether there is room is looked at when work is looked for, and not again.</summary>
    private sealed class QuotaOutsideOfClaim(Planted at) : StoreLayer(at.Store)
    {
        public override async Task<FarmSnapshot> ReadSnapshotAsync(int? mostOffers = null, string? pool = null, CancellationToken cancel = default)
        {
            var snapshot = await base.ReadSnapshotAsync(mostOffers, pool, cancel);
            return snapshot.Tenants.Any(t => t.Slots <= snapshot.Running.Count) ? snapshot : snapshot with { Tenants = [] };
        }

        public override async Task<Claim?> ClaimAsync(IReadOnlyList<string> unitsByRank, SlotInfo slot, TimeSpan lease, CancellationToken cancel = default)
        {
            at.Database.Execute("UPDATE tenant SET slots = slots + 100");
            var claim = await base.ClaimAsync(unitsByRank, slot, lease, cancel);
            at.Database.Execute("UPDATE tenant SET slots = slots - 100");
            return claim;
        }
    }

    private sealed class ReferencesForgotten(Planted at) : StoreLayer(at.Store)
    {
        public override async Task<IReadOnlySet<string>> ReferencedPathsAsync(IReadOnlyList<string> paths, CancellationToken cancel = default) =>
            (await base.ReferencedPathsAsync(paths, cancel)).Where(p => !p.EndsWith("end.state", StringComparison.Ordinal)).ToHashSet();
    }
}
