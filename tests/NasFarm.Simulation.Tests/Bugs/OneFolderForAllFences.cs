using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Store;

namespace NasFarm.Simulation.Tests.Bugs;

/// <summary>Files of every attempt of a unit lie in one folder: whoever writes last is right.</summary>
internal sealed class OneFolderForAllFences(IArtifactStore inner) : IArtifactStore
{
    public string Where => inner.Where;

    public string LocalRoot => inner.LocalRoot;

    public CacheUse? Cache => inner.Cache;

    public TimeSpan ClockTolerance => inner.ClockTolerance;

    public Task CheckAsync(CancellationToken cancel = default) => inner.CheckAsync(cancel);

    public string Prepare(AttemptKey attempt) => inner.Prepare(attempt with { Fence = 1 });

    public CheckpointRef Stored(AttemptKey attempt, CheckpointRef file) => inner.Stored(attempt with { Fence = 1 }, file);

    public ValueTask PublishAsync(AttemptKey attempt, CheckpointRef stored, CancellationToken cancel = default) =>
        inner.PublishAsync(attempt with { Fence = 1 }, stored, cancel);

    public ValueTask<FetchedArtifact> FetchAsync(AttemptKey attempt, CheckpointRef stored, CancellationToken cancel = default) =>
        inner.FetchAsync(attempt, stored, cancel);

    public void Forget(AttemptKey attempt, CheckpointRef stored) => inner.Forget(attempt, stored);

    public void Release(AttemptKey attempt) => inner.Release(attempt);

    public IAsyncEnumerable<StoredArtifact> ListAsync(CancellationToken cancel = default) => inner.ListAsync(cancel);

    public Task DeleteAsync(IReadOnlyList<StoredArtifact> files, CancellationToken cancel = default) => inner.DeleteAsync(files, cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
