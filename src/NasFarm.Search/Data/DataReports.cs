using NasFarm.Catalog.Data;

namespace NasFarm.Search.Data;

/// <summary>How a file compares with the recorded checksum of the published one.</summary>
public enum ChecksumVerdict
{
    /// <summary>Equal to the published file, packing aside.</summary>
    Published,

    /// <summary>Other bytes than the published file.</summary>
    Differs,

    /// <summary>No checksum of the published file is recorded.</summary>
    NotRecorded,
}

/// <summary>One file of a set, read and hashed.</summary>
/// <param name="Path">The file.</param>
/// <param name="Slot">Which published file it stands for, with the recorded checksum.</param>
/// <param name="UnpackedSha256">SHA-256 (lower-case hex) of its unpacked bytes.</param>
/// <param name="Verdict">The comparison.</param>
public sealed record FileCheck(string Path, FileSlot Slot, string UnpackedSha256, ChecksumVerdict Verdict)
{
    /// <summary>The comparison as a sentence.</summary>
    public string Sentence => Verdict switch
    {
        ChecksumVerdict.Published => $"{Path}: the published file.",
        ChecksumVerdict.Differs => $"{Path}: unpacked SHA-256 is {UnpackedSha256}; the published file's is {Slot.UnpackedSha256}.",
        _ => $"{Path}: unpacked SHA-256 is {UnpackedSha256}; the published file's is not known.",
    };
}

/// <summary>A line of <c>nasfarm data list</c>.</summary>
/// <param name="Name">Catalog name.</param>
/// <param name="Folder">Where it was found; null when it cannot be used.</param>
/// <param name="Info">Sizes, content hash, completeness; null when it cannot be used.</param>
/// <param name="MissingFiles">Published files that are not there, by the publisher's names.</param>
/// <param name="Problem">Why it cannot be used; null when it can.</param>
public sealed record DataListing(string Name, string? Folder, DataSetInfo? Info, IReadOnlyList<string> MissingFiles, string? Problem);

/// <summary>A set whose files were all read again and hashed.</summary>
/// <param name="Folder">Where.</param>
/// <param name="Info">Sizes, content hash, completeness.</param>
/// <param name="Files">Each file's comparison.</param>
public sealed record VerifiedSet(string Folder, DataSetInfo Info, IReadOnlyList<FileCheck> Files);

/// <summary>What <c>fetch</c> or <c>import</c> did.</summary>
/// <param name="Set">The set as it now stands.</param>
/// <param name="AlreadyThere">Nothing was written: the same content was there before.</param>
public sealed record InstalledSet(VerifiedSet Set, bool AlreadyThere);
