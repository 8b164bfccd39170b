using System.Xml.Linq;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Run;

/// <summary>A choice in which two cells differ; null: that cell has no such edge.</summary>
internal sealed record EdgeDifference(CellType Type, int Source, int Target, string? Here, string? There);

/// <summary>Two genotypes of one space, edge by edge.</summary>
internal static class GenotypeDifference
{
    /// <summary>Edges on which they differ, in the order of cells, targets and sources.</summary>
    public static IReadOnlyList<EdgeDifference> Of(Genotype here, Genotype there)
    {
        var (own, other) = (Edges(here), Edges(there));
        return
        [
            .. from key in own.Keys.Union(other.Keys)
               orderby key.Type, key.Target, key.Source
               let difference = new EdgeDifference(key.Type, key.Source, key.Target, own.GetValueOrDefault(key), other.GetValueOrDefault(key))
               where difference.Here != difference.There
               select difference,
        ];
    }

    /// <summary>As a table.</summary>
    public static XElement Draw(Genotype here, Genotype? there, string seed, string name)
    {
        if (there is null)
            return El("p", $"{name} has no cell yet.");
        if (there.Space.Name != here.Space.Name)
            return El("p", $"{name} was searched in {there.Space.Name}: its cell has other edges.");
        var differences = Of(here, there);
        return differences.Count == 0
            ? El("p", $"Both have the same cell.")
            : Table($"Differences to {name}", ["cell", "edge", $"seed {seed}", name], differences.Select(d => (IReadOnlyList<object?>)
                [d.Type.ToString().ToLowerInvariant(), $"{d.Source} → {d.Target}", Choice(d.Here), Choice(d.There)]));
    }

    private static object Choice(string? operation) => operation is null ? El("span", Class("soft"), "no edge") : El("code", operation);

    private static Dictionary<(CellType Type, int Source, int Target), string> Edges(Genotype genotype) => genotype.Cells
        .SelectMany(cell => cell.Edges.Select(edge => (Key: (cell.Type, edge.Source, edge.Target), edge.Operation)))
        .GroupBy(e => e.Key).ToDictionary(g => g.Key, g => string.Join(" + ", g.Select(e => e.Operation)));
}
