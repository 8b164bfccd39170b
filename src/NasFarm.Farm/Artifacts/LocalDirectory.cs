using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Artifacts;

/// <summary>A folder of this host. Trainers write durably in place, so publishing and fetching have nothing to do; the trainer checks
/// what it resumes from. Rows carry paths relative to the folder, so it may move.</summary>
public sealed class LocalDirectory : IArtifactStore
{
    /// <summary>Takes an existing folder or makes it.</summary>
    public LocalDirectory(string root) => LocalRoot = Directory.CreateDirectory(root).FullName;

    /// <inheritdoc/>
    public string Where => $"folder {LocalRoot}";

    /// <inheritdoc/>
    public string LocalRoot { get; }

    /// <inheritdoc/>
    public CacheUse? Cache => null;

    /// <inheritdoc/>
    public TimeSpan ClockTolerance => TimeSpan.Zero;

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancel = default) => Task.CompletedTask;

    /// <inheritdoc/>
    public string Prepare(AttemptKey attempt) => Directory.CreateDirectory(Full(ArtifactPath.FolderOf(attempt))).FullName;

    /// <inheritdoc/>
    public CheckpointRef Stored(AttemptKey attempt, CheckpointRef file) => ArtifactPath.Below(LocalRoot, file);

    /// <inheritdoc/>
    public ValueTask PublishAsync(AttemptKey attempt, CheckpointRef stored, CancellationToken cancel = default)
    {
        ArtifactPath.MustBeOf(attempt, stored.Path);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<FetchedArtifact> FetchAsync(AttemptKey attempt, CheckpointRef stored, CancellationToken cancel = default) =>
        new(new FetchedArtifact(stored with { Path = Full(ArtifactPath.Checked(stored.Path)) }, Problem: null));

    /// <inheritdoc/>
    public void Forget(AttemptKey attempt, CheckpointRef stored)
    {
        // This copy is the only one.
    }

    /// <inheritdoc/>
    public void Release(AttemptKey attempt)
    {
        // What the attempt wrote stays.
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredArtifact> ListAsync(CancellationToken cancel = default) =>
        FolderFiles.List(LocalRoot).Where(f => ArtifactPath.IsOne(f.Key)).ToAsyncEnumerable();

    /// <inheritdoc/>
    public Task DeleteAsync(IReadOnlyList<StoredArtifact> files, CancellationToken cancel = default)
    {
        foreach (var file in files)
            FolderFiles.Delete(Full(file.Key));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string Full(string path) => Path.GetFullPath(Path.Combine(LocalRoot, path));
}
