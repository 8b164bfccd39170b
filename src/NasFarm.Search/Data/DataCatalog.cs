using NasFarm.Catalog.Data;

namespace NasFarm.Search.Data;

/// <summary>Finds, describes and loads the sets of <see cref="KnownSets"/>.</summary>
public sealed class DataCatalog(DataDirectories directories) : IDataSets
{
    private readonly DescriptionCache cache = new(directories.Cache);

    /// <summary>Looks where <see cref="DataDirectories.Standard"/> says, with this process's environment.</summary>
    public static DataCatalog FromEnvironment(string? explicitDirectory = null) =>
        new(DataDirectories.Standard(explicitDirectory, Environment.GetEnvironmentVariable));

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = [.. KnownSets.All.Select(s => s.Name)];

    /// <summary>The definition of a set. Throws <see cref="DataSetUnavailableException"/> for a name the catalog does not know.</summary>
    public static DataSetDefinition Definition(string name) =>
        KnownSets.All.FirstOrDefault(s => s.Name == name)
        ?? throw new DataSetUnavailableException($"There is no data set '{name}'; there are: {string.Join(", ", KnownSets.All.Select(s => s.Name))}.");

    /// <inheritdoc/>
    public DataSetInfo Describe(string name)
    {
        var found = Locate(name);
        if (cache.Find(found) is { } known)
            return known;
        var info = found.Load().Info;
        cache.Remember(found, info);
        return info;
    }

    /// <summary>Reads a set whole and hashes it anew.</summary>
    /// <param name="name">Catalog name.</param>
    /// <param name="expectedContentHash">The plan's hash; another content throws <see cref="DataSetUnavailableException"/>. Null: any.</param>
    public LoadedDataSet Load(string name, string? expectedContentHash = null)
    {
        var found = Locate(name);
        var loaded = found.Load();
        return expectedContentHash is null || loaded.Info.ContentHash == expectedContentHash
            ? loaded
            : throw new DataSetUnavailableException(
                $"{name} in {found.Folder} has content hash {loaded.Info.ContentHash}; the plan was made with {expectedContentHash}. "
                + "Restore the files it was made with, or plan anew.");
    }

    /// <summary>The first place that has a training part and a test part. Throws <see cref="DataSetUnavailableException"/> when there is
    /// none, with what was found where.</summary>
    public FoundSet Locate(string name)
    {
        var definition = Definition(name);
        var places = Places(definition).ToList();
        return places.FirstOrDefault(p => p.MissingRoles.Count == 0) ?? throw new DataSetUnavailableException(NotFound(definition, places));
    }

    /// <summary>Every place that holds a file of the set, in search order.</summary>
    public IEnumerable<FoundSet> Places(DataSetDefinition definition) => directories.Search.SelectMany(d => FoundSet.In(d, definition));

    private string NotFound(DataSetDefinition definition, List<FoundSet> incomplete)
    {
        var seen = incomplete.Count == 0
            ? $"no file of it in {string.Join(", ", directories.Search)} or their folders '{definition.Name}'."
            : string.Join(" ", incomplete.Select(p =>
                $"{p.Folder} has {string.Join(", ", p.Files.Select(f => Path.GetFileName(f.Path)))} but lacks "
                + $"{string.Join(", ", p.MissingRoles.Select(role => $"the {Words(role)} ({string.Join(" or ", definition.Files.Where(f => f.Role == role).Select(f => f.OriginalName))})"))}."));
        return $"Data set {definition.Name} is not available: {seen} "
               + $"Put its files there (nasfarm data import {definition.Name} FOLDER) or fetch them (nasfarm data fetch {definition.Name})."
               + (definition.Source.Note is { } note ? $" {note}." : "");
    }

    private static string Words(FileRole role) => role switch
    {
        FileRole.TrainImages => "training images",
        FileRole.TrainLabels => "training labels",
        FileRole.TestImages => "test images",
        FileRole.TestLabels => "test labels",
        FileRole.TrainRecords => "training part",
        _ => "test part",
    };
}
