using System.Text;
using NasFarm.Analysis.Tables;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Analysis.Catalogs;

/// <summary>One search space of the catalog, for programs.</summary>
/// <param name="Operations">Candidates of an edge, in the order of the alphas' columns.</param>
/// <param name="InputNodes">Inputs of a cell.</param>
/// <param name="InnerNodes">Nodes after the inputs.</param>
/// <param name="Edges">Candidate edges of one cell type.</param>
/// <param name="EdgesKept">Edges that a derived cell has.</param>
/// <param name="InDegree">Edges kept per node; null: every edge keeps an operation, or nodes differ.</param>
/// <param name="Methods">Methods that may search it.</param>
/// <param name="Published">Names of published cells.</param>
public sealed record SpaceEntry(
    string Name, string Title, SpaceFamily Family, IReadOnlyList<string> Operations, IReadOnlyList<CellType> CellTypes, int InputNodes, int InnerNodes,
    int Edges, int EdgesKept, int? InDegree, int DefaultChannels, int DefaultCells, IReadOnlyList<string> Methods, IReadOnlyList<string> Published)
{
    /// <summary>The entry of a space.</summary>
    public static SpaceEntry Of(SearchSpace space) => new(
        space.Name, space.Title, space.Family, space.Operations, space.CellTypes, space.InputNodes, space.InnerNodes, space.Edges.Count, space.EdgesKept,
        space.InDegree, space.DefaultChannels, space.DefaultCells, [.. MethodCatalog.All.Where(m => m.Spaces.Contains(space.Name)).Select(m => m.Name)],
        [.. PublishedGenotypes.All.Where(p => p.SpaceName == space.Name).Select(p => p.Name)]);
}

/// <summary>The catalog of search spaces for the terminal.</summary>
public static class SpacePage
{
    /// <summary>A line per space.</summary>
    public static string List(IReadOnlyList<SearchSpace> spaces)
    {
        var table = new TextTable("space", "title", "operations", "edges", "kept");
        foreach (var s in spaces)
            table.Row(s.Name, s.Title, $"{s.Operations.Count}", s.CellTypes.Count > 1 ? $"{s.CellTypes.Count} × {s.Edges.Count}" : $"{s.Edges.Count}", $"{s.EdgesKept}");
        return $"{table}\n'nasfarm spaces NAME' explains one.\n";
    }

    /// <summary>Everything about one space.</summary>
    public static string Render(SearchSpace space)
    {
        var entry = SpaceEntry.Of(space);
        var text = new StringBuilder($"{entry.Name}: {entry.Title}\n\n");
        void Say(string sentence) => text.Append(TextTable.Wrap(sentence, ComparisonText.Width));
        Say($"Operations of {(space.NodeRows is null ? "an edge" : "a node")}{(space.Columns < entry.Operations.Count ? $", {space.Columns} of these" : "")}: {string.Join(", ", entry.Operations.Select(o => $"{o} ({Operations.Abbreviate(o)})"))}.");
        Say($"Cell types: {string.Join(", ", entry.CellTypes.Select(t => t.ToString().ToLowerInvariant()))}; each has {entry.Edges} edges between " +
            $"{entry.InputNodes} input{(entry.InputNodes == 1 ? "" : "s")} and {entry.InnerNodes} further nodes.");
        Say(space.NodeRows is { } rows
            ? $"Nodes choose an operation and parents, the output parents only. A derived cell keeps {string.Join(", ", space.Targets.Select(space.Keeps))} edges into them, {entry.EdgesKept} in all; {rows.All.Count} rows of alphas, {space.RowLengths.Sum()} in all."
            : entry.InDegree is { } degree
            ? $"A derived cell keeps {degree} edges per node, {entry.EdgesKept} in all."
            : $"A derived cell keeps one operation on every edge, {entry.EdgesKept} in all.");
        Say($"Published search network: {entry.DefaultChannels} channels, {entry.DefaultCells} cells{(space.Family == SpaceFamily.NasBench201 ? " per stage" : "")}.");
        if (NasBench1Shot1.Best(space) is { } best)
            Say(FormattableString.Invariant($"Smallest errors of NAS-Bench-101 here: validation {best.Valid:0.00} %, test {best.Test:0.00} % (means of three trainings)."));
        Say($"Methods: {string.Join(", ", entry.Methods)}.");
        Say(entry.Published.Count == 0 ? "No published cells." : $"Published cells ('nasfarm show NAME' draws one): {string.Join(", ", entry.Published)}.");
        return text.ToString();
    }
}
