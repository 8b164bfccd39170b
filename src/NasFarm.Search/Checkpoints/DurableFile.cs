using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NasFarm.Search.Checkpoints;

/// <summary>What a durable write left behind.</summary>
/// <param name="Sha256">Lower-case hex of the file's bytes.</param>
/// <param name="Bytes">Length of the file.</param>
public sealed record WrittenFile(string Sha256, long Bytes);

/// <summary>Writes a file so that after any crash its name holds either the old bytes or all of the new ones:
/// temporary file in the same folder, flush to disk, rename, flush of the folder.</summary>
public static partial class DurableFile
{
    /// <summary>Suffix of a file not yet complete; what a crash leaves may be removed.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes <paramref name="path"/> (replacing it), hashing on the way. The folder must exist and have one writer.
    /// Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> (full disk, no permission, another writer …); then
    /// the old file stands and the temporary one is gone.</summary>
    public static WrittenFile Write(string path, Action<Stream> write)
    {
        path = Path.GetFullPath(path);
        var temporary = path + TemporarySuffix;
        using var sha = SHA256.Create();
        var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None); // when this fails, the file is another writer's
        try
        {
            long length;
            using (file)
            {
                using (var hashing = new CryptoStream(file, sha, CryptoStreamMode.Write, leaveOpen: true))
                    write(hashing);
                file.Flush(flushToDisk: true);
                length = file.Length;
            }

            File.Move(temporary, path, overwrite: true);
            FlushDirectory(Path.GetDirectoryName(path)!);
            return new(Convert.ToHexStringLower(sha.Hash!), length);
        }
        finally
        {
            File.Delete(temporary); // there is none after the rename
        }
    }

    /// <summary>Makes renames inside a folder survive a power cut. Windows journals them itself and has no such call.</summary>
    internal static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(directory, flags: 0 /* read only */);
        if (descriptor < 0)
            throw LastError("open", directory);
        try
        {
            if (FSync(descriptor) != 0)
                throw LastError("fsync", directory);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException LastError(string call, string directory)
    {
        var error = Marshal.GetLastPInvokeError();
        return new($"{call} of folder {directory} failed: {new Win32Exception(error).Message} (errno {error}).");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
