using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NasFarm.Farm.Artifacts;

/// <summary>What the artifact stores need of a file system and .NET does not have, or has differently.</summary>
internal static partial class FolderFiles
{
    /// <summary>Every file below a folder, by path relative to it with '/'. Files that vanish meanwhile are left out.</summary>
    public static IEnumerable<StoredArtifact> List(string root)
    {
        foreach (var path in Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            var file = new FileInfo(path);
            if (file.Exists)
            {
                var relative = Path.GetRelativePath(root, path).Replace('\\', '/');
                yield return new(relative, relative, file.Length, file.LastWriteTimeUtc);
            }
        }
    }

    /// <summary>Deletes a file; gone already is no error.</summary>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone with its folder.
        }
    }

    /// <summary>SHA-256 (lower-case hex) and length of a file; null: there is none.</summary>
    public static async Task<(string Sha256, long Bytes)?> HashAsync(string path, CancellationToken cancel)
    {
        try
        {
            await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, useAsync: true);
            return (Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel).ConfigureAwait(false)), stream.Length);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Gives a file a second name; false: that name is taken. Unlike a rename it never replaces, on any file system, over NFS too
    /// (link(2)). Throws <see cref="IOException"/> when the file system has no links.</summary>
    public static bool TryLink(string existing, string name)
    {
        if (Link(existing, name) == 0)
            return true;
        const int exists = 17;
        var error = Marshal.GetLastPInvokeError();
        return error == exists ? false : throw new IOException($"{name} could not be linked to {existing}: {new Win32Exception(error).Message}", error);
    }

    /// <summary>A second name for a file, or a copy where links cannot be; replaces what had the name.</summary>
    public static void LinkOrCopy(string existing, string name)
    {
        Delete(name);
        try
        {
            if (TryLink(existing, name))
                return;
        }
        catch (IOException) when (File.Exists(existing))
        {
            // Another device, or a file system without links: the copy below says what is wrong if that is not it.
        }
        File.Copy(existing, name, overwrite: true);
    }

    /// <summary>Makes new names in a folder survive a power cut.</summary>
    public static void FlushFolder(string folder)
    {
        var descriptor = Open(folder, flags: 0 /* read only */);
        if (descriptor < 0)
            throw LastError("open", folder);
        try
        {
            if (FSync(descriptor) != 0)
                throw LastError("fsync", folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException LastError(string call, string folder)
    {
        var error = Marshal.GetLastPInvokeError();
        return new($"{call} of folder {folder} failed: {new Win32Exception(error).Message}", error);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
