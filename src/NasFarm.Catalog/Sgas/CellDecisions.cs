using System.Text.Json.Serialization;
using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Sgas;

/// <summary>What SGAS knows of an edge.</summary>
public enum EdgeStatus
{
    /// <summary>Candidate: a softmax mixture of all operations; its alphas are trained.</summary>
    Undecided,

    /// <summary>Only the chosen operation runs, with weight 1; its alphas are frozen.</summary>
    Decided,

    /// <summary>Left out of the cell; its alphas are frozen.</summary>
    Pruned,

    /// <summary>For one forward pass only the chosen operation runs, with its mixture weight; the weights of the others take part as numbers
    /// (GDAS, spec/algorithms.md §6). Never a decision: no search holds it between its steps.</summary>
    Sampled,
}

/// <summary>State of one edge. <paramref name="Operation"/> is set exactly when the edge is decided or sampled.</summary>
public readonly record struct EdgeState(EdgeStatus Status, string? Operation = null)
{
    /// <summary>Still a candidate.</summary>
    public static EdgeState Undecided => new(EdgeStatus.Undecided);

    /// <summary>Left out.</summary>
    public static EdgeState Pruned => new(EdgeStatus.Pruned);

    /// <summary>Fixed to one operation.</summary>
    public static EdgeState Decided(string operation) => new(EdgeStatus.Decided, operation);

    /// <summary>One operation for one forward pass.</summary>
    public static EdgeState Sampled(string operation) => new(EdgeStatus.Sampled, operation);
}

/// <summary>Edge states of one cell type, an immutable value that goes into checkpoints and decision records as JSON.</summary>
/// <param name="SpaceName">Search space.</param>
/// <param name="Type">Cell type.</param>
/// <param name="Edges">One state per edge, by edge index.</param>
public sealed record CellDecisions(string SpaceName, CellType Type, IReadOnlyList<EdgeState> Edges)
{
    /// <summary>Nothing decided yet.</summary>
    public static CellDecisions Start(SearchSpace space, CellType type) =>
        new(space.Name, type, [.. space.Edges.Select(_ => EdgeState.Undecided)]);

    /// <summary>The start of every cell type of the space, in its order.</summary>
    public static IReadOnlyList<CellDecisions> Start(SearchSpace space) => [.. space.CellTypes.Select(type => Start(space, type))];

    /// <summary>Edges that can still be decided.</summary>
    [JsonIgnore]
    public IEnumerable<int> Candidates => Enumerable.Range(0, Edges.Count).Where(i => Edges[i].Status == EdgeStatus.Undecided);

    /// <summary>Every edge is decided or pruned.</summary>
    [JsonIgnore]
    public bool Complete => !Candidates.Any();

    /// <summary>Decides one edge and prunes what the in-degree then forbids: once a node has its two decided edges, its remaining
    /// candidates are left out (spec/algorithms.md §2.4). NAS-Bench-201 has no such cap.
    /// Throws <see cref="InvalidOperationException"/> when the edge is no candidate.</summary>
    public CellDecisions Decide(int edgeIndex, string operation)
    {
        var space = SearchSpaces.Get(SpaceName);
        if (Edges[edgeIndex].Status != EdgeStatus.Undecided)
            throw new InvalidOperationException($"Edge {edgeIndex} of the {Type} cell is already {Edges[edgeIndex].Status}.");
        _ = space.OperationIndex(Type, edgeIndex, operation);
        var next = Edges.ToArray();
        next[edgeIndex] = EdgeState.Decided(operation);

        var siblings = space.EdgesInto(space.Edges[edgeIndex].Target);
        if (siblings.Count(e => next[e.Index].Status == EdgeStatus.Decided) == space.Keeps(space.Edges[edgeIndex].Target))
            foreach (var edge in siblings.Where(e => next[e.Index].Status == EdgeStatus.Undecided))
                next[edge.Index] = EdgeState.Pruned;
        return this with { Edges = next };
    }

    /// <summary>The derived cell, per node in ascending source order (spec/algorithms.md §2.6). In mid-search the decided edges, and for
    /// nodes still short the candidates of the largest edge importance with their best operation other than <c>none</c>. Without
    /// <c>none</c> every importance is 1; the candidates then rank by their largest softmax weight, as in <see cref="Discretisation.BestEdges"/>.</summary>
    /// <param name="alphas">Logits of every edge of this cell type.</param>
    public Cell ToCell(IReadOnlyList<IReadOnlyList<double>> alphas)
    {
        var space = SearchSpaces.Get(SpaceName);
        var kept = space.Targets.SelectMany(target =>
        {
            var decided = space.EdgesInto(target).Where(e => Edges[e.Index].Status == EdgeStatus.Decided).ToList();
            var missing = (space.InDegree ?? int.MaxValue) - decided.Count;
            var filled = space.EdgesInto(target).Where(e => Edges[e.Index].Status == EdgeStatus.Undecided)
                .OrderByDescending(e => space.NoneIndex is { } none ? EdgeScores.ImportanceOf(alphas[e.Index], none) : Softmax.Of(alphas[e.Index]).Max())
                .Take(missing);
            return decided.Concat(filled).OrderBy(e => e.Source);
        });
        return new Cell(Type, [.. kept.Select(e => new EdgeChoice(
            Edges[e.Index].Operation ?? space.OperationsOn(Type, e.Index)[Softmax.ArgMax(alphas[e.Index], except: space.NoneIndex)],
            e.Source, e.Target))]);
    }

    /// <summary>The whole genotype from the states and alphas of every cell type, in the space's order.</summary>
    public static Genotype ToGenotype(
        IReadOnlyList<CellDecisions> cells, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> alphas) =>
        new(SearchSpaces.Get(cells[0].SpaceName), [.. cells.Select((cell, i) => cell.ToCell(alphas[i]))]);

    /// <inheritdoc/>
    public bool Equals(CellDecisions? other) =>
        other is not null && SpaceName == other.SpaceName && Type == other.Type && Edges.SequenceEqual(other.Edges);

    /// <inheritdoc/>
    public override int GetHashCode() => Edges.Aggregate(HashCode.Combine(SpaceName, Type), HashCode.Combine);
}
