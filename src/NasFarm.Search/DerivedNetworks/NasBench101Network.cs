using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.DerivedNetworks;

/// <summary>The network of one NAS-Bench-101 cell (Ying et al., ICML 2019; read in google-research/nasbench, model_builder.py): stem conv 3×3–norm–
/// ReLU, cells at one resolution, before those at L/3 and 2L/3 max pooling, after which channels double; global average pooling, linear.
/// Vertices that lead nowhere are left out. Norms have momentum 0.003, the benchmark's 0.997 as PyTorch counts it.</summary>
public sealed class NasBench101Network : IDerivedNetwork
{
    private static readonly BatchNormStyle Norm = new(Affine: true, TrackStatistics: true, Momentum: 0.003);

    private readonly ConvolutionNormRelu stem;
    private readonly List<NasBench101Module> cells = [];
    private readonly Linear classifier;

    /// <summary>Makes the network.</summary>
    /// <param name="genotype">A genotype of NAS-Bench-1Shot1.</param>
    /// <param name="channels">Channels C of the first cells; 128 in the benchmark.</param>
    /// <param name="cellCount">Number of cells; 9 in the benchmark.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="device">Where the network lives.</param>
    public NasBench101Network(Genotype genotype, int channels, int cellCount, int imageChannels, int classes, long seed, Device device)
    {
        var cell = NasBench101Cell.Of(genotype).Pruned();
        Weights = new(seed, device);
        stem = new(Weights, "stem", imageChannels, channels, kernel: 3, Norm);
        var inputs = channels;
        for (var i = 0; i < cellCount; i++)
        {
            channels *= SearchSpace.IsReduction(i, cellCount) ? 2 : 1;
            cells.Add(new(Weights, $"cells.{i}", cell, inputs, channels, Norm));
            inputs = channels;
        }
        classifier = new(Weights, "classifier", channels, classes);
    }

    /// <inheritdoc/>
    public NetworkWeights Weights { get; }

    /// <inheritdoc/>
    public long ParameterCount => Weights.ParameterCount;

    /// <inheritdoc/>
    public (Tensor Logits, Tensor? Auxiliary) Forward(Tensor x, Mode mode, DropPath? dropPath)
    {
        if (x.shape[2] % 4 != 0 || x.shape[3] % 4 != 0)
            throw new ArgumentException($"A NAS-Bench-101 network needs image sides divisible by 4; the images are {x.shape[2]}×{x.shape[3]}.");
        x = stem.Forward(x, mode);
        for (var i = 0; i < cells.Count; i++)
            x = cells[i].Forward(SearchSpace.IsReduction(i, cells.Count) ? F.max_pool2d(x, 2, 2) : x, mode);
        return (classifier.Forward(x.mean([2, 3])), null);
    }

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}

/// <summary>One pruned cell with the channels of its vertices (<see cref="NasBench101Cell.Channels"/>): a vertex sums its sources, cut to its own
/// channels, the input through a projection; the output concatenates, and adds the projected input where that has an edge to it.</summary>
internal sealed class NasBench101Module
{
    private readonly NasBench101Cell cell;
    private readonly IReadOnlyList<int> channels;
    private readonly ConvolutionNormRelu?[] projections;
    private readonly Func<Tensor, Mode, Tensor>?[] operations;

    public NasBench101Module(NetworkWeights weights, string name, NasBench101Cell cell, int inputs, int outputs, BatchNormStyle norm)
    {
        this.cell = cell;
        channels = cell.Channels(inputs, outputs);
        projections = new ConvolutionNormRelu?[cell.Vertices];
        operations = new Func<Tensor, Mode, Tensor>?[cell.Vertices];
        for (var v = 1; v < cell.Vertices; v++)
        {
            if (cell.HasEdge(0, v))
                projections[v] = new(weights, $"{name}.projections.{v}", inputs, channels[v], kernel: 1, norm);
            if (v < cell.Vertices - 1)
                operations[v] = NasBench101Operations.Make(weights, $"{name}.vertices.{v}.{cell.Operations[v]}", cell.Operations[v], channels[v], norm);
        }
    }

    public Tensor Forward(Tensor x, Mode mode) => Intermediate.Released(() =>
    {
        var output = cell.Vertices - 1;
        var values = new Tensor[output];
        for (var v = 1; v < output; v++)
        {
            var sources = Enumerable.Range(1, v - 1).Where(s => cell.HasEdge(s, v)).Select(s => values[s].narrow(1, 0, channels[v]));
            var sum = sources.Concat(Projected(v)).Aggregate((a, b) => a + b);
            values[v] = operations[v]!(sum, mode);
        }
        Tensor[] read = [.. Enumerable.Range(1, output - 1).Where(v => cell.HasEdge(v, output)).Select(v => values[v])];
        return (read.Length > 0 ? [cat(read, dim: 1)] : Array.Empty<Tensor>()).Concat(Projected(output)).Aggregate((a, b) => a + b);

        IEnumerable<Tensor> Projected(int v)
        {
            if (projections[v] is { } projection)
                yield return projection.Forward(x, mode);
        }
    });
}
