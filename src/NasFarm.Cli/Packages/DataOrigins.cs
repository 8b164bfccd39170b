using NasFarm.Farm.Lineage;
using NasFarm.Search.Data;

namespace NasFarm.Cli.Packages;

/// <summary>Where the images of a run come from, as the catalog of data sets knows it.</summary>
internal static class DataOrigins
{
    /// <summary>Null: the catalog does not know the set.</summary>
    public static DataOrigin? Of(string name) => KnownSets.All.FirstOrDefault(set => set.Name == name) is { } known
        ? new(known.Source.Address.ToString(), known.Source.Note) : null;
}
