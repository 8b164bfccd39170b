namespace NasFarm.Farm.Artifacts.Remote;

/// <summary>Local folder of one process, locked while it lives. Whoever comes next removes what dead processes left: what matters of it
/// has been published.</summary>
internal sealed class StagingFolder : IDisposable
{
    private const string LockSuffix = ".lock";
    private readonly FileStream held;

    /// <param name="parent">Folder of all processes of this host.</param>
    /// <param name="owner">Unique name of this process.</param>
    public StagingFolder(string parent, string owner)
    {
        Directory.CreateDirectory(parent);
        Path = System.IO.Path.Combine(System.IO.Path.GetFullPath(parent), owner);
        held = new FileStream(Path + LockSuffix, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        Directory.CreateDirectory(Path);
        foreach (var other in Directory.EnumerateFiles(parent, "*" + LockSuffix).Where(f => System.IO.Path.GetFullPath(f) != held.Name))
            RemoveIfAbandoned(other);
    }

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    public void Dispose()
    {
        Remove(Path);
        held.Dispose();
        File.Delete(Path + LockSuffix);
    }

    private static void RemoveIfAbandoned(string lockFile)
    {
        try
        {
            using (new FileStream(lockFile, FileMode.Open, FileAccess.Write, FileShare.None))
                Remove(lockFile[..^LockSuffix.Length]);
            File.Delete(lockFile);
        }
        catch (IOException)
        {
            // Its process lives, or somebody else is removing it.
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
