using NasFarm.Analysis.Statistics;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Analysis.Comparison;

/// <summary>The cells that one run found.</summary>
/// <param name="RunId">Seed-run id.</param>
/// <param name="Seed">Search seed, with the data-order seed where it differs.</param>
/// <param name="Shapes">One per cell type.</param>
public sealed record RunCells(string RunId, string Seed, IReadOnlyList<CellShape> Shapes);

/// <summary>What the seeds chose on one edge.</summary>
/// <param name="Type">Cell type.</param>
/// <param name="Source">Node it comes from.</param>
/// <param name="Target">Node it goes to.</param>
/// <param name="Choice">The commonest choice, the first in the space's order among equals; null: the edge is not kept.</param>
/// <param name="Count">Runs that made it.</param>
/// <param name="Share">… of all runs.</param>
public sealed record EdgeAgreement(CellType Type, int Source, int Target, string? Choice, int Count, double Share);

/// <summary>Mean and range over runs of one figure of one cell type.</summary>
public sealed record MeanAndRange(double Mean, double Min, double Max)
{
    internal static MeanAndRange Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        return new(Sample.Mean(all), all.Min(), all.Max());
    }
}

/// <summary>Shapes of one cell type over runs (<see cref="CellShape"/>).</summary>
public sealed record ShapeSpread(CellType Type, MeanAndRange Width, MeanAndRange Depth, MeanAndRange Skips);

/// <summary>The genotypes of an arm: their shapes, and how far the seeds agree (spec/algorithms.md §19).</summary>
/// <param name="N">Finished runs with a genotype.</param>
/// <param name="Different">Different genotypes among them, as graphs.</param>
/// <param name="KeptEdges">Edges that a genotype keeps, over all cells: the largest distance there is.</param>
/// <param name="MeanDistance">Mean over pairs of runs of (edge, operation) choices that one has and the other lacks, 0 to <paramref name="KeptEdges"/>; null below 2 runs.</param>
/// <param name="MeanAgreement">Mean over edges of the share of runs that made the commonest choice, at most 1; null below 2 runs.</param>
/// <param name="Shapes">One per cell type.</param>
/// <param name="Edges">Every edge of the space.</param>
/// <param name="Runs">Every run.</param>
public sealed record GenotypeStatistics(
    int N, int Different, int KeptEdges, double? MeanDistance, double? MeanAgreement,
    IReadOnlyList<ShapeSpread> Shapes, IReadOnlyList<EdgeAgreement> Edges, IReadOnlyList<RunCells> Runs)
{
    /// <summary>Null when no run of the arm has a genotype.</summary>
    internal static GenotypeStatistics? Of(Series arm)
    {
        var found = arm.Runs.Where(r => r.State == SeedRunState.Finished).Select(r => (Run: r, Genotype: arm.GenotypeOf(r)))
            .Where(r => r.Genotype is not null).Select(r => (r.Run, Genotype: r.Genotype!)).ToList();
        if (found.Count == 0) return null;
        var space = found[0].Genotype.Space;
        var runs = found.Select(f => new RunCells(f.Run.RunId, $"{Series.PairOf(f.Run)}", CellShape.Of(f.Genotype))).ToList();
        var kept = found[0].Genotype.Cells.Sum(c => c.Edges.Count);

        // Two runs share a choice on an edge for every pair that made it, so counts give the mean distance without looking at pairs.
        double pairs = found.Count * (found.Count - 1) / 2.0, shared = 0;
        var edges = new List<EdgeAgreement>();
        foreach (var (index, type) in space.CellTypes.Index())
        {
            var chosen = found.SelectMany(f => f.Genotype.Cells[index].Edges).CountBy(e => e).ToDictionary();
            shared += chosen.Values.Sum(count => count * (count - 1) / 2.0);
            // A run keeps an edge once, also with two operations on it.
            var keeping = found.SelectMany(f => f.Genotype.Cells[index].Edges.Select(e => (e.Source, e.Target)).Distinct()).CountBy(e => e).ToDictionary();
            foreach (var edge in space.Edges)
            {
                string? choice = null;
                var most = 0;
                foreach (var operation in space.Operations.Union(space.OperationsOn(type, edge.Index)))
                {
                    var count = chosen.GetValueOrDefault(new EdgeChoice(operation, edge.Source, edge.Target));
                    if (count > most) (choice, most) = (operation, count);
                }
                var leaving = found.Count - keeping.GetValueOrDefault((edge.Source, edge.Target));
                if (leaving > most) (choice, most) = (null, leaving);
                edges.Add(new(type, edge.Source, edge.Target, choice, most, (double)most / found.Count));
            }
        }
        return new(
            found.Count, found.Select(f => f.Genotype).Distinct().Count(), kept,
            pairs > 0 ? kept - shared / pairs : null, pairs > 0 ? edges.Average(e => e.Share) : null,
            [.. space.CellTypes.Select((type, i) => new ShapeSpread(type, MeanAndRange.Of(runs.Select(r => r.Shapes[i].Width)),
                MeanAndRange.Of(runs.Select(r => (double)r.Shapes[i].Depth)), MeanAndRange.Of(runs.Select(r => (double)r.Shapes[i].Skips))))],
            edges, runs);
    }
}
