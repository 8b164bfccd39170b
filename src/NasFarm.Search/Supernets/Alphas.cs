using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Supernets;

/// <summary>The architecture logits: one vector per row (edge) and cell type, so that an edge can be frozen alone
/// (spec/algorithms.md §2.1). Initial values scale·N(0, 1), keyed by seed, cell type and row. With them, for a method that normalises
/// edges, the logits of the edges.</summary>
public sealed class Alphas : IDisposable
{
    private readonly SearchSpace space;
    private readonly MixtureFunction mixture;

    /// <summary>Draws the initial vectors.</summary>
    public Alphas(
        SearchSpace space, double initialScale, long seed, Device device, MixtureFunction mixture = MixtureFunction.Softmax, bool normaliseEdges = false)
    {
        Edges = normaliseEdges ? new(space, initialScale, seed, device) : null;
        (this.space, this.mixture) = (space, mixture);
        Vectors = [.. space.CellTypes.Select(type => space.RowLengths.Select((length, row) =>
        {
            var values = new float[length];
            new RandomStream(seed, StreamNames.Alphas, part: Name(type, row)).FillNormal(values, 0, initialScale);
            using var host = tensor(values, [values.Length]);
            return host.to(device, copy: true).DetachFromDisposeScope().requires_grad_(true);
        }).ToArray())];
    }

    /// <summary>Leaves, by cell type and row.</summary>
    public IReadOnlyList<IReadOnlyList<Tensor>> Vectors { get; }

    /// <summary>Logits of the edges; null: edges are not normalised.</summary>
    public EdgeLogits? Edges { get; }

    /// <summary>Name of a vector in checkpoints: <c>alpha.normal.3</c>.</summary>
    public static string Name(CellType type, int row) => $"alpha.{type.ToString().ToLowerInvariant()}.{row}";

    /// <summary>Vectors with their names, all cell types; then those of <see cref="Edges"/>.</summary>
    public IEnumerable<(string Name, Tensor Vector)> Named =>
        space.CellTypes.SelectMany((type, t) => Vectors[t].Select((vector, row) => (Name(type, row), vector))).Concat(Edges?.Named ?? []);

    /// <summary>Indices (into <see cref="Named"/>) of the vectors that are still trained: rows of undecided edges. Where rows are no edges', all
    /// of a cell or none.</summary>
    public IReadOnlyList<int> Trainable(IReadOnlyList<CellDecisions> decisions) =>
    [
        .. decisions.SelectMany((cell, t) => (space.NodeRows is null ? cell.Candidates : Enumerable.Range(0, cell.Complete ? 0 : Vectors[t].Count))
            .Select(row => t * space.RowLengths.Count + row)),
        .. Enumerable.Range(space.CellTypes.Count * space.RowLengths.Count, Edges?.Vectors.Count ?? 0),
    ];

    /// <summary>Flattened rows of weights of each cell type, differentiable; a row adds up to the share of its edge where edges are normalised.</summary>
    public IReadOnlyList<Tensor> Mixtures() => [.. Vectors.Select((vectors, t) => space.RowLengths.Distinct().Count() == 1
        ? Shared(Weights(stack([.. vectors])), t).flatten()
        : cat([.. vectors.Select(Weights)], dim: 0))];

    private Tensor Weights(Tensor rows) => mixture switch
    {
        MixtureFunction.Softmax => rows.softmax(-1),
        MixtureFunction.Sigmoid => rows.sigmoid(),
        _ => Shares(rows.clamp(max: 0).exp().add(rows.relu())),
    };

    private Tensor Shared(Tensor weights, int type) => Edges is null ? weights : weights * Edges.Shares(type).unsqueeze(1);

    private static Tensor Shares(Tensor concentrations) => concentrations.div(concentrations.sum(-1, keepdim: true));

    /// <summary>The logits as numbers: <c>[cell type][row][candidate]</c>.</summary>
    public double[][][] Values()
    {
        using var scope = NewDisposeScope();
        return [.. Vectors.Select(vectors => vectors.Select(v =>
            v.detach().cpu().data<float>().ToArray().Select(x => (double)x).ToArray()).ToArray())];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, vector) in Named)
            vector.Dispose();
    }
}
