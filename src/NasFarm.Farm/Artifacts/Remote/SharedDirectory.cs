using System.Runtime.CompilerServices;

namespace NasFarm.Farm.Artifacts.Remote;

/// <summary>A folder that several hosts mount. Asks of its file system what NFS gives: what one host has written, flushed and closed,
/// another sees when it opens; link(2) takes a name once. A file appears under its key whole or not at all, and is never replaced while it
/// is whole. Unfinished files carry their writer's name.</summary>
/// <param name="root">Absolute path of the mounted folder.</param>
/// <param name="owner">Unique name of this process.</param>
/// <param name="time">Tells how old an unfinished file is.</param>
internal sealed class SharedDirectory(string root, string owner, TimeProvider time) : IRemoteFolder
{
    private const string Unfinished = ".unfinished";
    private static readonly TimeSpan LongestWrite = TimeSpan.FromDays(1);

    public string Where => $"shared folder {root}";

    /// <summary>File servers date files by their own clock.</summary>
    public TimeSpan ClockTolerance => TimeSpan.FromMinutes(15);

    public Task CheckAsync(CancellationToken cancel) => Do("cannot be written", () =>
    {
        // Only a mount makes the folder: a host without it must not write into an empty one of its own.
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException("there is no such folder; mount it or make it");
        var probe = Path.Combine(root, $"{owner}{Unfinished}");
        File.WriteAllText(probe, "");
        File.Delete(probe);
    }, cancel);

    public Task PutAsync(string key, string file, string sha256, long bytes, CancellationToken cancel) => Do($"could not take {key}", async () =>
    {
        var target = Path.Combine(root, key);
        if (await FolderFiles.HashAsync(target, cancel).ConfigureAwait(false) == (sha256, bytes))
            return;

        // 1. All bytes under a name of our own, on the server's disk.
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(target)!).FullName;
        var ours = Path.Combine(folder, $"{Path.GetFileName(target)}.{owner}{Unfinished}");
        try
        {
            await using (var to = new FileStream(ours, FileMode.Create, FileAccess.Write, FileShare.None))
            await using (var from = File.OpenRead(file))
            {
                await from.CopyToAsync(to, cancel).ConfigureAwait(false);
                to.Flush(flushToDisk: true);
            }
            // 2. Their real name. One that is taken holds the same content, or what a broken server left of it.
            if (!FolderFiles.TryLink(ours, target) && await FolderFiles.HashAsync(target, cancel).ConfigureAwait(false) != (sha256, bytes))
                File.Move(ours, target, overwrite: true);
            FolderFiles.FlushFolder(folder);
        }
        finally
        {
            FolderFiles.Delete(ours);
        }
    }, cancel);

    public async Task<bool> GetAsync(string key, string file, CancellationToken cancel)
    {
        var found = false;
        await Do($"could not read {key}", async () =>
        {
            try
            {
                await using var from = File.OpenRead(Path.Combine(root, key));
                await using var to = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None);
                await from.CopyToAsync(to, cancel).ConfigureAwait(false);
                found = true;
            }
            catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException && Directory.Exists(root))
            {
                // No such key. A mount that is gone is another matter.
            }
        }, cancel).ConfigureAwait(false);
        return found;
    }

    public async IAsyncEnumerable<RemoteFile> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        List<StoredArtifact> files = [];
        await Do("could not be listed", () => files = [.. FolderFiles.List(root)], cancel).ConfigureAwait(false);
        var abandoned = time.GetUtcNow() - LongestWrite;
        foreach (var file in files)
        {
            if (!file.Key.EndsWith(Unfinished, StringComparison.Ordinal))
                yield return new(file.Key, file.Bytes, file.WrittenAt);
            else if (file.WrittenAt < abandoned)
                FolderFiles.Delete(Path.Combine(root, file.Key));   // Its writer died.
        }
    }

    public Task DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancel) => Do("could not remove files", () =>
    {
        foreach (var key in keys)
            FolderFiles.Delete(Path.Combine(root, key));
    }, cancel);

    public void Dispose()
    {
        // Holds nothing open.
    }

    private Task Do(string failing, Action work, CancellationToken cancel) => Do(failing, () =>
    {
        work();
        return Task.CompletedTask;
    }, cancel);

    /// <summary>A file server may answer late or never: callers do not wait on their own thread.</summary>
    private async Task Do(string failing, Func<Task> work, CancellationToken cancel)
    {
        try
        {
            await Task.Run(work, cancel).ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw ArtifactsUnavailableException.Of(refused, $"{Where} {failing}");
        }
    }
}
