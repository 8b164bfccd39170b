using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Derivation;

/// <summary>From alphas to a genotype. Alphas are logits, <c>alphas[cell type][edge][operation]</c>, in the space's orders.</summary>
public static class Discretisation
{
    /// <summary>The rule of the space: <see cref="BestEdges"/> for DARTS cells, <see cref="BestNodes"/> for NAS-Bench-1Shot1,
    /// <see cref="BestOperations"/> for the others.
    /// Throws <see cref="ArgumentException"/> when the shape is not the space's.</summary>
    public static Genotype Derive(SearchSpace space, NoneRule noneRule, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> alphas)
    {
        RequireShape(space, alphas);
        return new Genotype(space, [.. space.CellTypes.Select((type, i) =>
            space.NodeRows is not null ? BestNodes(space, type, alphas[i])
            : space.InDegree is null ? BestOperations(space, noneRule, type, alphas[i]) : BestEdges(space, type, alphas[i]))]);
    }

    /// <summary>DARTS (spec/algorithms.md §1.6): an edge scores the largest softmax weight of its operations other than <c>none</c>;
    /// each node keeps its two best edges, listed by descending score, ties to the lower source. <c>none</c> never stays, whatever
    /// the <see cref="NoneRule"/>: the paper's rule excludes it as well. Where there is no <c>none</c> all operations count
    /// (spec/search-spaces.md §3.2).</summary>
    public static Cell BestEdges(SearchSpace space, CellType type, IReadOnlyList<IReadOnlyList<double>> alphas) =>
        BestWeights(space, type, [.. alphas.Select(Softmax.Of)]);

    /// <summary><see cref="BestEdges"/> from the weights of the operations instead of their logits.</summary>
    /// <param name="space">The space.</param>
    /// <param name="type">The cell type.</param>
    /// <param name="weights">One row per edge.</param>
    /// <param name="least">Weight that a kept edge has at least.</param>
    public static Cell BestWeights(SearchSpace space, CellType type, IReadOnlyList<IReadOnlyList<double>> weights, double least = 0)
    {
        var kept = space.Targets.SelectMany(target => space.EdgesInto(target)
            .Select(edge =>
            {
                var op = Softmax.ArgMax(weights[edge.Index], except: space.NoneOn(type, edge.Index));
                return (Edge: edge, Op: op, Score: weights[edge.Index][op]);
            })
            .Where(e => e.Score >= least)
            .OrderByDescending(e => e.Score) // stable: equal scores stay in source order
            .Take(space.InDegree ?? int.MaxValue));
        return new Cell(type, [.. kept.Select(e => new EdgeChoice(space.OperationsOn(type, e.Edge.Index)[e.Op], e.Edge.Source, e.Edge.Target))]);
    }

    /// <summary>FairDARTS (spec/algorithms.md §10): an edge scores the largest logistic weight of its operations other than <c>none</c>; each
    /// node keeps its two best edges among those that reach the threshold, listed by descending score. The genotype may be sparse.
    /// Throws <see cref="ArgumentException"/> when the shape is not the space's.</summary>
    public static Genotype AboveThreshold(SearchSpace space, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> alphas, double threshold)
    {
        RequireShape(space, alphas);
        return new Genotype(
            space, [.. space.CellTypes.Select((type, i) => BestWeights(space, type, [.. alphas[i].Select(row => MixtureFunction.Sigmoid.Weights(row))], threshold))], mayBeSparse: true);
    }

    /// <summary>PC-DARTS (spec/algorithms.md §5): the rule of the space on softmax(α) times the share of the edge (<see cref="EdgeNormalisation"/>).
    /// Where every edge keeps an operation the shares change nothing.
    /// Throws <see cref="ArgumentException"/> when the shape is not the space's.</summary>
    /// <param name="space">The space.</param>
    /// <param name="noneRule">May <c>none</c> be derived.</param>
    /// <param name="alphas">Logits of the operations.</param>
    /// <param name="betas"><c>[cell type][edge]</c>: logits of the edges.</param>
    public static Genotype Normalised(
        SearchSpace space, NoneRule noneRule, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> alphas, IReadOnlyList<IReadOnlyList<double>> betas)
    {
        if (space.InDegree is null)
            return Derive(space, noneRule, alphas);
        RequireShape(space, alphas);
        return new Genotype(space, [.. space.CellTypes.Select((type, i) => BestWeights(space, type,
            [.. alphas[i].Zip(EdgeNormalisation.Shares(space, betas[i]), (row, share) => Softmax.Of(row).Select(weight => weight * share).ToArray())]))]);
    }

    /// <summary>GDAS (spec/algorithms.md §6): each node keeps its two best pairs of an edge and an operation other than <c>none</c>, by softmax
    /// weight, listed by descending weight, ties to the lower source and then to the lower column. Both may be of one edge.
    /// Throws <see cref="ArgumentException"/> when the shape is not that of a DARTS cell.</summary>
    public static Genotype BestPairs(SearchSpace space, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> alphas)
    {
        RequireShape(space, alphas);
        var kept = space.InDegree ?? throw new ArgumentException($"A cell of '{space}' has one operation on every edge.");
        return new Genotype(space, [.. space.CellTypes.Select((type, i) => new Cell(type, [.. space.Targets.SelectMany(target =>
            space.EdgesInto(target)
                .SelectMany(edge => Softmax.Of(alphas[i][edge.Index]).Select((weight, column) => (edge, column, weight)))
                .Where(pair => pair.column != space.NoneOn(type, pair.edge.Index))
                .OrderByDescending(pair => pair.weight) // stable
                .Take(kept)
                .Select(pair => new EdgeChoice(space.OperationsOn(type, pair.edge.Index)[pair.column], pair.edge.Source, target)))]))]);
    }

    /// <summary>NAS-Bench-201 (spec/search-spaces.md §2, spec/algorithms.md §1.8): every edge keeps its largest alpha, <c>none</c> among
    /// the candidates only under <see cref="NoneRule.Paper"/>.</summary>
    public static Cell BestOperations(SearchSpace space, NoneRule noneRule, CellType type, IReadOnlyList<IReadOnlyList<double>> alphas)
    {
        int? except = noneRule == NoneRule.Excluded ? space.NoneIndex : null;
        return new Cell(type, [.. space.Edges.Select(edge =>
            new EdgeChoice(space.OperationsOn(type, edge.Index)[Softmax.ArgMax(alphas[edge.Index], except)], edge.Source, edge.Target))]);
    }

    /// <summary>NAS-Bench-1Shot1 (spec/search-spaces.md §4): every node its largest operation, and as many of its largest parents as it has;
    /// ties to the lower source, parents in ascending order.</summary>
    public static Cell BestNodes(SearchSpace space, CellType type, IReadOnlyList<IReadOnlyList<double>> alphas)
    {
        var rows = space.NodeRows!;
        return new Cell(type, [.. space.Targets.SelectMany(target =>
        {
            var operation = target == space.Targets[^1] ? Operations.Output : space.Operations[Softmax.ArgMax(alphas[rows.OperationsOf(target)])];
            var sources = Enumerable.Range(0, target);
            if (rows.SourcesOf(target) is { } row)
                sources = sources.OrderByDescending(source => alphas[row][source]).Take(space.Keeps(target)).Order(); // stable
            return sources.Select(source => new EdgeChoice(operation, source, target));
        })]);
    }

    private static void RequireShape(SearchSpace space, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> alphas)
    {
        if (alphas.Count != space.CellTypes.Count)
            throw new ArgumentException($"Alphas of {alphas.Count} cell types; '{space}' has {space.CellTypes.Count}.");
        foreach (var rows in alphas)
        {
            if (rows.Count != space.RowLengths.Count)
                throw new ArgumentException($"{rows.Count} rows of alphas; a cell of '{space}' has {space.RowLengths.Count}{(space.NodeRows is null ? " edges" : "")}.");
            foreach (var (row, length) in rows.Zip(space.RowLengths))
                if (row.Count != length)
                    throw new ArgumentException($"A row of {row.Count} alphas; '{space}' has {length} {(space.NodeRows is null ? "operations" : "there")}.");
        }
    }
}
