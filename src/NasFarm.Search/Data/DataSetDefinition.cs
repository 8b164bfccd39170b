namespace NasFarm.Search.Data;

/// <summary>What a file of a data set holds.</summary>
public enum FileRole
{
    /// <summary>IDX training images.</summary>
    TrainImages,

    /// <summary>IDX training labels.</summary>
    TrainLabels,

    /// <summary>IDX test images.</summary>
    TestImages,

    /// <summary>IDX test labels.</summary>
    TestLabels,

    /// <summary>CIFAR training records; there may be several files.</summary>
    TrainRecords,

    /// <summary>CIFAR test records.</summary>
    TestRecords,
}

/// <summary>One published file of a data set, stored packed (<c>.gz</c>) or not.</summary>
/// <param name="Role">What it holds.</param>
/// <param name="OriginalName">The publisher's name without <c>.gz</c>; found in a folder called like the set.</param>
/// <param name="DistinctName">A name that also tells the set apart, for folders that hold several sets.</param>
/// <param name="UnpackedSha256">SHA-256 of the unpacked published file; null where no published file was at hand to compute it.</param>
public sealed record FileSlot(FileRole Role, string OriginalName, string DistinctName, string? UnpackedSha256 = null);

/// <summary>A data set the catalog knows: sizes, files, and the constants that normalise it.</summary>
/// <param name="Name">Catalog name.</param>
/// <param name="Channels">Colour channels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="PublishedTrain">Training images of the published set.</param>
/// <param name="PublishedTest">Test images of the published set.</param>
/// <param name="Mean">Per channel, of pixels scaled to [0, 1].</param>
/// <param name="StandardDeviation">Per channel, likewise.</param>
/// <param name="Files">In reading order.</param>
/// <param name="Source">Where the files are officially found.</param>
public sealed record DataSetDefinition(
    string Name, int Channels, int Height, int Width, int Classes, int PublishedTrain, int PublishedTest,
    IReadOnlyList<double> Mean, IReadOnlyList<double> StandardDeviation, IReadOnlyList<FileSlot> Files, DataSource Source)
{
    /// <summary>Largest unpacked size of one of its files.</summary>
    internal long LargestFile(FileRole role) => role switch
    {
        FileRole.TrainImages => IdxFormat.ImagesHeader + (long)PublishedTrain * Height * Width,
        FileRole.TestImages => IdxFormat.ImagesHeader + (long)PublishedTest * Height * Width,
        FileRole.TrainLabels => IdxFormat.LabelsHeader + PublishedTrain,
        FileRole.TestLabels => IdxFormat.LabelsHeader + PublishedTest,
        FileRole.TrainRecords => PublishedTrain * (CifarFormat.ImageBytes + 2L),
        _ => PublishedTest * (CifarFormat.ImageBytes + 2L),
    };
}

/// <summary>Where a set is officially found.</summary>
/// <param name="Address">Address of the folder with the files, or of the one archive.</param>
/// <param name="Archive">How the address is packed.</param>
/// <param name="Note">A sentence for people: another way to get the set; null for none.</param>
public sealed record DataSource(Uri Address, ArchiveKind Archive, string? Note = null);

/// <summary>How a publisher packs a set.</summary>
public enum ArchiveKind
{
    /// <summary>One gzip file per <see cref="FileSlot"/>.</summary>
    Files,

    /// <summary>One tar.gz with all files.</summary>
    TarGz,

    /// <summary>One zip with all files.</summary>
    Zip,
}
