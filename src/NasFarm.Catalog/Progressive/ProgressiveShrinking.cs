using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Progressive;

/// <summary>What a search in stages keeps (P-DARTS; spec/algorithms.md §8). Alphas are logits, <c>[cell type][edge][operation]</c>, in the column
/// order of the stage's space.</summary>
public static class ProgressiveShrinking
{
    /// <summary>Operations of every edge that the next stage has: those of the largest weights, in column order; of equals the later columns.
    /// <c>none</c> competes like any other.</summary>
    /// <param name="space">The space of the stage.</param>
    /// <param name="alphas">Its logits.</param>
    /// <param name="kept">Operations per edge that stay.</param>
    public static IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> Survivors(
        SearchSpace space, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> alphas, int kept) =>
        [.. space.CellTypes.Select((type, t) => space.Edges.Select(edge => Best(space.OperationsOn(type, edge.Index), alphas[t][edge.Index], kept)).ToArray())];

    /// <summary>The cells that the last stage ends with: softmax weights, that of <c>none</c> then 0; each node's two edges of the largest weights.
    /// While the normal cell has too many skip connections, the weight of its weakest becomes 0 and the cell is derived again: another
    /// operation may take the edge, or another edge its place.</summary>
    /// <param name="space">The space of the stage, with two operations other than <c>none</c> on every edge at least.</param>
    /// <param name="alphas">Its logits.</param>
    /// <param name="mostSkips">Skip connections that the normal cell may have (M).</param>
    /// <returns>The genotype in the space of that name, and the edges of the normal cell that lost their skip connection, in order.</returns>
    public static (Genotype Genotype, IReadOnlyList<int> Capped) Derive(
        SearchSpace space, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> alphas, int mostSkips)
    {
        var weights = alphas.Select(rows => rows.Select(Softmax.Of).ToArray()).ToArray();
        var cells = space.CellTypes.Select((type, t) => Discretisation.BestWeights(space, type, weights[t])).ToArray();
        var capped = new List<int>();
        while (cells[0].SkipCount > mostSkips)
        {
            var weakest = cells[0].Edges.Where(e => e.Operation == Operations.SkipConnect)
                .Select(e => space.FindEdge(e.Source, e.Target)!.Value.Index)
                .Order().MinBy(edge => weights[0][edge][Skip(edge)]);
            weights[0][weakest][Skip(weakest)] = 0;
            capped.Add(weakest);
            cells[0] = Discretisation.BestWeights(space, CellType.Normal, weights[0]);
        }
        return (new(SearchSpaces.Get(space.Name), cells), capped);

        int Skip(int edge) => space.OperationIndex(CellType.Normal, edge, Operations.SkipConnect);
    }

    private static IReadOnlyList<string> Best(IReadOnlyList<string> operations, IReadOnlyList<double> row, int kept)
    {
        var dropped = Enumerable.Range(0, row.Count).OrderBy(column => row[column]).Take(row.Count - kept).ToHashSet(); // stable
        return [.. operations.Where((_, column) => !dropped.Contains(column))];
    }
}
