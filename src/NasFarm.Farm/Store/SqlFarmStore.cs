using System.Runtime.CompilerServices;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Control;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store.Scripts;
using NasFarm.Farm.Telemetry;

namespace NasFarm.Farm.Store;

/// <summary>How a transaction stands to those that change what is enqueued. A database with one writer at a time has no use for it.</summary>
internal enum FarmLock
{
    /// <summary>Touches one unit or one row: row locks are enough. Renewals and metrics never wait for a large command.</summary>
    None,

    /// <summary>Decides by what a command may be changing: which retrain jobs are wanted, whether a run is still open.</summary>
    Shared,

    /// <summary>A command of a person, or the expiry of leases: changes many runs, alone.</summary>
    Exclusive,
}

/// <summary>The members of a store as transaction scripts, the same for every SQL database.</summary>
public abstract class SqlFarmStore : IFarmStore
{
    private readonly GridPlaces places = new();
    private readonly FinishedRuns finished = new();
    private readonly CensusReading.ArmMethods methods = new();

    private protected SqlFarmStore() { }

    /// <inheritdoc/>
    public Task<AcceptReport> AcceptAsync(SweepPlan plan, CancellationToken cancel = default) =>
        Write(FarmLock.Exclusive, sql => AcceptSweep.Accept(sql, plan), cancel);

    /// <inheritdoc/>
    public Task<AcceptReport> PreviewAsync(SweepPlan plan, CancellationToken cancel = default) => Read(sql => AcceptSweep.Preview(sql, plan), cancel);

    /// <inheritdoc/>
    public Task<PauseReport?> PauseAsync(Target target, string by, string operationId, CancellationToken cancel = default) =>
        Write(FarmLock.Exclusive, sql => PauseRows.Pause(sql, target, by, operationId), cancel);

    /// <inheritdoc/>
    public Task<ResumeReport?> ResumeAsync(Target target, string operationId, CancellationToken cancel = default) =>
        Write(FarmLock.Exclusive, sql => PauseRows.Resume(sql, target, operationId), cancel);

    /// <inheritdoc/>
    public Task<CancelReport?> CancelAsync(Target target, string operationId, CancellationToken cancel = default) =>
        Write(FarmLock.Exclusive, sql => SweepCommands.Cancel(sql, target, operationId), cancel);

    /// <inheritdoc/>
    public Task<RetryReport?> RetryFailedAsync(Target target, string operationId, CancellationToken cancel = default) =>
        Write(FarmLock.Exclusive, sql => SweepCommands.RetryFailed(sql, target, operationId), cancel);

    /// <inheritdoc/>
    public Task<PriorityReport?> SetPriorityAsync(string sweepId, int priority, string operationId, CancellationToken cancel = default) =>
        Write(FarmLock.Exclusive, sql => SweepCommands.SetPriority(sql, sweepId, priority, operationId), cancel);

    /// <inheritdoc/>
    public Task<DeleteReport?> PreviewDeletionAsync(string sweepId, CancellationToken cancel = default) =>
        Read(sql => SweepDeletion.Preview(sql, sweepId), cancel);

    /// <inheritdoc/>
    public Task<DeleteReport?> DeleteSweepAsync(string sweepId, bool cancelRunning, string operationId, CancellationToken cancel = default) =>
        Write(FarmLock.Exclusive, sql => SweepDeletion.Delete(sql, sweepId, cancelRunning, operationId), cancel);

    /// <inheritdoc/>
    public Task<DeleteReport?> ReadDeletionAsync(string operationId, CancellationToken cancel = default) =>
        Read(sql => Operations.Deletion(sql, operationId), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SweepSummary>> ReadFinishedAsync(TimeSpan age, CancellationToken cancel = default) =>
        Read(sql => SweepDeletion.FinishedFor(sql, age), cancel);

    /// <inheritdoc/>
    public Task<FarmNames> ReadNamesAsync(CancellationToken cancel = default) => Read(NameReading.Names, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DueLook>> ReadDueLooksAsync(CancellationToken cancel = default) => Read(LookRows.Due, cancel);

    /// <inheritdoc/>
    public Task<LookReport?> TakeLookAsync(DueLook look, LookVerdict.Tested verdict, CancellationToken cancel = default) =>
        Write(FarmLock.Exclusive, sql => LookRows.Take(sql, look, verdict), cancel);

    /// <inheritdoc/>
    public async Task<Claim?> ClaimAsync(IReadOnlyList<string> unitsByRank, SlotInfo slot, TimeSpan lease, CancellationToken cancel = default)
    {
        // A script runs again when the answer to its commit was lost: then the first try may own a unit already.
        ClaimedUnit? tried = null;
        ClaimedUnit? Granted(SqlSession sql) => tried is not null && Ownership.IsGranted(sql, tried.Key, slot, lease) ? Ownership.Describe(sql, tried) : null;
        var (isOver, claimed) = await WriteTogether(FarmLock.None, slot.SlotId, async sql =>
        {
            if (Granted(sql) is { } mine)
                return (true, mine);
            var claim = await Ownership.ClaimUnlimited(sql, unitsByRank, slot, lease);
            tried = claim.Unit;
            return claim;
        }, cancel).ConfigureAwait(false);
        if (!isOver)
            claimed = await Write(FarmLock.None, sql => Granted(sql) ?? (tried = Ownership.Claim(sql, unitsByRank, slot, lease)), cancel).ConfigureAwait(false);
        return claimed?.Heard();
    }

    /// <inheritdoc/>
    public Task<FenceAnswer> RenewAsync(AttemptKey attempt, TimeSpan lease, CancellationToken cancel = default) =>
        Write(FarmLock.None, sql => Ownership.Renew(sql, attempt, lease), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AttemptKey>> ReadUndisturbedAsync(string owner, CancellationToken cancel = default) =>
        Read(sql => Ownership.Undisturbed(sql, owner), cancel);

    /// <inheritdoc/>
    public Task<bool> MayPreemptAsync(CancellationToken cancel = default) => Read(SnapshotReading.MayPreempt, cancel);

    /// <inheritdoc/>
    public Task<FenceAnswer> PreemptAsync(AttemptKey victim, string forUnit, CancellationToken cancel = default) =>
        Write(FarmLock.Shared, sql => Ownership.Preempt(sql, victim, forUnit), cancel);

    /// <inheritdoc/>
    public Task<CordonReport> CordonAsync(Cordon cordon, CancellationToken cancel = default) =>
        Write(FarmLock.Exclusive, sql => Cordons.Set(sql, cordon), cancel);

    /// <inheritdoc/>
    public Task<bool> UncordonAsync(string place, CancellationToken cancel = default) => Write(FarmLock.Exclusive, sql => Cordons.Remove(sql, place), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<QuarantinedUnit>> ReadQuarantineAsync(IReadOnlySet<AttemptKey> known, CancellationToken cancel = default) =>
        Read(sql => QuarantineRows.Read(sql, known), cancel);

    /// <inheritdoc/>
    public Task<FarmCensus> ReadCensusAsync(CancellationToken cancel = default) => Read(sql => CensusReading.Census(sql, methods), cancel);

    /// <inheritdoc/>
    public Task<int> CountRedoneDifferentlyAsync(AttemptKey attempt, CancellationToken cancel = default) =>
        Read(sql => CensusReading.RedoneDifferently(sql, attempt), cancel);

    /// <inheritdoc/>
    public Task<SlotBoard> ReadSlotsAsync(CancellationToken cancel = default) => Read(SlotReading.Board, cancel);

    /// <inheritdoc/>
    public Task SetTenantAsync(TenantShare share, CancellationToken cancel = default) => Write(FarmLock.None, sql =>
    {
        TenantRows.Set(sql, share);
        return true;
    }, cancel);

    /// <inheritdoc/>
    public Task<FenceAnswer> RecordStartedAsync(AttemptKey attempt, TrainerEvent.Started started, CancellationToken cancel = default) =>
        WriteTogether(FarmLock.Shared, attempt.UnitId, sql => AttemptWrites.Started(sql, attempt, started), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<FenceAnswer>> AppendAsync(IReadOnlyList<AttemptRows> batch, CancellationToken cancel = default) =>
        Write(FarmLock.None, sql => AttemptWrites.Append(sql, batch), cancel);

    /// <inheritdoc/>
    public Task<FenceAnswer> CompleteAsync(AttemptKey attempt, TrainerEvent.Done done, IReadOnlyList<string> log, CancellationToken cancel = default) =>
        // The end of a search may lock other runs, which draw from it, and a retrain job's what stands for its run: with several of them there
        // is no order that all would keep.
        done.Search is { SearchFinished: false, Diverged: false }
            ? WriteTogether(FarmLock.Shared, attempt.UnitId, sql => AttemptWrites.Complete(sql, attempt, done, log), cancel)
            : Write(FarmLock.Shared, sql => sql.Finish(AttemptWrites.Complete(sql, attempt, done, log)), cancel);

    /// <inheritdoc/>
    public Task<AttemptEnding> EndAttemptAsync(
        AttemptKey attempt, FailureReason reason, string message, IReadOnlyList<string> log, CancellationToken cancel = default) =>
        Write(FarmLock.Shared, sql => Ownership.End(sql, attempt, reason, message, log), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ExpiredLease>> ExpireLeasesAsync(CancellationToken cancel = default) =>
        Write(FarmLock.Exclusive, Ownership.Expire, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ExpiredLease>> RevokeAsync(string owner, string why, CancellationToken cancel = default) =>
        Write(FarmLock.Exclusive, sql => Ownership.Revoke(sql, owner, why), cancel);

    /// <inheritdoc/>
    public Task<MoveBatch> ReadMovesAsync(MovePosition after, int most, CancellationToken cancel = default) =>
        Read(sql => MoveRows.Read(sql, after, most), cancel);

    /// <inheritdoc/>
    public Task<MovePosition> ReadMovePositionAsync(CancellationToken cancel = default) => Read(MoveRows.Now, cancel);

    /// <inheritdoc/>
    public Task<int> ForgetMovesAsync(int keep, CancellationToken cancel = default) => Write(FarmLock.None, sql => MoveRows.Forget(sql, keep), cancel);

    /// <inheritdoc/>
    public Task<bool> TryCoordinateAsync(string owner, TimeSpan lease, CancellationToken cancel = default) =>
        Write(FarmLock.None, sql => Ownership.TryCoordinate(sql, owner, lease), cancel);

    /// <inheritdoc/>
    public Task AnnounceSlotsAsync(IReadOnlyList<SlotInfo> slots, TimeSpan lease, CancellationToken cancel = default) => Write(FarmLock.None, sql =>
    {
        Ownership.AnnounceSlots(sql, slots, lease);
        return true;
    }, cancel);

    /// <inheritdoc/>
    public async Task<FarmSnapshot> ReadSnapshotAsync(int? mostOffers = null, string? pool = null, CancellationToken cancel = default) =>
        (await Read(sql => SnapshotReading.Snapshot(sql, mostOffers, pool), cancel).ConfigureAwait(false))();

    /// <inheritdoc/>
    public async Task<FarmSnapshot> ReadQueueAsync(
        int mostOffers, string? pool, IReadOnlyList<string> slotIds, IReadOnlyList<string> inDoubt, CancellationToken cancel = default) =>
        (await Read(sql => SnapshotReading.Queue(sql, mostOffers, pool, slotIds, inDoubt), cancel).ConfigureAwait(false))();

    /// <inheritdoc/>
    public Task<FarmUse> ReadUseAsync(CancellationToken cancel = default) => Read(SnapshotReading.Use, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<UnitArtifacts>> ReadArtifactsAsync(DateTimeOffset? endsBefore = null, CancellationToken cancel = default) =>
        Read(sql => ArtifactRows.Collectable(sql, endsBefore), cancel);

    /// <inheritdoc/>
    public Task MarkCollectedAsync(IReadOnlyList<ArtifactRow> rows, CancellationToken cancel = default) => Write(FarmLock.None, sql =>
    {
        ArtifactRows.MarkCollected(sql, rows);
        return true;
    }, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlySet<string>> ReferencedPathsAsync(IReadOnlyList<string> paths, CancellationToken cancel = default) =>
        Read(sql => ArtifactRows.Referenced(sql, paths), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SweepSummary>> ListSweepsAsync(CancellationToken cancel = default) => Read(SweepReading.List, cancel);

    /// <inheritdoc/>
    public Task<SweepCounts?> ReadCountsAsync(string sweepId, CancellationToken cancel = default) => Read(sql => SweepReading.Counts(sql, sweepId), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListOpenSweepsAsync(CancellationToken cancel = default) => Read(SweepReading.Open, cancel);

    /// <inheritdoc/>
    public Task<SweepEnds?> ReadEndsAsync(string sweepId, CancellationToken cancel = default) => Read(sql => SweepReading.Ends(sql, sweepId), cancel);

    /// <inheritdoc/>
    public Task<SweepStatus?> ReadSweepAsync(string sweepId, CancellationToken cancel = default) => Read(sql => SweepReading.Status(sql, sweepId), cancel);

    /// <inheritdoc/>
    public Task<SweepStatus?> ReadSweepHeadAsync(string sweepId, int most, CancellationToken cancel = default) =>
        Read(sql => SweepReading.Head(sql, sweepId, most), cancel);

    /// <inheritdoc/>
    public Task<SweepStatus?> ReadSweepRunsAsync(string sweepId, IReadOnlyList<string> runIds, CancellationToken cancel = default) =>
        Read(sql => SweepReading.Some(sql, sweepId, runIds), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunStanding>?> ReadStandingsAsync(string sweepId, IReadOnlyList<string>? runIds, CancellationToken cancel = default) => Read(
        IReadOnlyList<RunStanding>? (sql) => (runIds is null ? StandingReading.All(sql, sweepId, finished) : StandingReading.Some(sql, sweepId, runIds))
            ?.Select(run => new RunStanding(run.RunId, run.Arm, run.State, run.Diverged, run.Accuracy)).ToList(), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ReadSweepsOfRunAsync(string runId, CancellationToken cancel = default) =>
        Read(sql => SweepReading.OfRun(sql, runId), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<GridRun>?> ReadGridAsync(string sweepId, IReadOnlyList<string>? runIds, CancellationToken cancel = default) =>
        Read(sql => GridReading.Runs(sql, sweepId, runIds, finished, places), cancel);

    /// <inheritdoc/>
    public Task<RunDetails?> ReadRunAsync(string runId, CancellationToken cancel = default) => Read(sql => RunReading.Details(sql, runId), cancel);

    /// <inheritdoc/>
    public async Task<SweepResult?> ReadResultAsync(string sweepId, TableLookUp? table = null, bool withCurves = true, CancellationToken cancel = default) =>
        (await Read(sql => ResultReading.Result(sql, sweepId, table, withCurves), cancel).ConfigureAwait(false))();

    /// <inheritdoc/>
    public Task<int> DigestAsync(int most, CancellationToken cancel = default) => Write(FarmLock.None, sql => DigestRows.Make(sql, most), cancel);

    /// <inheritdoc/>
    public Task<string?> EffectiveHistoryAsync(string runId, CancellationToken cancel = default) => Read(sql => ResultReading.History(sql, runId), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunMetric>?> ReadMetricsAsync(string runId, string? name, int most, CancellationToken cancel = default) =>
        Read(sql => AccessRows.Metrics(sql, runId, name, most), cancel);

    /// <inheritdoc/>
    public Task<AccessToken> AddTokenAsync(AccessToken token, CancellationToken cancel = default) =>
        Write(FarmLock.None, sql => AccessRows.Add(sql, token), cancel);

    /// <inheritdoc/>
    public Task<AccessToken?> FindTokenAsync(string tokenId, CancellationToken cancel = default) => Read(sql => AccessRows.Find(sql, tokenId), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AccessToken>> ListTokensAsync(CancellationToken cancel = default) => Read(AccessRows.List, cancel);

    /// <inheritdoc/>
    public Task<AccessToken?> RevokeTokenAsync(string tokenId, CancellationToken cancel = default) =>
        Write(FarmLock.None, sql => AccessRows.Revoke(sql, tokenId), cancel);

    /// <inheritdoc/>
    public Task UseTokenAsync(string tokenId, CancellationToken cancel = default) => Write(FarmLock.None, sql =>
    {
        AccessRows.Use(sql, tokenId);
        return true;
    }, cancel);

    /// <inheritdoc/>
    public Task RecordAsync(AuditEntry entry, CancellationToken cancel = default) => Write(FarmLock.None, sql =>
    {
        AccessRows.Record(sql, entry);
        return true;
    }, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(
        IReadOnlyCollection<string>? tenants, long? before, int most, CancellationToken cancel = default) =>
        Read(sql => AccessRows.Audit(sql, tenants, before, most), cancel);

    /// <inheritdoc/>
    public Task BeginNoticesAsync(CancellationToken cancel = default) => Write(FarmLock.Exclusive, NoticeRows.Begin, cancel);

    /// <inheritdoc/>
    public Task<DueNotice?> ClaimNoticeAsync(TimeSpan hold, CancellationToken cancel = default) => Write(FarmLock.None, sql => NoticeRows.Claim(sql, hold), cancel);

    /// <inheritdoc/>
    public Task EndNoticeAsync(DueNotice notice, TimeSpan? again, string? trouble, CancellationToken cancel = default) =>
        Write(FarmLock.None, sql => NoticeRows.End(sql, notice, again, trouble), cancel);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Runs a script in one transaction. It may run more than once, each time in a transaction of its own of which at most the last commits
    /// or, when the answer to a commit was lost, the one before it too: every script is safe to repeat.</summary>
    private protected abstract Task<T> WriteCore<T>(FarmLock held, Func<SqlSession, T> script, CancellationToken cancel);

    /// <summary>The same for a short script that locks what belongs to <paramref name="key"/> and nothing else: a database may run several in one
    /// transaction, in the order of their keys. Each sends its questions by <see cref="SqlSession.Ask"/> and awaits them.</summary>
    private protected virtual Task<T> WriteTogetherCore<T>(FarmLock held, string key, Func<SqlSession, ValueTask<T>> script, CancellationToken cancel) =>
        WriteCore(held, sql => sql.Finish(script(sql)), cancel);

    /// <summary>Runs a script that reads, all of it at one moment.</summary>
    private protected abstract Task<T> ReadCore<T>(Func<SqlSession, T> script, CancellationToken cancel);

    private Task<T> Write<T>(FarmLock held, Func<SqlSession, T> script, CancellationToken cancel, [CallerMemberName] string member = "") =>
        StoreMeter.Time(member, () => WriteCore(held, script, cancel));

    private Task<T> WriteTogether<T>(
        FarmLock held, string key, Func<SqlSession, ValueTask<T>> script, CancellationToken cancel, [CallerMemberName] string member = "") =>
        StoreMeter.Time(member, () => WriteTogetherCore(held, key, script, cancel));

    private Task<T> Read<T>(Func<SqlSession, T> script, CancellationToken cancel, [CallerMemberName] string member = "") =>
        StoreMeter.Time(member, () => ReadCore(script, cancel));
}
