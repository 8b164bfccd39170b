using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using NasFarm.Search.Checkpoints;

namespace NasFarm.Cli.Packages;

/// <summary>Where a package is written: a folder, or a <c>.tar.gz</c> file. It is there whole or not at all.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Replace">What is there already may be replaced.</param>
internal sealed record PackageTarget(string Path, bool Replace)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>One file instead of a folder.</summary>
    public bool IsArchive => Path.EndsWith(".tar.gz", StringComparison.Ordinal) || Path.EndsWith(".tgz", StringComparison.Ordinal);

    /// <summary>Throws <see cref="InputException"/> when something is there that may not go.</summary>
    public void MustBeFree()
    {
        if (Directory.Exists(Path) && (IsArchive || (Directory.EnumerateFileSystemEntries(Path).Any() && !File.Exists(In(Path, PackageNames.Sums)))))
            throw new InputException($"{Path} is a folder and no package; it is left alone. Name another place.");
        if (File.Exists(Path) && !IsArchive)
            throw new InputException($"{Path} is a file; name a folder, or a file that ends in .tar.gz.");
        if ((File.Exists(Path) || Directory.Exists(Path)) && !Replace)
            throw new InputException($"{Path} exists already; --force replaces it.");
    }

    /// <summary>Writes the files and their sums, in order of their names. Throws <see cref="InvalidDataException"/> when a checkpoint is not what
    /// was recorded.</summary>
    /// <param name="root">Name of the folder inside an archive.</param>
    /// <param name="files">Everything but the sums.</param>
    public void Write(string root, IReadOnlyList<PackageFile> files)
    {
        MustBeFree();
        var sums = new PackageFile.Text(PackageNames.Sums, string.Concat(files.OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => $"{Sha256(f)}  {f.Name}\n")));
        List<PackageFile> all = [.. files.Append(sums).OrderBy(f => f.Name, StringComparer.Ordinal)];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        if (IsArchive)
            DurableFile.Write(Path, file => Pack(file, root, all));
        else
            Lay(all);
    }

    private static void Pack(Stream file, string root, List<PackageFile> files)
    {
        using var packed = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
        using var tar = new TarWriter(packed, TarEntryFormat.Ustar);
        foreach (var entry in files)
        {
            using var content = Open(entry);
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"{root}/{entry.Name}")
            {
                DataStream = content, Mode = Readable, ModificationTime = DateTimeOffset.UnixEpoch,
            });
        }
    }

    private void Lay(List<PackageFile> files)
    {
        var (parent, name) = (System.IO.Path.GetDirectoryName(Path)!, System.IO.Path.GetFileName(Path));
        var (partial, replaced) = (In(parent, $".{name}.partial"), In(parent, $".{name}.replaced"));
        Remove(partial);   // what a crash left
        try
        {
            foreach (var entry in files)
            {
                var path = In(partial, entry.Name);
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
                using var content = Open(entry);
                using var file = new FileStream(path, FileMode.CreateNew);
                content.CopyTo(file);
                file.Flush(flushToDisk: true);
            }
            Remove(replaced);
            if (Directory.Exists(Path))
                Directory.Move(Path, replaced);
            Directory.Move(partial, Path);
        }
        finally
        {
            Remove(partial);
        }
        Remove(replaced);
    }

    private static Stream Open(PackageFile file) => file switch
    {
        PackageFile.Text text => new MemoryStream(Encoding.UTF8.GetBytes(text.Content)),
        PackageFile.Checkpoint checkpoint => File.OpenRead(checkpoint.Path),
        _ => throw new ArgumentException($"A {file.GetType().Name} is no file of a package.", nameof(file)),
    };

    /// <summary>Of the content as it is; a checkpoint's must be the one recorded.</summary>
    private static string Sha256(PackageFile file)
    {
        using var content = Open(file);
        var found = Convert.ToHexStringLower(SHA256.HashData(content));
        return file is PackageFile.Checkpoint checkpoint && checkpoint.Sha256 != found
            ? throw new InvalidDataException($"{checkpoint.Path} has SHA-256 {found}; recorded was {checkpoint.Sha256}. '--checkpoints none' writes the package without checkpoints.")
            : found;
    }

    private static string In(string folder, string name) => System.IO.Path.Combine(folder, name);

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
