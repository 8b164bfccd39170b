using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Control;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store;

/// <summary>The farm's memory. Each member is one transaction. Ownership is a row: every write of an attempt proves its fence,
/// and a stale one is answered <see cref="FenceAnswer.FenceLost"/> and writes nothing. Leases use the database's clock. A member answers
/// or throws <see cref="StoreUnavailableException"/> within a time shorter than a lease; after that it may be called again.</summary>
public interface IFarmStore : INoticeStore, IAsyncDisposable
{
    /// <summary>Takes a sweep in; its runs stand under its priority and share from now on. Accepting it again is harmless, takes its priority
    /// and limits over, and revives what was cancelled. What is paused stays so.
    /// Throws <see cref="InvalidDataException"/> when a placebo source is neither in the plan nor in the store.</summary>
    Task<AcceptReport> AcceptAsync(SweepPlan plan, CancellationToken cancel = default);

    /// <summary>What <see cref="AcceptAsync"/> would report, without accepting.</summary>
    Task<AcceptReport> PreviewAsync(SweepPlan plan, CancellationToken cancel = default);

    /// <summary>Lets what is named rest, and what of it is enqueued later: waiting units are held, running attempts hear it at their next
    /// renewal. A run that another live sweep wants, which is not paused, goes on, unless the run itself is named.
    /// Null: no such thing; <see cref="ArgumentException"/>: a unit. Like every command: repeating an operation id answers the same and does nothing.</summary>
    /// <param name="target">Sweep, cohort or run.</param>
    /// <param name="by">Who pauses, for those who wait.</param>
    /// <param name="operationId">Of this command.</param>
    /// <param name="cancel">Gives up the wait for the database.</param>
    Task<PauseReport?> PauseAsync(Target target, string by, string operationId, CancellationToken cancel = default);

    /// <summary>Ends the pause of what is named and narrower ones inside it; a wider one keeps its runs. Null and <see cref="ArgumentException"/> as there.</summary>
    Task<ResumeReport?> ResumeAsync(Target target, string operationId, CancellationToken cancel = default);

    /// <summary>Cancels a sweep, or those runs of a cohort or run that are not over, and every unit that no live sweep needs any more; running attempts
    /// lose the fence. A run cancelled in a sweep stays so until the sweep is accepted again. Null: no such thing; <see cref="ArgumentException"/>: a unit.</summary>
    Task<CancelReport?> CancelAsync(Target target, string operationId, CancellationToken cancel = default);

    /// <summary>Gives failed units their attempts back; those that only cancelled sweeps want, none. Null: no such thing.</summary>
    Task<RetryReport?> RetryFailedAsync(Target target, string operationId, CancellationToken cancel = default);

    /// <summary>Sets a sweep's priority, until its manifest is accepted again with another. Null: no such sweep.</summary>
    Task<PriorityReport?> SetPriorityAsync(string sweepId, int priority, string operationId, CancellationToken cancel = default);

    /// <summary>What <see cref="DeleteSweepAsync"/> would do. Null: no such sweep.</summary>
    Task<DeleteReport?> PreviewDeletionAsync(string sweepId, CancellationToken cancel = default);

    /// <summary>Deletes a sweep and all that only it refers to. Refused, with nothing changed and recorded, while units that would go are running,
    /// unless <paramref name="cancelRunning"/>: then they lose the fence. Null: no such sweep.</summary>
    Task<DeleteReport?> DeleteSweepAsync(string sweepId, bool cancelRunning, string operationId, CancellationToken cancel = default);

    /// <summary>What a deletion with this operation id did. Null: there was none.</summary>
    Task<DeleteReport?> ReadDeletionAsync(string operationId, CancellationToken cancel = default);

    /// <summary>Sweeps that are over, and of which nothing was executed for at least <paramref name="age"/>; the oldest first.</summary>
    Task<IReadOnlyList<SweepSummary>> ReadFinishedAsync(TimeSpan age, CancellationToken cancel = default);

    /// <summary>Everything that a person can name.</summary>
    Task<FarmNames> ReadNamesAsync(CancellationToken cancel = default);

    /// <summary>Looks that may be taken: every run up to them has its result.</summary>
    Task<IReadOnlyList<DueLook>> ReadDueLooksAsync(CancellationToken cancel = default);

    /// <summary>Takes a look, once: lets the next cohort of seeds go or, when the question is decided, cancels what no other sweep needs.
    /// Repeating it answers the same and does nothing, whatever the verdict. Null: the look is not due (any more).</summary>
    Task<LookReport?> TakeLookAsync(DueLook look, LookVerdict.Tested verdict, CancellationToken cancel = default);

    /// <summary>Claims the first of <paramref name="unitsByRank"/> that may still be claimed, its tenant's quota counted again: a higher fence, a
    /// lease. Null: none.</summary>
    Task<Claim?> ClaimAsync(IReadOnlyList<string> unitsByRank, SlotInfo slot, TimeSpan lease, CancellationToken cancel = default);

    /// <summary>Prolongs the lease from now. <see cref="FenceAnswer.Preempted"/>, <see cref="FenceAnswer.Paused"/>: prolonged, and the attempt should
    /// stop with a checkpoint.</summary>
    Task<FenceAnswer> RenewAsync(AttemptKey attempt, TimeSpan lease, CancellationToken cancel = default);

    /// <summary>Attempts of a process that own their units and that nobody has asked to stop: every other one learns more by renewing.</summary>
    Task<IReadOnlyList<AttemptKey>> ReadUndisturbedAsync(string owner, CancellationToken cancel = default);

    /// <summary>Does a unit wait whose sweep may ask running units to make room? Only then a ranking can name victims.</summary>
    Task<bool> MayPreemptAsync(CancellationToken cancel = default);

    /// <summary>Asks a running attempt to make room for a unit: its supervisor hears it at its next renewal, and the slot is then kept for
    /// that unit for a moment. <see cref="FenceAnswer.FenceLost"/>: the attempt is over. Safe to repeat.</summary>
    Task<FenceAnswer> PreemptAsync(AttemptKey victim, string forUnit, CancellationToken cancel = default);

    /// <summary>Closes a host or a slot to new units, and with <see cref="Cordon.Drain"/> asks what runs there to stop: its supervisor hears it at
    /// its next renewal. Who and why are the last one's; since when stays. Safe to repeat.</summary>
    Task<CordonReport> CordonAsync(Cordon cordon, CancellationToken cancel = default);

    /// <summary>Opens a host or a slot again, also one that is excluded for its failures; what was asked to stop there goes on if it has not
    /// heard it yet. False: it was open.</summary>
    Task<bool> UncordonAsync(string place, CancellationToken cancel = default);

    /// <summary>Units in quarantine, some at a time.</summary>
    /// <param name="known">Attempts that are left out.</param>
    /// <param name="cancel">Gives up the wait for the database.</param>
    Task<IReadOnlyList<QuarantinedUnit>> ReadQuarantineAsync(IReadOnlySet<AttemptKey> known, CancellationToken cancel = default);

    /// <summary>How many runs, units and slots there are, by where they stand.</summary>
    Task<FarmCensus> ReadCensusAsync(CancellationToken cancel = default);

    /// <summary>How many values of an attempt differ from what an earlier attempt of its unit, of equal numerics, had measured at the same step;
    /// wall-clock times are left out. Training that is done again should give the same bits.</summary>
    Task<int> CountRedoneDifferentlyAsync(AttemptKey attempt, CancellationToken cancel = default);

    /// <summary>Every living slot and every closed place.</summary>
    Task<SlotBoard> ReadSlotsAsync(CancellationToken cancel = default);

    /// <summary>Sets a tenant's quota and weight, which <see cref="ReadSnapshotAsync"/> and claims obey from now on. What runs goes on.</summary>
    Task SetTenantAsync(TenantShare share, CancellationToken cancel = default);

    /// <summary>The trainer began at <see cref="TrainerEvent.Started.Trained"/>: rows of older fences from there on become void.</summary>
    Task<FenceAnswer> RecordStartedAsync(AttemptKey attempt, TrainerEvent.Started started, CancellationToken cancel = default);

    /// <summary>Appends metrics, decisions and checkpoints of each attempt in order; a row of an older fence under the same key becomes void.
    /// The answers are in the order of the batch, which holds an attempt at most once; one that has lost its fence keeps none of the others from writing.
    /// Throws <see cref="InvalidDataException"/>, and writes nothing, when one fence says two different things under one key.</summary>
    Task<IReadOnlyList<FenceAnswer>> AppendAsync(IReadOnlyList<AttemptRows> batch, CancellationToken cancel = default);

    /// <summary>The unit is done; what follows from it is enqueued in the same transaction. Safe to repeat.</summary>
    Task<FenceAnswer> CompleteAsync(AttemptKey attempt, TrainerEvent.Done done, IReadOnlyList<string> log, CancellationToken cancel = default);

    /// <summary>The attempt ended without a result: released, retried later, held or failed for good, by reason. A unit that fails wherever it
    /// goes is quarantined, a slot where attempts end by the device excluded for a while.</summary>
    Task<AttemptEnding> EndAttemptAsync(
        AttemptKey attempt, FailureReason reason, string message, IReadOnlyList<string> log, CancellationToken cancel = default);

    /// <summary>Ends every attempt whose lease ran out.</summary>
    Task<IReadOnlyList<ExpiredLease>> ExpireLeasesAsync(CancellationToken cancel = default);

    /// <summary>A process is known to be gone: ends its attempts as if their leases had run out, and takes its slots away, all in one transaction.
    /// Should it live after all, its fences are lost like any other's, and it announces its slots again.</summary>
    /// <param name="owner">The process.</param>
    /// <param name="why">For those who read the attempts.</param>
    /// <param name="cancel">Gives up the wait for the database.</param>
    Task<IReadOnlyList<ExpiredLease>> RevokeAsync(string owner, string why, CancellationToken cancel = default);

    /// <summary>What has moved since a position. Whoever reads on from <see cref="MoveBatch.Reached"/> misses nothing and hears nothing twice.</summary>
    Task<MoveBatch> ReadMovesAsync(MovePosition after, int most, CancellationToken cancel = default);

    /// <summary>The position of now: what is read after this call holds every move until there.</summary>
    Task<MovePosition> ReadMovePositionAsync(CancellationToken cancel = default);

    /// <summary>Forgets all but the newest <paramref name="keep"/> moves; returns how many. Readers that are further behind are told so.</summary>
    Task<int> ForgetMovesAsync(int keep, CancellationToken cancel = default);

    /// <summary>Takes or keeps the coordinator's row. False: another process holds it.</summary>
    Task<bool> TryCoordinateAsync(string owner, TimeSpan lease, CancellationToken cancel = default);

    /// <summary>Says that slots live, for one lease from now; a lease of zero takes them away.</summary>
    Task AnnounceSlotsAsync(IReadOnlyList<SlotInfo> slots, TimeSpan lease, CancellationToken cancel = default);

    /// <summary>What the scheduler decides on. <paramref name="mostOffers"/> bounds the units of each queue (one sweep's units that ask for
    /// equal slots) that may start now, best first, and leaves out those that may not and what estimates need; null: everything.</summary>
    /// <param name="mostOffers">A slot needs to see no more than the slots that may claim before it.</param>
    /// <param name="pool">Device kind whose units are wanted; null: every.</param>
    /// <param name="cancel">Gives up the wait for the database.</param>
    Task<FarmSnapshot> ReadSnapshotAsync(int? mostOffers = null, string? pool = null, CancellationToken cancel = default);

    /// <summary>What a few slots may claim: the heads of the queues. However much runs, this is read in a moment: of the snapshot it lacks what is
    /// used (<see cref="ReadUseAsync"/>) and most of what runs.</summary>
    /// <param name="mostOffers">Units of each queue, best first.</param>
    /// <param name="pool">Device kind whose units are wanted; null: every.</param>
    /// <param name="slotIds">The slots; those that live are in the snapshot, and no others.</param>
    /// <param name="inDoubt">Slots of which is wanted what runs on them.</param>
    /// <param name="cancel">Gives up the wait for the database.</param>
    Task<FarmSnapshot> ReadQueueAsync(
        int mostOffers, string? pool, IReadOnlyList<string> slotIds, IReadOnlyList<string> inDoubt, CancellationToken cancel = default);

    /// <summary>What is used and was, by sweep and pool.</summary>
    Task<FarmUse> ReadUseAsync(CancellationToken cancel = default);

    /// <summary>Checkpoints not collected yet, by unit. Units with nothing to collect may be left out.</summary>
    /// <param name="endsBefore">Finished runs whose checkpoints were all written before may lose their ends too; null: none may.</param>
    /// <param name="cancel">Gives up the wait for the database.</param>
    Task<IReadOnlyList<UnitArtifacts>> ReadArtifactsAsync(DateTimeOffset? endsBefore = null, CancellationToken cancel = default);

    /// <summary>Marks checkpoint rows as collected: their files may go.</summary>
    Task MarkCollectedAsync(IReadOnlyList<ArtifactRow> rows, CancellationToken cancel = default);

    /// <summary>Those of <paramref name="paths"/> (relative) that a row still refers to, or that a living attempt has written and may yet tell of.</summary>
    Task<IReadOnlySet<string>> ReferencedPathsAsync(IReadOnlyList<string> paths, CancellationToken cancel = default);

    /// <summary>Every sweep, newest first.</summary>
    Task<IReadOnlyList<SweepSummary>> ListSweepsAsync(CancellationToken cancel = default);

    /// <summary>Counts of one sweep. Null: no such sweep.</summary>
    Task<SweepCounts?> ReadCountsAsync(string sweepId, CancellationToken cancel = default);

    /// <summary>Ids of sweeps that have runs which are not over.</summary>
    Task<IReadOnlyList<string>> ListOpenSweepsAsync(CancellationToken cancel = default);

    /// <summary>Runs of a sweep and how many of them are over. Null: no such sweep.</summary>
    Task<SweepEnds?> ReadEndsAsync(string sweepId, CancellationToken cancel = default);

    /// <summary>State of each run of a sweep, in plan order. Null: no such sweep.</summary>
    Task<SweepStatus?> ReadSweepAsync(string sweepId, CancellationToken cancel = default);

    /// <summary>The same for the first runs only: those that run, failed, wait, are finished, were cancelled, each in plan order. Null: no such sweep.</summary>
    /// <param name="most">How many runs; the counts are of all.</param>
    Task<SweepStatus?> ReadSweepHeadAsync(string sweepId, int most, CancellationToken cancel = default);

    /// <summary>The same for some runs, in the order given; those that are not the sweep's are passed over. Null: no such sweep.</summary>
    Task<SweepStatus?> ReadSweepRunsAsync(string sweepId, IReadOnlyList<string> runIds, CancellationToken cancel = default);

    /// <summary>Where runs of a sweep stand, in plan order, with the accuracies of their retrained networks. Null: no such sweep.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="runIds">Those wanted; others are passed over. Null: all.</param>
    /// <param name="cancel">Gives up the wait for the database.</param>
    Task<IReadOnlyList<RunStanding>?> ReadStandingsAsync(string sweepId, IReadOnlyList<string>? runIds, CancellationToken cancel = default);

    /// <summary>Sweeps that a run belongs to, the oldest first; none: no such run.</summary>
    Task<IReadOnlyList<string>> ReadSweepsOfRunAsync(string runId, CancellationToken cancel = default);

    /// <summary>The runs of a sweep as a grid of arms and seeds shows them, in plan order. Null: no such sweep.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="runIds">Those wanted; others are passed over. Null: all.</param>
    /// <param name="cancel">Gives up the wait for the database.</param>
    Task<IReadOnlyList<GridRun>?> ReadGridAsync(string sweepId, IReadOnlyList<string>? runIds, CancellationToken cancel = default);

    /// <summary>Everything about one run. Null: no such run.</summary>
    Task<RunDetails?> ReadRunAsync(string runId, CancellationToken cancel = default);

    /// <summary>The sweep for the comparison, effective rows only. Null: no such sweep.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="table">Gives table scores to runs that are scored by a benchmark table.</param>
    /// <param name="withCurves">Trajectories and decisions of each search too; without them ten thousand runs are read in a second.</param>
    /// <param name="cancel">Gives up the wait for the database.</param>
    Task<SweepResult?> ReadResultAsync(string sweepId, TableLookUp? table = null, bool withCurves = true, CancellationToken cancel = default);

    /// <summary>Keeps beside searches and retrain jobs that are finished what a comparison asks of them, <paramref name="most"/> of each at once.
    /// Nothing depends on it but the speed of reading. Returns how many were made; none: nothing is left.</summary>
    Task<int> DigestAsync(int most, CancellationToken cancel = default);

    /// <summary>Canonical text of everything a run decided and measured: effective metrics and decisions, outcomes and the content
    /// hashes of end checkpoints; no timing, fence, path or clock. Two executions of one run agree when these bytes do. Null: no such run.</summary>
    Task<string?> EffectiveHistoryAsync(string runId, CancellationToken cancel = default);

    /// <summary>Values that a run measured, effective rows only: search phases in order, then retrain jobs, each by step. Null: no such run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="name">What was measured; null: everything.</param>
    /// <param name="most">How many rows.</param>
    /// <param name="cancel">Gives up the wait for the database.</param>
    Task<IReadOnlyList<RunMetric>?> ReadMetricsAsync(string runId, string? name, int most, CancellationToken cancel = default);

    /// <summary>Keeps a token and says when. The same again is harmless; <see cref="InvalidDataException"/>: its id has another secret.</summary>
    Task<AccessToken> AddTokenAsync(AccessToken token, CancellationToken cancel = default);

    /// <summary>A token, also one that is revoked or has expired. Null: there is none.</summary>
    Task<AccessToken?> FindTokenAsync(string tokenId, CancellationToken cancel = default);

    /// <summary>Every token, the oldest first.</summary>
    Task<IReadOnlyList<AccessToken>> ListTokensAsync(CancellationToken cancel = default);

    /// <summary>From now on the token opens nothing; since when stays when repeated. Null: there is none.</summary>
    Task<AccessToken?> RevokeTokenAsync(string tokenId, CancellationToken cancel = default);

    /// <summary>Remembers the day on which a token was used; a row changes once a day.</summary>
    Task UseTokenAsync(string tokenId, CancellationToken cancel = default);

    /// <summary>Writes into the log of what was asked. Safe to repeat.</summary>
    Task RecordAsync(AuditEntry entry, CancellationToken cancel = default);

    /// <summary>The log, the newest first.</summary>
    /// <param name="tenants">Only theirs; null: everything.</param>
    /// <param name="before">Only what stands before that number; null: from the newest.</param>
    /// <param name="most">How many.</param>
    /// <param name="cancel">Gives up the wait for the database.</param>
    Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(IReadOnlyCollection<string>? tenants, long? before, int most, CancellationToken cancel = default);
}
