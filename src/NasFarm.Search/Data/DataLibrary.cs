using System.Security.Cryptography;
using NasFarm.Catalog.Data;
using NasFarm.Search.Checkpoints;

namespace NasFarm.Search.Data;

/// <summary>The data sets of this machine: what <c>nasfarm data list | verify | import | fetch</c> does. Sets are installed whole:
/// copied or downloaded beside their place, read and checked there, then moved in with one rename.</summary>
public sealed class DataLibrary(DataDirectories directories)
{
    private readonly DataCatalog catalog = new(directories);

    /// <summary>Every known set: where it is, or why it cannot be used.</summary>
    public IReadOnlyList<DataListing> List() => [.. catalog.Names.Select(Listing)];

    /// <summary>Reads every file of a set again, without the cache, and compares it with the recorded checksum.
    /// Throws <see cref="DataSetUnavailableException"/> when the set is absent or damaged.</summary>
    public VerifiedSet Verify(string name) => Verify(catalog.Locate(name));

    /// <summary>Copies a set from a folder into the user's data directory.</summary>
    /// <param name="name">Catalog name.</param>
    /// <param name="folder">Holds the publisher's files, packed or not, under either of their names.</param>
    /// <param name="acceptUnverified">Also take files that differ from the published ones.</param>
    /// <exception cref="DataSetUnavailableException">A part is missing, a file is damaged or differs, or another content is already there.</exception>
    public InstalledSet Import(string name, string folder, bool acceptUnverified = false)
    {
        var definition = DataCatalog.Definition(name);
        var source = FoundSet.In(folder, definition, ownFolder: true);
        if (source.MissingRoles.Count > 0)
            throw new DataSetUnavailableException(
                $"{folder} has no {string.Join(", no ", source.MissingRoles.Select(role => string.Join(" or ", definition.Files.Where(f => f.Role == role).Select(f => f.OriginalName))))} "
                + $"(packed with gzip or not): nothing of {name} was imported.");

        using var staging = new Staging(directories.User, name);
        foreach (var (slot, path) in source.Files)
        {
            using var from = File.OpenRead(path);
            staging.Write(slot.OriginalName + (path.EndsWith(".gz", StringComparison.Ordinal) ? ".gz" : ""), from.CopyTo);
        }

        return Install(definition, staging, file => file.Verdict != ChecksumVerdict.Differs || acceptUnverified,
            "give --accept-unverified to import it all the same");
    }

    /// <summary>Downloads a set from its official address into the user's data directory, unless a complete one is already found.</summary>
    /// <param name="name">Catalog name.</param>
    /// <param name="http">Connection, with its time limit.</param>
    /// <param name="acceptUnverified">Also take files of which no checksum is recorded. Files that differ from a recorded one are always refused.</param>
    /// <param name="progress">Told a sentence per step; null: nobody.</param>
    /// <param name="cancel">Stops the download; nothing is left behind.</param>
    /// <exception cref="DataSetUnavailableException">The address does not answer, or what it sent is damaged, different or unverified.</exception>
    public async Task<InstalledSet> FetchAsync(
        string name, HttpClient http, bool acceptUnverified = false, IProgress<string>? progress = null, CancellationToken cancel = default)
    {
        var definition = DataCatalog.Definition(name);
        if (catalog.Places(definition).FirstOrDefault(p => p.MissingFiles.Count == 0) is { } complete)
            return new(Verify(complete), AlreadyThere: true);

        using var staging = new Staging(directories.User, name);
        await new DataDownload(definition, http, progress).IntoAsync(staging, cancel);
        return Install(definition, staging, file => file.Verdict == ChecksumVerdict.Published || (file.Verdict == ChecksumVerdict.NotRecorded && acceptUnverified),
            "compare it with a source you trust and give --accept-unverified to keep it");
    }

    private DataListing Listing(string name)
    {
        try
        {
            var found = catalog.Locate(name);
            return new(name, found.Folder, catalog.Describe(name), [.. found.MissingFiles.Select(f => f.OriginalName)], Problem: null);
        }
        catch (DataSetUnavailableException problem)
        {
            return new(name, Folder: null, Info: null, [.. DataCatalog.Definition(name).Files.Select(f => f.OriginalName)], problem.Message);
        }
    }

    private static VerifiedSet Verify(FoundSet found)
    {
        var files = new List<FileCheck>();
        var loaded = found.Load((slot, content) =>
        {
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(content.Bytes));
            var verdict = slot.UnpackedSha256 is not { } recorded ? ChecksumVerdict.NotRecorded
                : recorded == sha256 ? ChecksumVerdict.Published
                : ChecksumVerdict.Differs;
            files.Add(new(content.Path, slot, sha256, verdict));
        });
        return new(found.Folder, loaded.Info, files);
    }

    private InstalledSet Install(DataSetDefinition definition, Staging staging, Func<FileCheck, bool> accepts, string advice)
    {
        var staged = Verify(FoundSet.In(staging.Folder, definition, ownFolder: true));
        if (staged.Files.Where(f => !accepts(f)).ToList() is { Count: > 0 } refused)
            throw new DataSetUnavailableException(
                $"{definition.Name} was not installed; {advice}. {string.Join(" ", refused.Select(f => (f with { Path = Path.GetFileName(f.Path) }).Sentence))}");

        var place = Path.Combine(directories.User, definition.Name);
        if (!Directory.Exists(place))
        {
            staging.MoveTo(place);
            return new(staged with { Folder = place, Files = [.. staged.Files.Select(f => f with { Path = Path.Combine(place, Path.GetFileName(f.Path)) })] }, AlreadyThere: false);
        }

        var present = FoundSet.In(place, definition, ownFolder: true);
        return present.MissingRoles.Count == 0 && Verify(present) is var there && there.Info == staged.Info
            ? new(there, AlreadyThere: true)
            : throw new DataSetUnavailableException($"{place} already exists with other content; remove it to install {definition.Name} with content hash {staged.Info.ContentHash}.");
    }
}

/// <summary>A folder beside the place a set is going to, gone again when it did not get there.</summary>
internal sealed class Staging : IDisposable
{
    private readonly string parent;

    public Staging(string parent, string name)
    {
        this.parent = parent;
        Folder = Path.Combine(parent, $".{name}.partial");
        Remove(); // what a crash left
        Directory.CreateDirectory(Folder);
    }

    public string Folder { get; }

    /// <summary>Writes a file through to the disk and gives its path.</summary>
    public string Write(string name, Action<Stream> write)
    {
        var path = Path.Combine(Folder, name);
        using var file = new FileStream(path, FileMode.CreateNew);
        write(file);
        file.Flush(flushToDisk: true);
        return path;
    }

    public void MoveTo(string place)
    {
        DurableFile.FlushDirectory(Folder);
        Directory.Move(Folder, place);
        DurableFile.FlushDirectory(parent);
    }

    public void Dispose() => Remove();

    private void Remove()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
