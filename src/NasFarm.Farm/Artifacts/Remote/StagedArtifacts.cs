using System.Globalization;
using System.Runtime.CompilerServices;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Artifacts.Remote;

/// <summary>Artifacts in remote storage. A trainer writes into a folder of its attempt on this host; each finished file is copied to the
/// storage before a row names it. What an attempt resumes from comes out of the cache or the storage, checked by SHA-256.</summary>
internal sealed class StagedArtifacts(IRemoteFolder remote, StagingFolder staging, ArtifactCache cache) : IArtifactStore
{
    public string Where => remote.Where;

    public string LocalRoot => staging.Path;

    public TimeSpan ClockTolerance => remote.ClockTolerance;

    public CacheUse? Cache => cache.Use;

    public Task CheckAsync(CancellationToken cancel = default) => remote.CheckAsync(cancel);

    public string Prepare(AttemptKey attempt) => Directory.CreateDirectory(Path.Combine(RootOf(attempt), ArtifactPath.FolderOf(attempt))).FullName;

    public CheckpointRef Stored(AttemptKey attempt, CheckpointRef file) => ArtifactPath.Below(RootOf(attempt), file);

    public async ValueTask PublishAsync(AttemptKey attempt, CheckpointRef stored, CancellationToken cancel = default)
    {
        ArtifactPath.MustBeOf(attempt, stored.Path);
        var key = ArtifactKey.Of(stored);
        var local = Path.Combine(RootOf(attempt), stored.Path);
        if (await FolderFiles.HashAsync(local, cancel).ConfigureAwait(false) is var found && found != (stored.Sha256, stored.Bytes))
            throw new InvalidDataException($"checkpoint {stored.Path} {Content(found)}; the trainer said {Content((stored.Sha256, stored.Bytes))}");
        await remote.PutAsync(key, local, stored.Sha256, stored.Bytes, cancel).ConfigureAwait(false);
        OnThisHost($"could not keep {stored.Path}", () => cache.Keep(stored.Sha256, local));
    }

    public async ValueTask<FetchedArtifact> FetchAsync(AttemptKey attempt, CheckpointRef stored, CancellationToken cancel = default)
    {
        var key = ArtifactKey.Of(stored);
        var target = Path.Combine(RootOf(attempt), stored.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var file = stored with { Path = target };
        if (await cache.TryTakeAsync(stored.Sha256, stored.Bytes, target, cancel).ConfigureAwait(false))
            return new(file, Problem: null);

        var download = cache.Download(stored.Sha256);
        try
        {
            if (!await remote.GetAsync(key, download, cancel).ConfigureAwait(false))
                return new(file, $"{stored.Path} is not in {Where}");
            if (await FolderFiles.HashAsync(download, cancel).ConfigureAwait(false) is var found && found != (stored.Sha256, stored.Bytes))
                return new(file, $"{stored.Path} in {Where} {Content(found)}; recorded was {Content((stored.Sha256, stored.Bytes))}");
            OnThisHost($"could not keep {stored.Path}", () =>
            {
                FolderFiles.LinkOrCopy(download, target);
                cache.Keep(stored.Sha256, download);
            });
            return new(file, Problem: null);
        }
        finally
        {
            FolderFiles.Delete(download);
        }
    }

    public void Forget(AttemptKey attempt, CheckpointRef stored) => FolderFiles.Delete(Path.Combine(RootOf(attempt), stored.Path));

    public void Release(AttemptKey attempt)
    {
        if (Directory.Exists(RootOf(attempt)))
            Directory.Delete(RootOf(attempt), recursive: true);
    }

    public async IAsyncEnumerable<StoredArtifact> ListAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (var file in remote.ListAsync(cancel).ConfigureAwait(false))
            if (ArtifactKey.PathOf(file.Key) is { } path)
                yield return new(path, file.Key, file.Bytes, file.WrittenAt);
    }

    public Task DeleteAsync(IReadOnlyList<StoredArtifact> files, CancellationToken cancel = default) =>
        files.Count == 0 ? Task.CompletedTask : remote.DeleteAsync([.. files.Select(f => f.Key)], cancel);

    public ValueTask DisposeAsync()
    {
        staging.Dispose();
        remote.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Holds the attempt's own files and those it resumes from, each under its path in rows.</summary>
    private string RootOf(AttemptKey attempt) =>
        Path.Combine(staging.Path, string.Create(CultureInfo.InvariantCulture, $"{attempt.UnitId}.{attempt.Fence}"));

    private static string Content((string Sha256, long Bytes)? found) => found is { } there
        ? string.Create(CultureInfo.InvariantCulture, $"has {there.Bytes} bytes with SHA-256 {there.Sha256}") : "is not there";

    private void OnThisHost(string failing, Action work)
    {
        try
        {
            work();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw ArtifactsUnavailableException.Of(refused, $"cache {cache.Folder} {failing}");
        }
    }
}
