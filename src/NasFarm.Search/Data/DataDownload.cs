using System.Formats.Tar;
using System.IO.Compression;
using NasFarm.Catalog.Data;

namespace NasFarm.Search.Data;

/// <summary>Gets a set's files from their official address: one by one, or out of the publisher's archive. From an archive only entries
/// with a file's exact name are taken, so no entry can write elsewhere.</summary>
internal sealed class DataDownload(DataSetDefinition definition, HttpClient http, IProgress<string>? progress)
{
    private const long LargestArchive = 1L << 30;
    private const long GzipMargin = 1 << 20; // gzip of incompressible bytes is a little longer than they are

    public async Task IntoAsync(Staging staging, CancellationToken cancel)
    {
        var source = definition.Source;
        if (source.Archive == ArchiveKind.Files)
        {
            foreach (var slot in definition.Files)
                await GetAsync(new(source.Address, slot.OriginalName + ".gz"), staging, slot.OriginalName + ".gz", definition.LargestFile(slot.Role) + GzipMargin, cancel);
            return;
        }

        var archive = await GetAsync(source.Address, staging, "archive", LargestArchive, cancel);
        try
        {
            if (source.Archive == ArchiveKind.TarGz)
                UnpackTar(archive, staging);
            else
                UnpackZip(archive, staging);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException)
        {
            throw new DataSetUnavailableException($"{source.Address} sent a damaged archive ({damaged.Message}); fetch again.", damaged);
        }

        File.Delete(archive);
        if (FoundSet.In(staging.Folder, definition, ownFolder: true).MissingFiles is { Count: > 0 } missing)
            throw new DataSetUnavailableException($"The archive {source.Address} lacks {string.Join(", ", missing.Select(f => f.OriginalName))}.");
    }

    private async Task<string> GetAsync(Uri address, Staging staging, string name, long largest, CancellationToken cancel)
    {
        progress?.Report($"Fetching {address}.");
        var path = Path.Combine(staging.Folder, name);
        try
        {
            using var response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancel);
            response.EnsureSuccessStatusCode();
            await using var content = await response.Content.ReadAsStreamAsync(cancel);
            await using var file = new FileStream(path, FileMode.CreateNew);
            var buffer = new byte[1 << 16];
            for (int read; (read = await content.ReadAsync(buffer, cancel)) > 0;)
            {
                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
                if (file.Length > largest)
                    throw new DataSetUnavailableException($"{address} sends more than {largest} bytes, which the published file cannot have.");
            }

            file.Flush(flushToDisk: true);
            return path;
        }
        catch (Exception noAnswer) when (noAnswer is HttpRequestException or HttpIOException || (noAnswer is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            throw new DataSetUnavailableException(
                $"{address} cannot be fetched: {noAnswer.Message} Get the files another way and import them (nasfarm data import {definition.Name} FOLDER)."
                + (definition.Source.Note is { } note ? $" {note}." : ""), noAnswer);
        }
    }

    private void UnpackTar(string archive, Staging staging)
    {
        using var packed = File.OpenRead(archive);
        using var tar = new TarReader(new GZipStream(packed, CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
            if (entry is { EntryType: TarEntryType.RegularFile or TarEntryType.V7RegularFile, DataStream: { } content })
                Keep(entry.Name, content, staging);
    }

    private void UnpackZip(string archive, Staging staging)
    {
        using var zip = ZipFile.OpenRead(archive);
        foreach (var entry in zip.Entries)
        {
            using var content = entry.Open();
            Keep(entry.FullName, content, staging);
        }
    }

    private void Keep(string entry, Stream content, Staging staging)
    {
        var name = entry[(entry.LastIndexOf('/') + 1)..];
        var plain = name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name;
        if (!definition.Files.Any(f => plain == f.OriginalName || plain == f.DistinctName))
            return;
        progress?.Report($"Unpacking {name}.");
        staging.Write(name, content.CopyTo);
    }
}
