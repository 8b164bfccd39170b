using System.Runtime.CompilerServices;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Farm.Control;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;
using NasFarm.Orleans.Grains;
using Orleans;
using Orleans.Runtime;

namespace NasFarm.Orleans.Hosting;

/// <summary>The farm of a cluster, seen from a client or a silo. Where no silo answers it asks the store itself, with the same operation id, and
/// says so: nothing is lost, and takes effect at the next poll of whoever works.</summary>
/// <param name="grains">A client of the cluster, or a silo's own factory; may throw <see cref="SiloUnavailableException"/> while there is none.</param>
/// <param name="store">The farm's memory.</param>
/// <param name="time">Timers.</param>
/// <param name="tell">Hears when the cluster does not answer. Null: nobody does.</param>
public sealed class ClusterHost(Func<IGrainFactory> grains, IFarmStore store, TimeProvider time, Action<string>? tell = null) : IFarmHost
{
    private readonly EmbeddedHost alone = new(store, time, TimeSpan.FromSeconds(1));

    /// <summary>The same with a client that is connected, or a silo's own factory.</summary>
    public ClusterHost(IGrainFactory grains, IFarmStore store, TimeProvider time, Action<string>? tell = null) : this(() => grains, store, time, tell)
    {
    }

    /// <inheritdoc/>
    public async Task<AcceptReport> SubmitAsync(SweepPlan plan, CancellationToken cancel = default)
    {
        // A plan may be many megabytes: it goes to the store, and the coordinator hears of it.
        var report = await store.AcceptAsync(plan, cancel);
        await TryAsync(() => Sweep(plan.SweepId).StartAsync());
        return report;
    }

    /// <inheritdoc/>
    public Task<PauseReport?> PauseAsync(Target target, string by, string operationId, CancellationToken cancel = default) =>
        CommandAsync(target, new(SweepVerb.Pause, operationId, By: by), () => alone.PauseAsync(target, by, operationId, cancel));

    /// <inheritdoc/>
    public Task<ResumeReport?> ResumeAsync(Target target, string operationId, CancellationToken cancel = default) =>
        CommandAsync(target, new(SweepVerb.Resume, operationId), () => alone.ResumeAsync(target, operationId, cancel));

    /// <inheritdoc/>
    public Task<CancelReport?> CancelAsync(Target target, string operationId, CancellationToken cancel = default) =>
        CommandAsync(target, new(SweepVerb.Cancel, operationId), () => alone.CancelAsync(target, operationId, cancel));

    /// <inheritdoc/>
    public Task<RetryReport?> RetryFailedAsync(Target target, string operationId, CancellationToken cancel = default) =>
        CommandAsync(target, new(SweepVerb.Retry, operationId), () => alone.RetryFailedAsync(target, operationId, cancel));

    /// <inheritdoc/>
    public Task<PriorityReport?> SetPriorityAsync(string sweepId, int priority, string operationId, CancellationToken cancel = default) => CommandAsync(
        new Target.Sweep(sweepId), new(SweepVerb.SetPriority, operationId, Priority: priority), () => alone.SetPriorityAsync(sweepId, priority, operationId, cancel));

    /// <inheritdoc/>
    public async Task<SweepAggregate?> ReadAggregateAsync(string sweepId, CancellationToken cancel = default) =>
        await TryAsync(() => Sweep(sweepId).ReadAggregateAsync()) is { Answered: true } answer
            ? Read<SweepAggregate>(answer.Value) : await alone.ReadAggregateAsync(sweepId, cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SweepNews> WatchAsync(string sweepId, MovePosition? after = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var reached = after;
        while (true)
        {
            bool answered;
            await using (var news = Watched(sweepId, reached, cancel))
            {
                while (true)
                {
                    (answered, var next) = await TryAsync(async () => await news.MoveNextAsync() ? Read<SweepNews>(news.Current) : null);
                    if (next is null)
                        break;
                    reached = next.Reached;
                    yield return next;
                }
            }
            // The sweep is gone, or was never there.
            if (answered)
                yield break;
            // Cut off: for a moment the store itself is watched, then the cluster is asked again.
            if (await SweepFollower.StartAsync(store, time, sweepId, cancel) is not { } own)
                yield break;
            var isAwaited = reached is not null && reached == after;
            if (reached is { } from)
                own.GoBack(from);
            else
                yield return new([], own.Aggregate, own.Reached, Missed: false);
            if (await own.ReadOnAsync(cancel) is not { } missed)
                yield break;
            reached = own.Reached;
            if (isAwaited || missed.Moves.Count > 0 || missed.Missed)
                yield return new(missed.Moves, own.Aggregate, own.Reached, missed.Missed);
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancel);
        }
    }

    private async IAsyncEnumerator<string> Watched(string sweepId, MovePosition? after, CancellationToken cancel)
    {
        await foreach (var news in Sweep(sweepId).WatchAsync(after is { } at ? new(at.Writer, at.Seq) : null, cancel))
            yield return news;
    }

    private ISweepGrain Sweep(string sweepId) => grains().GetGrain<ISweepGrain>(sweepId);

    private async Task<T?> CommandAsync<T>(Target target, SweepCommand command, Func<Task<T?>> alone) where T : class
    {
        var (sweepId, asked) = target switch
        {
            Target.Sweep sweep => (sweep.SweepId, command),
            Target.Cohort cohort => (cohort.SweepId, command with { Seed = cohort.Seed }),
            Target.SweepRun run => (run.SweepId, command with { RunId = run.RunId }),
            // A run or unit in all its sweeps has no one coordinator.
            _ => (null, command),
        };
        return sweepId is not null && await TryAsync(() => Sweep(sweepId).CommandAsync(asked)) is { Answered: true } answer ? Read<T>(answer.Value) : await alone();
    }

    private async Task<(bool Answered, T? Value)> TryAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return (true, await call());
        }
        catch (Exception e) when (GrainCalls.IsUnanswered(e))
        {
            Say(e);
            return default;
        }
    }

    private void Say(Exception e) => tell?.Invoke($"The cluster does not answer ({e.Message}); the store is asked instead.");

    private static T? Read<T>(string? json) where T : class => json is null ? null : JsonSerializer.Deserialize<T>(json, CatalogJson.Compact);
}
