using System.Runtime.CompilerServices;
using NasFarm.Farm.Control;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Hosting;

/// <summary>The farm of processes that share a store and nothing else: commands are rows that every process reads at its next poll, moves are rows
/// that watchers poll for.</summary>
/// <param name="store">The farm's memory.</param>
/// <param name="time">Timers.</param>
/// <param name="look">How often a watcher looks for moves.</param>
public sealed class EmbeddedHost(IFarmStore store, TimeProvider time, TimeSpan look) : IFarmHost
{
    /// <inheritdoc/>
    public Task<AcceptReport> SubmitAsync(SweepPlan plan, CancellationToken cancel = default) => store.AcceptAsync(plan, cancel);

    /// <inheritdoc/>
    public Task<PauseReport?> PauseAsync(Target target, string by, string operationId, CancellationToken cancel = default) =>
        store.PauseAsync(target, by, operationId, cancel);

    /// <inheritdoc/>
    public Task<ResumeReport?> ResumeAsync(Target target, string operationId, CancellationToken cancel = default) => store.ResumeAsync(target, operationId, cancel);

    /// <inheritdoc/>
    public Task<CancelReport?> CancelAsync(Target target, string operationId, CancellationToken cancel = default) => store.CancelAsync(target, operationId, cancel);

    /// <inheritdoc/>
    public Task<RetryReport?> RetryFailedAsync(Target target, string operationId, CancellationToken cancel = default) =>
        store.RetryFailedAsync(target, operationId, cancel);

    /// <inheritdoc/>
    public Task<PriorityReport?> SetPriorityAsync(string sweepId, int priority, string operationId, CancellationToken cancel = default) =>
        store.SetPriorityAsync(sweepId, priority, operationId, cancel);

    /// <inheritdoc/>
    public async Task<SweepAggregate?> ReadAggregateAsync(string sweepId, CancellationToken cancel = default) =>
        (await SweepFollower.StartAsync(store, time, sweepId, cancel))?.Aggregate;

    /// <inheritdoc/>
    public async IAsyncEnumerable<SweepNews> WatchAsync(string sweepId, MovePosition? after = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        if (await SweepFollower.StartAsync(store, time, sweepId, cancel) is not { } follower)
            yield break;
        if (after is { } position)
            follower.GoBack(position);
        else
            yield return new([], follower.Aggregate, follower.Reached, Missed: false);
        var isAwaited = after is not null;
        while (await follower.ReadOnAsync(cancel) is { } news)
        {
            if (isAwaited || news.Moves.Count > 0 || news.Missed)
                yield return new(news.Moves, follower.Aggregate, follower.Reached, news.Missed);
            isAwaited = false;
            await Task.Delay(look, time, cancel);
        }
    }
}
