using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Results;
using NasFarm.Farm.Lineage;

namespace NasFarm.Cli.Packages;

/// <summary>A package that was checked: every file has the sum it should have. Disposing removes what was unpacked.</summary>
internal sealed class OpenedPackage : IDisposable
{
    private readonly string folder;
    private readonly string? unpacked;
    private readonly PackagePlan plan;

    private OpenedPackage(string folder, string? unpacked, PackagePlan plan) => (this.folder, this.unpacked, this.plan) = (folder, unpacked, plan);

    /// <summary>Opens a folder or a <c>.tar.gz</c> file. Throws <see cref="InputException"/> when there is none and
    /// <see cref="InvalidDataException"/> with every file that is missing, changed or not listed.</summary>
    public static OpenedPackage Open(string path)
    {
        if (Directory.Exists(path))
            return Checked(path, path, null);
        if (!File.Exists(path))
            throw new InputException($"There is no package {path}; 'nasfarm bundle SWEEP --to {path}' writes one.");
        var unpacked = Directory.CreateTempSubdirectory("nasfarm-package-").FullName;
        OpenedPackage? opened = null;
        try
        {
            return opened = Checked(path, Unpack(path, unpacked), unpacked);
        }
        finally
        {
            if (opened is null)
                Directory.Delete(unpacked, recursive: true);
        }
    }

    /// <summary>The run with that id or start of an id; null asks for the first that is finished. With its history.</summary>
    public RecordedRun Find(string? wanted)
    {
        var id = wanted is not null
            ? FarmRuns.Find([.. plan.Runs.Select(run => run.Recorded.Run.RunId)], wanted)
            : plan.Runs.FirstOrDefault(run => run.State == SeedRunState.Finished)?.Recorded.Run.RunId
                ?? throw new InputException($"No run of sweep {plan.SweepId} is finished, so there is nothing to compare with.");
        var run = plan.Runs.First(r => r.Recorded.Run.RunId == id).Recorded;
        return run with { History = RunHistory.Parse(File.ReadAllText(Path.Combine(folder, PackageNames.History(id)))) };
    }

    /// <summary>Every run, without history.</summary>
    public IReadOnlyList<RecordedRun> Runs => [.. plan.Runs.Select(run => run.Recorded)];

    public void Dispose()
    {
        if (unpacked is not null)
            Directory.Delete(unpacked, recursive: true);
    }

    private static string Unpack(string path, string into)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var content = new GZipStream(file, CompressionMode.Decompress);
            TarFile.ExtractToDirectory(content, into, overwriteFiles: false);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new InvalidDataException($"{path} is no whole .tar.gz file ({damaged.Message}).", damaged);
        }
        return Directory.GetDirectories(into) is [var only] ? only : throw new InvalidDataException($"{path} is no package: it must hold one folder.");
    }

    private static OpenedPackage Checked(string name, string folder, string? unpacked)
    {
        var problems = Problems(name, folder).ToList();
        if (problems.Count > 0)
            throw new InvalidDataException($"{name} is not as it was written: {string.Join("; ", problems.Take(10))}{(problems.Count > 10 ? $"; {problems.Count - 10} more" : "")}.");
        return new(folder, unpacked, ReadPlan(Path.Combine(folder, PackageNames.Plan)));
    }

    private static PackagePlan ReadPlan(string path)
    {
        try
        {
            var plan = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(path));
            var format = plan.ValueKind == JsonValueKind.Object && plan.TryGetProperty("format", out var said) ? said.ToString() : "none";
            return format == PackagePlan.CurrentFormat
                ? plan.Deserialize<PackagePlan>(CatalogJson.Compact)!
                : throw new InvalidDataException($"{path} has format {format}; this version reads {PackagePlan.CurrentFormat}.");
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"{path} cannot be read: {wrong.Message}", wrong);
        }
    }

    /// <summary>What differs from SHA256SUMS, in order.</summary>
    private static IEnumerable<string> Problems(string name, string folder)
    {
        var sums = Path.Combine(folder, PackageNames.Sums);
        if (!File.Exists(sums))
            throw new InvalidDataException($"{name} is no package: it has no {PackageNames.Sums}.");
        var listed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (index, line) in File.ReadLines(sums).Index())
        {
            if (line.Split("  ", 2) is not [{ Length: 64 } sha256, var file])
                throw new InvalidDataException($"{name}/{PackageNames.Sums}:{index + 1}: '{line}' is no sum; one is 64 hex digits, two blanks and a name.");
            listed[file] = sha256;
        }
        var there = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).Where(file => file != PackageNames.Sums).ToHashSet(StringComparer.Ordinal);
        foreach (var (file, sha256) in listed.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            // Only names that were found below the folder are opened: a list cannot lead elsewhere.
            if (!there.Contains(file))
                yield return $"{file} is missing";
            else if (Sha256(Path.Combine(folder, file)) is var found && found != sha256)
                yield return $"{file} has SHA-256 {found}, listed is {sha256}";
        }
        foreach (var file in there.Where(file => !listed.ContainsKey(file)).Order(StringComparer.Ordinal))
            yield return $"{file} is not listed";
        if (!listed.ContainsKey(PackageNames.Plan))
            yield return $"{PackageNames.Plan} is missing";
    }

    private static string Sha256(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
