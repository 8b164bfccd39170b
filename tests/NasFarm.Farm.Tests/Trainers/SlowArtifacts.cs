using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Tests.Trainers;

/// <summary>A local folder that behaves like a storage far away: transfers take until told, fail as told, and files go missing.</summary>
internal sealed class SlowArtifacts(string folder) : IArtifactStore
{
    private readonly LocalDirectory inner = new(folder);
    private TaskCompletionSource open = NewGate();

    /// <summary>Transfers that fail before one succeeds.</summary>
    public int Failures { get; set; }

    /// <summary>Every fetched file is missing.</summary>
    public bool Lost { get; set; }

    /// <summary>What publishing finds wrong with the next file.</summary>
    public string? Wrong { get; set; }

    public List<string> Published { get; } = [];

    public List<string> Forgotten { get; } = [];

    public List<AttemptKey> Released { get; } = [];

    public string Where => "far away";

    public string LocalRoot => inner.LocalRoot;

    public CacheUse? Cache => null;

    public TimeSpan ClockTolerance => TimeSpan.Zero;

    /// <summary>Lets what waits go on, and everything after it.</summary>
    public void Open() => open.TrySetResult();

    /// <summary>From now on transfers wait.</summary>
    public void Close() => open = NewGate();

    public Task CheckAsync(CancellationToken cancel = default) => Task.CompletedTask;

    public string Prepare(AttemptKey attempt) => inner.Prepare(attempt);

    public CheckpointRef Stored(AttemptKey attempt, CheckpointRef file) => inner.Stored(attempt, file);

    public async ValueTask PublishAsync(AttemptKey attempt, CheckpointRef stored, CancellationToken cancel = default)
    {
        await TransferAsync(cancel);
        if (Wrong is { } wrong)
            throw new InvalidDataException(wrong);
        Published.Add(stored.Path);
    }

    public async ValueTask<FetchedArtifact> FetchAsync(AttemptKey attempt, CheckpointRef stored, CancellationToken cancel = default)
    {
        await TransferAsync(cancel);
        var fetched = await inner.FetchAsync(attempt, stored, cancel);
        return Lost ? fetched with { Problem = $"{stored.Path} is not far away" } : fetched;
    }

    public void Forget(AttemptKey attempt, CheckpointRef stored) => Forgotten.Add(stored.Path);

    public void Release(AttemptKey attempt) => Released.Add(attempt);

    public IAsyncEnumerable<StoredArtifact> ListAsync(CancellationToken cancel = default) => inner.ListAsync(cancel);

    public Task DeleteAsync(IReadOnlyList<StoredArtifact> files, CancellationToken cancel = default) => inner.DeleteAsync(files, cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task TransferAsync(CancellationToken cancel)
    {
        await open.Task.WaitAsync(cancel);
        if (Failures > 0)
        {
            Failures--;
            throw new ArtifactsUnavailableException(FailureReason.ArtifactsUnavailable, "far away is out of reach");
        }
    }

    private static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
