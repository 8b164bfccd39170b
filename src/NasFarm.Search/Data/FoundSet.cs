using NasFarm.Catalog.Data;

namespace NasFarm.Search.Data;

/// <summary>The files of one data set in one folder.</summary>
/// <param name="Definition">The set.</param>
/// <param name="Folder">The folder.</param>
/// <param name="Files">Path of each file present, in reading order.</param>
public sealed record FoundSet(DataSetDefinition Definition, string Folder, IReadOnlyList<(FileSlot Slot, string Path)> Files)
{
    /// <summary>Roles no file fills: without them the set cannot be used. Empty when it can.</summary>
    public IReadOnlyList<FileRole> MissingRoles =>
        [.. Definition.Files.Select(f => f.Role).Distinct().Except(Files.Select(f => f.Slot.Role))];

    /// <summary>Files of the published set that are not here.</summary>
    public IReadOnlyList<FileSlot> MissingFiles => [.. Definition.Files.Except(Files.Select(f => f.Slot))];

    /// <summary>Looks for a set in <c>directory/&lt;set&gt;</c>, then in the directory itself. Only folders with at least one file count.</summary>
    public static IEnumerable<FoundSet> In(string directory, DataSetDefinition definition) =>
        new[] { In(Path.Combine(directory, definition.Name), definition, ownFolder: true), In(directory, definition, ownFolder: false) }
            .Where(found => found.Files.Count > 0);

    /// <summary>The set's files in exactly this folder.</summary>
    /// <param name="folder">The folder; need not exist.</param>
    /// <param name="definition">The set.</param>
    /// <param name="ownFolder">The folder holds nothing but this set: the publisher's names suffice.</param>
    public static FoundSet In(string folder, DataSetDefinition definition, bool ownFolder)
    {
        string? PathOf(FileSlot slot) =>
            (ownFolder ? new[] { slot.OriginalName, slot.DistinctName } : [slot.DistinctName])
            .SelectMany(name => new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".gz") })
            .FirstOrDefault(File.Exists);

        return new(definition, folder, [.. definition.Files.Select(slot => (slot, PathOf(slot)!)).Where(f => f.Item2 is not null)]);
    }

    /// <summary>Reads and checks every file. Throws <see cref="DataSetUnavailableException"/>.</summary>
    /// <param name="onRead">Sees each file as it is read; null: nobody.</param>
    public LoadedDataSet Load(Action<FileSlot, DecodedFile>? onRead = null)
    {
        DecodedFile Read((FileSlot Slot, string Path) file)
        {
            var content = DecodedFile.Read(file.Path, Definition.LargestFile(file.Slot.Role));
            onRead?.Invoke(file.Slot, content);
            return content;
        }

        var train = Part(Read, FileRole.TrainImages, FileRole.TrainLabels, FileRole.TrainRecords, Definition.PublishedTrain, "training");
        var test = Part(Read, FileRole.TestImages, FileRole.TestLabels, FileRole.TestRecords, Definition.PublishedTest, "test");
        var complete = train.Count == Definition.PublishedTrain && test.Count == Definition.PublishedTest;
        return new(
            new(Definition.Name, Definition.Channels, Definition.Height, Definition.Width, Definition.Classes, train.Count, test.Count,
                ContentHash.Of(train, test), complete),
            train, test);
    }

    private ImageSet Part(
        Func<(FileSlot, string), DecodedFile> read, FileRole images, FileRole labels, FileRole records, int published, string part)
    {
        var set = Definition.Files.Any(f => f.Role == records) ? Records(read, records) : Idx(read, images, labels);
        return set.Count <= published
            ? set
            : throw new DataSetUnavailableException($"{Folder}: {set.Count} {part} images of {Definition.Name}; the published set has {published}.");
    }

    private ImageSet Idx(Func<(FileSlot, string), DecodedFile> read, FileRole images, FileRole labels)
    {
        var (imageFile, labelFile) = (read(Files.Single(f => f.Slot.Role == images)), read(Files.Single(f => f.Slot.Role == labels)));
        var pixels = IdxFormat.Images(imageFile, Definition.Height, Definition.Width);
        var classes = IdxFormat.Labels(labelFile, Definition.Classes);
        var count = pixels.Length / (Definition.Height * Definition.Width);
        return count == classes.Length
            ? new(Definition.Channels, Definition.Height, Definition.Width, Definition.Classes, pixels, classes)
            : throw labelFile.Damaged(4, $"{classes.Length} labels, but {imageFile.Path} holds {count} images; there must be as many.");
    }

    private ImageSet Records(Func<(FileSlot, string), DecodedFile> read, FileRole role)
    {
        var (pixels, labels) = (new List<byte>(), new List<byte>());
        foreach (var file in Files.Where(f => f.Slot.Role == role))
            CifarFormat.Append(read(file), Definition.Classes, pixels, labels);
        return new(Definition.Channels, Definition.Height, Definition.Width, Definition.Classes, [.. pixels], [.. labels]);
    }
}
