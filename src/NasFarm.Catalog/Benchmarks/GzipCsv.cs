using System.IO.Compression;

namespace NasFarm.Catalog.Benchmarks;

/// <summary>What the benchmark tables share: a gzip CSV with one header line, decimal points, no quotes.</summary>
internal static class GzipCsv
{
    /// <summary>Reads a file. Throws <see cref="BenchmarkFormatException"/> when it is absent or damaged.</summary>
    /// <param name="path">The file.</param>
    /// <param name="benchmark">Name of the benchmark, for the message.</param>
    /// <param name="variable">Environment variable that may name it, for the message.</param>
    /// <param name="read">Reads the text.</param>
    public static T Load<T>(string path, string benchmark, string variable, Func<TextReader, T> read)
    {
        if (!File.Exists(path))
            throw new BenchmarkFormatException(
                $"{path}: there is no such file; give the gzip CSV of {benchmark}, or set {variable} to it.");
        try
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            return read(reader);
        }
        catch (InvalidDataException damaged)
        {
            throw new BenchmarkFormatException($"{path}: not a whole gzip file ({damaged.Message}).", damaged);
        }
    }

    /// <summary>Throws <see cref="BenchmarkFormatException"/> at the first field of the header that is not the expected one.</summary>
    public static void RequireHeader(string? header, string name, IReadOnlyList<string> expected)
    {
        var found = header?.Split(',') ?? [];
        for (var i = 0; i < Math.Max(found.Length, expected.Count); i++)
        {
            var (has, wants) = (Shown(i, found), Shown(i, expected));
            if (has != wants)
                throw new BenchmarkFormatException($"{name}:1:{i + 1}: the header has {has} here; it must have {wants}.");
        }
    }

    private static string Shown(int index, IReadOnlyList<string> fields) => index < fields.Count ? $"'{fields[index]}'" : "no field";
}
