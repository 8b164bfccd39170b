namespace NasFarm.Farm.Store.Sqlite;

/// <summary>Tells whether a path lies on a network file system, where SQLite's locks and fsync cannot be trusted.</summary>
public static class NetworkFileSystem
{
    private static readonly HashSet<string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.ceph-fuse", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs",
        "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs",
    };

    /// <summary>Type of the network file system that holds <paramref name="path"/>; null: a local one.</summary>
    /// <param name="path">Absolute path with links resolved.</param>
    /// <param name="mounts">Text of <c>/proc/mounts</c>: device, mount point (octal escapes), type, options …</param>
    public static string? Find(string path, string mounts)
    {
        var holder = mounts.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .Where(fields => fields.Length >= 3)
            .Select(fields => (Point: Unescape(fields[1]), Type: fields[2]))
            .Where(mount => Holds(mount.Point, path))
            .Aggregate((Point: "", Type: ""), (best, mount) => mount.Point.Length >= best.Point.Length ? mount : best);
        return Types.Contains(holder.Type) ? holder.Type : null;
    }

    /// <summary>The same for this machine.</summary>
    public static string? Find(string path)
    {
        var full = Path.GetFullPath(path);
        if (File.Exists("/proc/mounts"))
            return Find(full, File.ReadAllText("/proc/mounts"));
        var drive = new DriveInfo(Path.GetPathRoot(full)!);
        return drive.DriveType == DriveType.Network ? drive.DriveFormat : null;
    }

    private static bool Holds(string point, string path) =>
        point == "/" || path == point || path.StartsWith(point + "/", StringComparison.Ordinal);

    private static string Unescape(string field) =>
        field.Replace("\\040", " ").Replace("\\011", "\t").Replace("\\012", "\n").Replace("\\134", "\\");
}
