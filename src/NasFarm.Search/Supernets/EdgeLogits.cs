using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Supernets;

/// <summary>The logits of edge normalisation, β (spec/algorithms.md §5): one vector [edges] per cell type, normal and reduction apart. Initial
/// values scale·N(0, 1), keyed by seed and cell type.</summary>
public sealed class EdgeLogits : IDisposable
{
    private readonly SearchSpace space;

    /// <summary>Draws the initial vectors.</summary>
    public EdgeLogits(SearchSpace space, double initialScale, long seed, Device device)
    {
        this.space = space;
        Vectors = [.. space.CellTypes.Select(type =>
        {
            var values = new float[space.Edges.Count];
            new RandomStream(seed, StreamNames.Alphas, part: Name(type)).FillNormal(values, 0, initialScale);
            using var host = tensor(values, [values.Length]);
            return host.to(device, copy: true).DetachFromDisposeScope().requires_grad_(true);
        })];
    }

    /// <summary>Leaves, by cell type.</summary>
    public IReadOnlyList<Tensor> Vectors { get; }

    /// <summary>Vectors with their names in checkpoints: <c>beta.normal</c>.</summary>
    public IEnumerable<(string Name, Tensor Vector)> Named => space.CellTypes.Zip(Vectors, (type, vector) => (Name(type), vector));

    /// <summary>Share of every edge of a cell type in its node's sum, [edges], differentiable (<see cref="EdgeNormalisation"/>).</summary>
    public Tensor Shares(int type) => cat([.. space.Targets.Select(target =>
    {
        var into = space.EdgesInto(target);
        return Vectors[type].narrow(0, into[0].Index, into.Count).softmax(0);
    })]);

    /// <summary>The logits as numbers: <c>[cell type][edge]</c>.</summary>
    public double[][] Values() => [.. Vectors.Select(v => Array.ConvertAll(v.detach().cpu().data<float>().ToArray(), x => (double)x))];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var vector in Vectors)
            vector.Dispose();
    }

    private static string Name(CellType type) => $"beta.{type.ToString().ToLowerInvariant()}";
}
