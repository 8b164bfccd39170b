namespace NasFarm.Search.Data;

/// <summary>CIFAR's binary version: records of label bytes and 3,072 pixel bytes (red, green, blue plane, row by row, 32×32).
/// CIFAR-10 has one label byte, CIFAR-100 a coarse one (20) and a fine one (100), of which the fine one counts
/// (spec/retraining-and-data.md §4.1).</summary>
public static class CifarFormat
{
    /// <summary>Pixel bytes of one image.</summary>
    public const int ImageBytes = 3 * 32 * 32;

    private const int CoarseClasses = 20;

    /// <summary>Appends the records of one file. Throws <see cref="Catalog.Data.DataSetUnavailableException"/> on a cut-off record or
    /// a label out of range.</summary>
    /// <param name="file">The file.</param>
    /// <param name="classes">10 or 100.</param>
    /// <param name="pixels">Receives [records, 3, 32, 32].</param>
    /// <param name="labels">Receives [records].</param>
    public static void Append(DecodedFile file, int classes, List<byte> pixels, List<byte> labels)
    {
        var labelBytes = classes == 100 ? 2 : 1;
        var record = labelBytes + ImageBytes;
        var (count, rest) = Math.DivRem(file.Bytes.Length, record);
        if (rest != 0)
            throw file.Damaged(file.Bytes.Length, $"the file ends {rest} bytes into record {count}; records have {record} bytes.");
        if (count == 0)
            throw file.Damaged(0, $"the file is empty; it should hold records of {record} bytes.");

        for (var offset = 0; offset < file.Bytes.Length; offset += record)
        {
            if (labelBytes == 2 && file.Bytes[offset] >= CoarseClasses)
                throw file.Damaged(offset, $"coarse label {file.Bytes[offset]} of record {offset / record}; coarse labels are 0 to {CoarseClasses - 1}.");
            var label = file.Bytes[offset + labelBytes - 1];
            if (label >= classes)
                throw file.Damaged(offset + labelBytes - 1, $"label {label} of record {offset / record}; labels of this set are 0 to {classes - 1}.");
            labels.Add(label);
            pixels.AddRange(file.Bytes.AsSpan(offset + labelBytes, ImageBytes));
        }
    }
}
