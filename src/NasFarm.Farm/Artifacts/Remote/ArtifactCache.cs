namespace NasFarm.Farm.Artifacts.Remote;

/// <summary>Copies of remote files on this host, by content, shared by its processes. Bounded: the least recently used go first. What an
/// attempt took keeps its bytes through a name of its own, whatever is removed here.</summary>
/// <param name="folder">Absolute path; on the same file system as the attempts' folders, so that both are names of one file.</param>
/// <param name="limitBytes">Sum of the files' lengths that may stay.</param>
/// <param name="owner">Unique name of this process.</param>
/// <param name="time">Dates uses.</param>
internal sealed class ArtifactCache(string folder, long limitBytes, string owner, TimeProvider time)
{
    private const string Unfinished = ".unfinished";
    private static readonly TimeSpan LongestDownload = TimeSpan.FromDays(1);
    private readonly string folder = Directory.CreateDirectory(folder).FullName;

    /// <summary>Absolute path.</summary>
    public string Folder => folder;

    /// <summary>What is here now.</summary>
    public CacheUse Use
    {
        get
        {
            var files = Files().ToList();
            return new(folder, files.Count, files.Sum(f => f.Length), limitBytes);
        }
    }

    /// <summary>Where a download of this process may be written.</summary>
    public string Download(string sha256) => Path.Combine(folder, $"{sha256}.{owner}{Unfinished}");

    /// <summary>Gives the file of this content the name <paramref name="target"/>. False: it is not here. A damaged copy is removed.</summary>
    public async Task<bool> TryTakeAsync(string sha256, long bytes, string target, CancellationToken cancel)
    {
        var file = Path.Combine(folder, sha256);
        switch (await FolderFiles.HashAsync(file, cancel).ConfigureAwait(false))
        {
            case null:
                return false;
            case var found when found != (sha256, bytes):
                FolderFiles.Delete(file);
                return false;
        }
        try
        {
            File.SetLastWriteTimeUtc(file, time.GetUtcNow().UtcDateTime);
            FolderFiles.LinkOrCopy(file, target);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;   // Another process made room in this moment.
        }
    }

    /// <summary>Keeps a file of this content under its own name here, and makes room.</summary>
    public void Keep(string sha256, string file)
    {
        var name = Path.Combine(folder, sha256);
        if (!File.Exists(name))
            FolderFiles.LinkOrCopy(file, name);
        File.SetLastWriteTimeUtc(name, time.GetUtcNow().UtcDateTime);
        MakeRoom();
    }

    private void MakeRoom()
    {
        var left = limitBytes;
        foreach (var file in Files().OrderByDescending(f => f.LastWriteTimeUtc).ThenBy(f => f.Name, StringComparer.Ordinal))
        {
            left -= file.Length;
            if (left < 0)
                FolderFiles.Delete(file.FullName);
        }
        var abandoned = (time.GetUtcNow() - LongestDownload).UtcDateTime;
        foreach (var download in new DirectoryInfo(folder).EnumerateFiles($"*{Unfinished}").Where(f => f.LastWriteTimeUtc < abandoned))
            FolderFiles.Delete(download.FullName);
    }

    private IEnumerable<FileInfo> Files() =>
        new DirectoryInfo(folder).GetFiles().Where(f => f.Exists && !f.Name.EndsWith(Unfinished, StringComparison.Ordinal));
}
