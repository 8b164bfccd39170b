using NasFarm.Farm.Control;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Hosting;

/// <summary>An engine that works on sweeps: this process and its slots, or a cluster. What it is asked is done in the store, in one transaction,
/// before it answers; the engine makes it take effect soon. Repeating a call whose answer was lost is safe: commands know their operation id, and
/// accepting a sweep again is harmless.</summary>
public interface IFarmHost
{
    /// <summary>Takes a sweep in and lets it begin.</summary>
    Task<AcceptReport> SubmitAsync(SweepPlan plan, CancellationToken cancel = default);

    /// <summary>As <see cref="IFarmStore.PauseAsync"/>; what runs is asked to stop at once.</summary>
    Task<PauseReport?> PauseAsync(Target target, string by, string operationId, CancellationToken cancel = default);

    /// <summary>As <see cref="IFarmStore.ResumeAsync"/>.</summary>
    Task<ResumeReport?> ResumeAsync(Target target, string operationId, CancellationToken cancel = default);

    /// <summary>As <see cref="IFarmStore.CancelAsync"/>; what runs is ended at once.</summary>
    Task<CancelReport?> CancelAsync(Target target, string operationId, CancellationToken cancel = default);

    /// <summary>As <see cref="IFarmStore.RetryFailedAsync"/>.</summary>
    Task<RetryReport?> RetryFailedAsync(Target target, string operationId, CancellationToken cancel = default);

    /// <summary>As <see cref="IFarmStore.SetPriorityAsync"/>.</summary>
    Task<PriorityReport?> SetPriorityAsync(string sweepId, int priority, string operationId, CancellationToken cancel = default);

    /// <summary>Where a sweep stands. Null: no such sweep.</summary>
    Task<SweepAggregate?> ReadAggregateAsync(string sweepId, CancellationToken cancel = default);

    /// <summary>Where a sweep stands now, then every move of its units until cancelled. The first news comes at once and holds what has moved since
    /// <paramref name="after"/> until now, perhaps nothing. Whoever is cut off and asks again with the last <see cref="SweepNews.Reached"/> misses
    /// nothing and hears nothing twice. Empty: no such sweep.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="after">Where an earlier watch has come; null: from now on.</param>
    /// <param name="cancel">Ends the watch.</param>
    IAsyncEnumerable<SweepNews> WatchAsync(string sweepId, MovePosition? after = null, CancellationToken cancel = default);
}

/// <summary>What a watcher hears.</summary>
/// <param name="Moves">Of the sweep's units, since the last news.</param>
/// <param name="Aggregate">Where the sweep stands after them.</param>
/// <param name="Reached">Where to watch on.</param>
/// <param name="Missed">Moves between the position asked for and these are forgotten; the aggregate holds what they have led to.</param>
public sealed record SweepNews(IReadOnlyList<UnitMove> Moves, SweepAggregate Aggregate, MovePosition Reached, bool Missed);
