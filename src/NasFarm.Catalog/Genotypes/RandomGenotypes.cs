using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Genotypes;

/// <summary>Uniform draws from the set of cells that a search may reach: the baseline of every comparison
/// (spec/retraining-and-data.md §7). DARTS cells: per node one of the source pairs, then an operation other than <c>none</c> for
/// each (of those that the edge has). NAS-Bench-1Shot1: a set of parents and an operation per node. NAS-Bench-201: an operation per edge, <c>none</c> among them only under <see cref="NoneRule.Paper"/>.</summary>
public static class RandomGenotypes
{
    /// <summary>Operations that a derived cell of the type may hold on the edge under the rule, in column order.</summary>
    public static IReadOnlyList<string> ReachableOperations(SearchSpace space, CellType type, int edge, NoneRule noneRule) =>
        space.InDegree is null && noneRule == NoneRule.Paper
            ? space.OperationsOn(type, edge)
            : [.. space.OperationsOn(type, edge).Where(o => o != Operations.None)];

    /// <summary>Draws one genotype. <paramref name="below"/> gives a uniform whole number in [0, n) for each n it is asked.</summary>
    public static Genotype Draw(SearchSpace space, NoneRule noneRule, Func<int, int> below)
    {
        var cells = space.CellTypes.Select(type => new Cell(type,
            [.. space.Targets.SelectMany(target => Into(space, target, edge => ReachableOperations(space, type, edge.Index, noneRule), below))
                .Select(chosen => new EdgeChoice(chosen.Operation, chosen.Edge.Source, chosen.Edge.Target))]));
        return new Genotype(space, [.. cells]);
    }

    /// <summary>Edges into a node that a derived cell keeps, each with an operation drawn from those given; where operations belong to nodes,
    /// all with the same.</summary>
    internal static IEnumerable<(CellEdge Edge, string Operation)> Into(
        SearchSpace space, int target, Func<CellEdge, IReadOnlyList<string>> operations, Func<int, int> below)
    {
        string? ofNode = null;
        foreach (var edge in SourcesInto(space, target, below))
        {
            var candidates = operations(edge);
            ofNode = space.NodeRows is not null && ofNode is not null ? ofNode : candidates[below(candidates.Count)];
            yield return (edge, ofNode);
        }
    }

    /// <summary>Draws one genotype by the softmax weights of the alphas (SETN, spec/algorithms.md §20), of operations that a derived cell may hold.
    /// NAS-Bench-201: an operation per edge. DARTS cells: per node edges not drawn yet, each with the weight of all its operations together,
    /// and an operation for each; listed in source order.</summary>
    /// <param name="space">The space.</param>
    /// <param name="noneRule">May <c>none</c> be derived.</param>
    /// <param name="alphas"><c>[cell type][edge][operation]</c>.</param>
    /// <param name="uniform">Uniform in [0, 1).</param>
    public static Genotype DrawByAlphas(
        SearchSpace space, NoneRule noneRule, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> alphas, Func<double> uniform)
    {
        return new Genotype(space, [.. space.CellTypes.Select((type, t) => new Cell(type, [.. space.Targets.SelectMany(target =>
        {
            var edges = space.EdgesInto(target).Select(edge => (Edge: edge, Weights: Weights(type, t, edge.Index))).ToList();
            while (edges.Count > (space.InDegree ?? edges.Count))
                edges = Kept(edges);
            return edges.Select(e =>
            {
                var operations = ReachableOperations(space, type, e.Edge.Index, noneRule);
                return new EdgeChoice(operations[Pick(e.Weights, uniform())], e.Edge.Source, target);
            });
        })]))]);

        double[] Weights(CellType type, int t, int edge)
        {
            var weights = Softmax.Of(alphas[t][edge]);
            return [.. ReachableOperations(space, type, edge, noneRule).Select(operation => weights[space.OperationIndex(type, edge, operation)])];
        }

        List<(CellEdge Edge, double[] Weights)> Kept(List<(CellEdge Edge, double[] Weights)> edges)
        {
            var (rest, kept) = (edges.ToList(), new List<(CellEdge Edge, double[] Weights)>());
            while (kept.Count < space.InDegree)
            {
                var place = Pick([.. rest.Select(e => e.Weights.Sum())], uniform());
                kept.Add(rest[place]);
                rest.RemoveAt(place);
            }
            return [.. kept.OrderBy(e => e.Edge.Source)];
        }
    }

    /// <summary>An index, each with its share of the sum of the weights.</summary>
    private static int Pick(IReadOnlyList<double> weights, double uniform)
    {
        var left = uniform * weights.Sum();
        for (var i = 0; i < weights.Count - 1; i++)
            if ((left -= weights[i]) < 0)
                return i;
        return weights.Count - 1;
    }

    /// <summary>Edges into a node that a derived cell keeps: every set of the right size is equally likely.</summary>
    private static IEnumerable<CellEdge> SourcesInto(SearchSpace space, int target, Func<int, int> below)
    {
        var candidates = space.EdgesInto(target).ToList();
        // Striking out uniformly until the in-degree is left makes every set of sources equally likely.
        while (candidates.Count > space.Keeps(target))
            candidates.RemoveAt(below(candidates.Count));
        return candidates;
    }
}
