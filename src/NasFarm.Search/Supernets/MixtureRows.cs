using NasFarm.Catalog.Perturbation;
using NasFarm.Search.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Supernets;

/// <summary>Mixture weights as numbers, to be moved about and mixed with as they are: no softmax comes after. An immutable value; the logits
/// know nothing of it.</summary>
/// <param name="Types">Flattened rows of each cell type.</param>
/// <param name="Lengths">Length of each row.</param>
public sealed record MixtureRows(IReadOnlyList<double[]> Types, IReadOnlyList<int> Lengths)
{
    /// <summary>Reads the rows of each cell type.</summary>
    public static MixtureRows Of(IReadOnlyList<Tensor> mixtures, IReadOnlyList<int> lengths) => new([.. mixtures.Select(Read)], lengths);

    /// <summary>Every weight plus U(−<paramref name="epsilon"/>, <paramref name="epsilon"/>).</summary>
    public MixtureRows Shaken(double epsilon, RandomStream random) =>
        this with { Types = [.. Types.Select(rows => Array.ConvertAll(rows, x => x + random.NextUniform(-epsilon, epsilon)))] };

    /// <summary>Every row back on the simplex.</summary>
    public MixtureRows Projected() => this with { Types = [.. Types.Select(rows => Simplex.ProjectRows(rows, Lengths))] };

    /// <summary>Weight by weight with other rows of the same shape.</summary>
    public MixtureRows With(MixtureRows other, Func<double, double, double> combine) =>
        this with { Types = [.. Types.Zip(other.Types, (a, b) => a.Zip(b, combine).ToArray())] };

    /// <summary>The rows as constants of a forward pass.</summary>
    public IReadOnlyList<Tensor> Tensors(Device device) => [.. Types.Select(rows =>
    {
        using var host = tensor(Array.ConvertAll(rows, x => (float)x), [rows.Length]);
        return host.to(device, copy: true);
    })];

    private static double[] Read(Tensor rows) => Array.ConvertAll(rows.detach().cpu().data<float>().ToArray(), x => (double)x);
}
