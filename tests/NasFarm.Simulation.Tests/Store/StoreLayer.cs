using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Control;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;

namespace NasFarm.Simulation.Tests.Store;

/// <summary>A store in front of a store: every call goes through <see cref="Through"/>.</summary>
internal abstract class StoreLayer(IFarmStore inner) : IFarmStore
{
    protected IFarmStore Inner => inner;

    public virtual Task<AcceptReport> AcceptAsync(SweepPlan plan, CancellationToken cancel = default) =>
        Through("accept", () => inner.AcceptAsync(plan, cancel));

    public virtual Task<AcceptReport> PreviewAsync(SweepPlan plan, CancellationToken cancel = default) =>
        Through("preview", () => inner.PreviewAsync(plan, cancel));

    public virtual Task<PauseReport?> PauseAsync(Target target, string by, string operationId, CancellationToken cancel = default) =>
        Through("pause", () => inner.PauseAsync(target, by, operationId, cancel));

    public virtual Task<ResumeReport?> ResumeAsync(Target target, string operationId, CancellationToken cancel = default) =>
        Through("resume", () => inner.ResumeAsync(target, operationId, cancel));

    public virtual Task<CancelReport?> CancelAsync(Target target, string operationId, CancellationToken cancel = default) =>
        Through("cancel", () => inner.CancelAsync(target, operationId, cancel));

    public virtual Task<RetryReport?> RetryFailedAsync(Target target, string operationId, CancellationToken cancel = default) =>
        Through("retry", () => inner.RetryFailedAsync(target, operationId, cancel));

    public virtual Task<PriorityReport?> SetPriorityAsync(string sweepId, int priority, string operationId, CancellationToken cancel = default) =>
        Through("priority", () => inner.SetPriorityAsync(sweepId, priority, operationId, cancel));

    public virtual Task<DeleteReport?> PreviewDeletionAsync(string sweepId, CancellationToken cancel = default) =>
        Through("preview deletion", () => inner.PreviewDeletionAsync(sweepId, cancel));

    public virtual Task<DeleteReport?> DeleteSweepAsync(string sweepId, bool cancelRunning, string operationId, CancellationToken cancel = default) =>
        Through("delete", () => inner.DeleteSweepAsync(sweepId, cancelRunning, operationId, cancel));

    public virtual Task<DeleteReport?> ReadDeletionAsync(string operationId, CancellationToken cancel = default) =>
        Through("deletion", () => inner.ReadDeletionAsync(operationId, cancel));

    public virtual Task<IReadOnlyList<SweepSummary>> ReadFinishedAsync(TimeSpan age, CancellationToken cancel = default) =>
        Through("finished", () => inner.ReadFinishedAsync(age, cancel));

    public virtual Task<FarmNames> ReadNamesAsync(CancellationToken cancel = default) => Through("names", () => inner.ReadNamesAsync(cancel));

    public virtual Task<IReadOnlyList<DueLook>> ReadDueLooksAsync(CancellationToken cancel = default) =>
        Through("due looks", () => inner.ReadDueLooksAsync(cancel));

    public virtual Task<LookReport?> TakeLookAsync(DueLook look, LookVerdict.Tested verdict, CancellationToken cancel = default) =>
        Through("look", () => inner.TakeLookAsync(look, verdict, cancel));

    public virtual Task<Claim?> ClaimAsync(IReadOnlyList<string> unitsByRank, SlotInfo slot, TimeSpan lease, CancellationToken cancel = default) =>
        Through("claim", () => inner.ClaimAsync(unitsByRank, slot, lease, cancel));

    public virtual Task<FenceAnswer> RenewAsync(AttemptKey attempt, TimeSpan lease, CancellationToken cancel = default) =>
        Through("renew", () => inner.RenewAsync(attempt, lease, cancel));

    public virtual Task<IReadOnlyList<AttemptKey>> ReadUndisturbedAsync(string owner, CancellationToken cancel = default) =>
        Through("undisturbed", () => inner.ReadUndisturbedAsync(owner, cancel));

    public virtual Task<bool> MayPreemptAsync(CancellationToken cancel = default) => Through("may preempt", () => inner.MayPreemptAsync(cancel));

    public virtual Task<FenceAnswer> PreemptAsync(AttemptKey victim, string forUnit, CancellationToken cancel = default) =>
        Through("preempt", () => inner.PreemptAsync(victim, forUnit, cancel));

    public virtual Task<CordonReport> CordonAsync(Cordon cordon, CancellationToken cancel = default) =>
        Through("cordon", () => inner.CordonAsync(cordon, cancel));

    public virtual Task<bool> UncordonAsync(string place, CancellationToken cancel = default) =>
        Through("uncordon", () => inner.UncordonAsync(place, cancel));

    public virtual Task<IReadOnlyList<QuarantinedUnit>> ReadQuarantineAsync(IReadOnlySet<AttemptKey> known, CancellationToken cancel = default) =>
        Through("quarantine", () => inner.ReadQuarantineAsync(known, cancel));

    public virtual Task<FarmCensus> ReadCensusAsync(CancellationToken cancel = default) => Through("census", () => inner.ReadCensusAsync(cancel));

    public virtual Task<int> CountRedoneDifferentlyAsync(AttemptKey attempt, CancellationToken cancel = default) =>
        Through("redone", () => inner.CountRedoneDifferentlyAsync(attempt, cancel));

    public virtual Task<SlotBoard> ReadSlotsAsync(CancellationToken cancel = default) => Through("slots", () => inner.ReadSlotsAsync(cancel));

    public virtual Task SetTenantAsync(TenantShare share, CancellationToken cancel = default) => Through("tenant", async () =>
    {
        await inner.SetTenantAsync(share, cancel);
        return true;
    });

    public virtual Task<FenceAnswer> RecordStartedAsync(AttemptKey attempt, TrainerEvent.Started started, CancellationToken cancel = default) =>
        Through("started", () => inner.RecordStartedAsync(attempt, started, cancel));

    public virtual Task<IReadOnlyList<FenceAnswer>> AppendAsync(IReadOnlyList<AttemptRows> batch, CancellationToken cancel = default) =>
        Through("append", () => inner.AppendAsync(batch, cancel));

    public virtual Task<FenceAnswer> CompleteAsync(
        AttemptKey attempt, TrainerEvent.Done done, IReadOnlyList<string> log, CancellationToken cancel = default) =>
        Through("complete", () => inner.CompleteAsync(attempt, done, log, cancel));

    public virtual Task<AttemptEnding> EndAttemptAsync(
        AttemptKey attempt, FailureReason reason, string message, IReadOnlyList<string> log, CancellationToken cancel = default) =>
        Through("end", () => inner.EndAttemptAsync(attempt, reason, message, log, cancel));

    public virtual Task<IReadOnlyList<ExpiredLease>> ExpireLeasesAsync(CancellationToken cancel = default) =>
        Through("expire", () => inner.ExpireLeasesAsync(cancel));

    public virtual Task<bool> TryCoordinateAsync(string owner, TimeSpan lease, CancellationToken cancel = default) =>
        Through("coordinate", () => inner.TryCoordinateAsync(owner, lease, cancel));

    public virtual Task AnnounceSlotsAsync(IReadOnlyList<SlotInfo> slots, TimeSpan lease, CancellationToken cancel = default) =>
        Through("announce", async () =>
        {
            await inner.AnnounceSlotsAsync(slots, lease, cancel);
            return true;
        });

    public virtual Task<FarmSnapshot> ReadSnapshotAsync(int? mostOffers = null, string? pool = null, CancellationToken cancel = default) =>
        Through("snapshot", () => inner.ReadSnapshotAsync(mostOffers, pool, cancel));

    public virtual Task<IReadOnlyList<UnitArtifacts>> ReadArtifactsAsync(DateTimeOffset? endsBefore = null, CancellationToken cancel = default) =>
        Through("artifacts", () => inner.ReadArtifactsAsync(endsBefore, cancel));

    public virtual Task MarkCollectedAsync(IReadOnlyList<ArtifactRow> rows, CancellationToken cancel = default) => Through("collected", async () =>
    {
        await inner.MarkCollectedAsync(rows, cancel);
        return true;
    });

    public virtual Task<IReadOnlySet<string>> ReferencedPathsAsync(IReadOnlyList<string> paths, CancellationToken cancel = default) =>
        Through("referenced", () => inner.ReferencedPathsAsync(paths, cancel));

    public virtual Task<IReadOnlyList<SweepSummary>> ListSweepsAsync(CancellationToken cancel = default) =>
        Through("list", () => inner.ListSweepsAsync(cancel));

    public virtual Task<SweepCounts?> ReadCountsAsync(string sweepId, CancellationToken cancel = default) =>
        Through("counts", () => inner.ReadCountsAsync(sweepId, cancel));

    public virtual Task<SweepStatus?> ReadSweepAsync(string sweepId, CancellationToken cancel = default) =>
        Through("sweep", () => inner.ReadSweepAsync(sweepId, cancel));

    public virtual Task<SweepStatus?> ReadSweepHeadAsync(string sweepId, int most, CancellationToken cancel = default) =>
        Through("sweep head", () => inner.ReadSweepHeadAsync(sweepId, most, cancel));

    public virtual Task<SweepStatus?> ReadSweepRunsAsync(string sweepId, IReadOnlyList<string> runIds, CancellationToken cancel = default) =>
        Through("sweep runs", () => inner.ReadSweepRunsAsync(sweepId, runIds, cancel));

    public virtual Task<FarmSnapshot> ReadQueueAsync(
        int mostOffers, string? pool, IReadOnlyList<string> slotIds, IReadOnlyList<string> inDoubt, CancellationToken cancel = default) =>
        Through("queue", () => inner.ReadQueueAsync(mostOffers, pool, slotIds, inDoubt, cancel));

    public virtual Task<FarmUse> ReadUseAsync(CancellationToken cancel = default) => Through("use", () => inner.ReadUseAsync(cancel));

    public virtual Task<IReadOnlyList<string>> ListOpenSweepsAsync(CancellationToken cancel = default) => Through("open sweeps", () => inner.ListOpenSweepsAsync(cancel));

    public virtual Task<SweepEnds?> ReadEndsAsync(string sweepId, CancellationToken cancel = default) => Through("ends", () => inner.ReadEndsAsync(sweepId, cancel));

    public virtual Task<IReadOnlyList<string>> ReadSweepsOfRunAsync(string runId, CancellationToken cancel = default) =>
        Through("sweeps of run", () => inner.ReadSweepsOfRunAsync(runId, cancel));

    public virtual Task<IReadOnlyList<RunStanding>?> ReadStandingsAsync(string sweepId, IReadOnlyList<string>? runIds, CancellationToken cancel = default) =>
        Through("standings", () => inner.ReadStandingsAsync(sweepId, runIds, cancel));

    public virtual Task<IReadOnlyList<GridRun>?> ReadGridAsync(string sweepId, IReadOnlyList<string>? runIds, CancellationToken cancel = default) =>
        Through("grid", () => inner.ReadGridAsync(sweepId, runIds, cancel));

    public virtual Task<RunDetails?> ReadRunAsync(string runId, CancellationToken cancel = default) =>
        Through("run", () => inner.ReadRunAsync(runId, cancel));

    public virtual Task<SweepResult?> ReadResultAsync(string sweepId, TableLookUp? table = null, bool withCurves = true, CancellationToken cancel = default) =>
        Through("result", () => inner.ReadResultAsync(sweepId, table, withCurves, cancel));

    public virtual Task<int> DigestAsync(int most, CancellationToken cancel = default) => Through("digest", () => inner.DigestAsync(most, cancel));

    public virtual Task<string?> EffectiveHistoryAsync(string runId, CancellationToken cancel = default) =>
        Through("history", () => inner.EffectiveHistoryAsync(runId, cancel));

    public virtual Task<IReadOnlyList<ExpiredLease>> RevokeAsync(string owner, string why, CancellationToken cancel = default) =>
        Through("revoke", () => inner.RevokeAsync(owner, why, cancel));

    public virtual Task<MoveBatch> ReadMovesAsync(MovePosition after, int most, CancellationToken cancel = default) =>
        Through("moves", () => inner.ReadMovesAsync(after, most, cancel));

    public virtual Task<MovePosition> ReadMovePositionAsync(CancellationToken cancel = default) =>
        Through("move position", () => inner.ReadMovePositionAsync(cancel));

    public virtual Task<int> ForgetMovesAsync(int keep, CancellationToken cancel = default) => Through("forget moves", () => inner.ForgetMovesAsync(keep, cancel));

    public virtual Task<IReadOnlyList<RunMetric>?> ReadMetricsAsync(string runId, string? name, int most, CancellationToken cancel = default) =>
        Through("metrics", () => inner.ReadMetricsAsync(runId, name, most, cancel));

    public virtual Task<AccessToken> AddTokenAsync(AccessToken token, CancellationToken cancel = default) =>
        Through("add token", () => inner.AddTokenAsync(token, cancel));

    public virtual Task<AccessToken?> FindTokenAsync(string tokenId, CancellationToken cancel = default) =>
        Through("find token", () => inner.FindTokenAsync(tokenId, cancel));

    public virtual Task<IReadOnlyList<AccessToken>> ListTokensAsync(CancellationToken cancel = default) =>
        Through("tokens", () => inner.ListTokensAsync(cancel));

    public virtual Task<AccessToken?> RevokeTokenAsync(string tokenId, CancellationToken cancel = default) =>
        Through("revoke token", () => inner.RevokeTokenAsync(tokenId, cancel));

    public virtual Task UseTokenAsync(string tokenId, CancellationToken cancel = default) => Through("use token", async () =>
    {
        await inner.UseTokenAsync(tokenId, cancel);
        return true;
    });

    public virtual Task RecordAsync(AuditEntry entry, CancellationToken cancel = default) => Through("record", async () =>
    {
        await inner.RecordAsync(entry, cancel);
        return true;
    });

    public virtual Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(
        IReadOnlyCollection<string>? tenants, long? before, int most, CancellationToken cancel = default) =>
        Through("audit", () => inner.ReadAuditAsync(tenants, before, most, cancel));

    public virtual Task BeginNoticesAsync(CancellationToken cancel = default) => Through("begin notices", async () =>
    {
        await inner.BeginNoticesAsync(cancel);
        return true;
    });

    public virtual Task<DueNotice?> ClaimNoticeAsync(TimeSpan hold, CancellationToken cancel = default) =>
        Through("claim notice", () => inner.ClaimNoticeAsync(hold, cancel));

    public virtual Task EndNoticeAsync(DueNotice notice, TimeSpan? again, string? trouble, CancellationToken cancel = default) => Through("end notice", async () =>
    {
        await inner.EndNoticeAsync(notice, again, trouble, cancel);
        return true;
    });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected virtual Task<T> Through<T>(string member, Func<Task<T>> call) => call();
}
