using System.Runtime.CompilerServices;
using NasFarm.Farm.Control;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Tests.Events;

/// <summary>An engine whose sweeps move when told. Who asks counts: <see cref="Reads"/>.</summary>
internal sealed class ScriptedHost : IFarmHost
{
    private readonly Lock gate = new();
    private readonly List<UnitMove> moves = [];
    private TaskCompletionSource changed = New();
    private Exception? broken;
    private bool isGone;
    private int reads, watching;

    /// <summary>Watches that were begun.</summary>
    public int Reads => Volatile.Read(ref reads);

    /// <summary>Watches that go on.</summary>
    public int Watching => Volatile.Read(ref watching);

    /// <summary>Moves until now.</summary>
    public IReadOnlyList<UnitMove> Moves
    {
        get
        {
            lock (gate)
                return [.. moves];
        }
    }

    public MovePosition Now => new(0, Moves.Count);

    /// <summary>Everything that was moved until now is told together.</summary>
    public void Move(int count = 1) => Change(() => moves.AddRange(Enumerable.Range(moves.Count + 1, count).Select(n => new UnitMove($"u{n}", "r", "running", n, new(0, n)))));

    public void Break() => Change(() => broken = new StoreUnavailableException("the test broke it"));

    public void Mend() => Change(() => broken = null);

    public void Delete() => Change(() => isGone = true);

    public async IAsyncEnumerable<SweepNews> WatchAsync(string sweepId, MovePosition? after = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        Interlocked.Increment(ref reads);
        Interlocked.Increment(ref watching);
        try
        {
            var (told, isFirst) = (after?.Seq, true);
            while (true)
            {
                SweepNews? news = null;
                Task change;
                lock (gate)
                {
                    if (broken is not null)
                        throw broken;
                    if (isGone)
                        yield break;
                    change = changed.Task;
                    var now = new MovePosition(0, moves.Count);
                    var rest = moves.Skip((int)(told ?? moves.Count)).ToList();
                    if (isFirst || rest.Count > 0 || told > moves.Count)
                        news = new(rest, new(sweepId, []), now, Missed: told > moves.Count);
                    (told, isFirst) = (moves.Count, false);
                }
                if (news is not null)
                    yield return news;
                await change.WaitAsync(cancel);
            }
        }
        finally
        {
            Interlocked.Decrement(ref watching);
            Change(() => { });
        }
    }

    /// <summary>Completes when so many watches go on.</summary>
    public async Task UntilWatching(int count)
    {
        while (true)
        {
            Task change;
            lock (gate)
                change = changed.Task;
            if (Watching == count)
                return;
            await change.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    public Task<AcceptReport> SubmitAsync(SweepPlan plan, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<PauseReport?> PauseAsync(Target target, string by, string operationId, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<ResumeReport?> ResumeAsync(Target target, string operationId, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<CancelReport?> CancelAsync(Target target, string operationId, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<RetryReport?> RetryFailedAsync(Target target, string operationId, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<PriorityReport?> SetPriorityAsync(string sweepId, int priority, string operationId, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<SweepAggregate?> ReadAggregateAsync(string sweepId, CancellationToken cancel = default) => throw new NotSupportedException();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(Action what)
    {
        TaskCompletionSource waking;
        lock (gate)
        {
            what();
            (waking, changed) = (changed, New());
        }
        waking.SetResult();
    }
}
