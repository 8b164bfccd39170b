using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Data;
using NasFarm.Search.Checkpoints;

namespace NasFarm.Search.Data;

/// <summary>The identity of a data set's content, independent of packing, file names and place.</summary>
public static class ContentHash
{
    /// <summary>SHA-256 (lower-case hex) of train pixels, train labels, test pixels, test labels, one after the other.</summary>
    public static string Of(ImageSet train, ImageSet test)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var bytes in (byte[][])[train.Pixels, train.Labels, test.Pixels, test.Labels])
            hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>Remembers descriptions beside the paths, lengths and modification times of the files they came from, so that planning
/// does not unpack them again. Only saves time: whatever is absent, damaged or not writable is computed anew.</summary>
internal sealed class DescriptionCache(string? directory)
{
    public DataSetInfo? Find(FoundSet found)
    {
        if (directory is null)
            return null;
        try
        {
            var path = PathFor(found);
            return File.Exists(path) ? JsonSerializer.Deserialize<DataSetInfo>(File.ReadAllBytes(path), CatalogJson.Compact) : null;
        }
        catch (Exception unusable) when (unusable is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Remember(FoundSet found, DataSetInfo info)
    {
        if (directory is null)
            return;
        try
        {
            Directory.CreateDirectory(directory);
            DurableFile.Write(PathFor(found), stream => JsonSerializer.Serialize(stream, info, CatalogJson.Compact));
        }
        catch (Exception notWritable) when (notWritable is IOException or UnauthorizedAccessException)
        {
            // A read-only or full cache costs the next planner a second, nothing else.
        }
    }

    private string PathFor(FoundSet found)
    {
        var key = new StringBuilder(found.Definition.Name);
        foreach (var path in found.Files.Select(f => f.Path))
        {
            var file = new FileInfo(path);
            key.Append(CultureInfo.InvariantCulture, $"\n{file.FullName}\n{file.Length}\n{file.LastWriteTimeUtc.Ticks}");
        }

        return Path.Combine(directory!, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString())))[..32] + ".json");
    }
}
