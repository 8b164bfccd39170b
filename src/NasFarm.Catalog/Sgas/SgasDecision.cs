using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Sgas;

/// <summary>One greedy decision in one cell type, as it is recorded.</summary>
/// <param name="Type">Cell type.</param>
/// <param name="Edge">The decided edge and its operation.</param>
/// <param name="EdgeIndex">Its index.</param>
/// <param name="Pruned">Indices of edges that the in-degree rule then left out.</param>
/// <param name="Scores">What the decision was made from.</param>
/// <param name="Next">The states after it.</param>
public sealed record SgasDecision(
    CellType Type, EdgeChoice Edge, int EdgeIndex, IReadOnlyList<int> Pruned, EdgeScores Scores, CellDecisions Next)
{
    /// <summary>Decides the candidate edge of the highest score (ties: lowest index) and gives it its best operation other than
    /// <c>none</c> (spec/algorithms.md §2.4; NAS-Bench-201 §2.8). Throws <see cref="InvalidOperationException"/> when nothing is left to
    /// decide, and in a space without <c>none</c>.</summary>
    /// <param name="state">States so far; at least one candidate.</param>
    /// <param name="alphas">Logits, one row per edge.</param>
    /// <param name="criterion">1 or 2.</param>
    /// <param name="history">History of the epochs before; see <see cref="SelectionHistory"/>.</param>
    public static SgasDecision Make(
        CellDecisions state, IReadOnlyList<IReadOnlyList<double>> alphas, int criterion, SelectionHistory history)
    {
        var space = SearchSpaces.Get(state.SpaceName);
        if (state.Complete)
            throw new InvalidOperationException($"Every edge of the {state.Type} cell is decided or pruned; nothing is left to decide.");
        if (alphas.Count != space.Edges.Count)
            throw new ArgumentException($"{alphas.Count} rows of alphas; a cell of '{space}' has {space.Edges.Count} edges.");

        // 1. Score every edge, then look only at candidates.
        var scores = EdgeScores.Of(alphas, space.RequireNone(), criterion, history);
        var masked = scores.Score.Select((s, i) => state.Edges[i].Status == EdgeStatus.Undecided ? s : double.NegativeInfinity);
        var index = Softmax.ArgMax([.. masked]);

        // 2. Its best operation, 3. frozen, 4. and the node's other candidates pruned when the node is full.
        var operation = space.OperationsOn(state.Type, index)[Softmax.ArgMax(alphas[index], except: space.NoneIndex)];
        var next = state.Decide(index, operation);
        var edge = space.Edges[index];
        return new(
            state.Type, new EdgeChoice(operation, edge.Source, edge.Target), index,
            [.. state.Candidates.Where(i => next.Edges[i].Status == EdgeStatus.Pruned)], scores, next);
    }
}
