using System.Buffers.Binary;

namespace NasFarm.Search.Data;

/// <summary>IDX, the format of the MNIST family: big-endian header (magic, sizes), then one byte per pixel or label
/// (spec/retraining-and-data.md §4.1). EMNIST's images are stored transposed and stay so: the common loader does the same.</summary>
public static class IdxFormat
{
    private const int ImagesMagic = 0x00000803;
    private const int LabelsMagic = 0x00000801;

    /// <summary>Bytes before the first pixel.</summary>
    public const int ImagesHeader = 16;

    /// <summary>Bytes before the first label.</summary>
    public const int LabelsHeader = 8;

    /// <summary>Pixels [count, height, width]. Throws <see cref="Catalog.Data.DataSetUnavailableException"/> on anything else.</summary>
    public static byte[] Images(DecodedFile file, int height, int width)
    {
        var count = Header(file, ImagesMagic, "images", ImagesHeader);
        foreach (var (offset, name, expected) in ((int, string, int)[])[(8, "rows", height), (12, "columns", width)])
            if (BinaryPrimitives.ReadInt32BigEndian(file.Bytes.AsSpan(offset)) is var found && found != expected)
                throw file.Damaged(offset, $"the header says {found} {name}; images of this set have {expected}.");
        return Body(file, ImagesHeader, count, height * width, "images");
    }

    /// <summary>Labels [count], each below <paramref name="classes"/>. Throws <see cref="Catalog.Data.DataSetUnavailableException"/> on anything else.</summary>
    public static byte[] Labels(DecodedFile file, int classes)
    {
        var labels = Body(file, LabelsHeader, Header(file, LabelsMagic, "labels", LabelsHeader), 1, "labels");
        var wrong = labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(classes - 1));
        return wrong < 0 ? labels : throw file.Damaged(LabelsHeader + wrong, $"label {labels[wrong]} of image {wrong}; labels of this set are 0 to {classes - 1}.");
    }

    private static int Header(DecodedFile file, int magic, string what, int length)
    {
        if (file.Bytes.Length < length)
            throw file.Damaged(file.Bytes.Length, $"the file ends inside its header of {length} bytes.");
        if (BinaryPrimitives.ReadInt32BigEndian(file.Bytes) is var found && found != magic)
            throw file.Damaged(0, $"magic number 0x{found:x8}; IDX {what} begin with 0x{magic:x8}.");
        var count = BinaryPrimitives.ReadInt32BigEndian(file.Bytes.AsSpan(4));
        return count > 0 ? count : throw file.Damaged(4, $"the header says {count} {what}; there must be at least one.");
    }

    private static byte[] Body(DecodedFile file, int header, int count, int bytesEach, string what)
    {
        var expected = header + (long)count * bytesEach;
        if (file.Bytes.Length < expected)
            throw file.Damaged(file.Bytes.Length, $"the file ends here; the header says {count} {what}, which end at {expected}.");
        if (file.Bytes.Length > expected)
            throw file.Damaged(expected, $"{file.Bytes.Length - expected} bytes too many: the header says {count} {what}, which end here.");
        return file.Bytes[header..];
    }
}
