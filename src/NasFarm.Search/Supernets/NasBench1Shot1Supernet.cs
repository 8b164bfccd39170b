using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Supernets;

/// <summary>The supernet of NAS-Bench-1Shot1 (spec/search-spaces.md §4; read in automl/nasbench-1shot1, optimizers/darts/model_search.py): stem
/// conv 3×3–norm–ReLU; cells of one input, before the cells at L/3 and 2L/3 max pooling, after which channels double; ReLU–conv 1×1–norm, global
/// average pooling, linear. As released: norms have affine weights and momentum 0.997, so that running statistics are all but those of the
/// last batch (the benchmark's 0.997 is the share of the past); the norm before the pooling has neither; pooling pads by 1, so that 32
/// becomes 17 and then 9. With all edges decided or pruned it runs one cell: unlike the released one-hot weights, nodes that nothing
/// reads and operations that were not chosen do not run, and their weights rest.</summary>
public sealed class NasBench1Shot1Supernet : ISupernet
{
    private static readonly BatchNormStyle Norm = new(Affine: true, TrackStatistics: true, Momentum: 0.997);

    private readonly SearchSpace space;
    private readonly ConvolutionNormRelu stem;
    private readonly List<NasBench1Shot1Cell> cells = [];
    private readonly ConvolutionNorm postprocess;
    private readonly Linear classifier;
    private NodePath? path;

    /// <summary>Makes the network; nothing is decided.</summary>
    /// <param name="space">One of the three spaces.</param>
    /// <param name="channels">Channels C of the first cells.</param>
    /// <param name="cellCount">Number of cells.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="device">Where the network lives.</param>
    public NasBench1Shot1Supernet(SearchSpace space, int channels, int cellCount, int imageChannels, int classes, long seed, Device device)
    {
        (this.space, Weights, LayerTypes) = (space, new(seed, device), new int[cellCount]);
        stem = new(Weights, "stem", imageChannels, channels, kernel: 3, Norm);
        var width = channels;
        for (var i = 0; i < cellCount; i++)
        {
            channels *= SearchSpace.IsReduction(i, cellCount) ? 2 : 1;
            cells.Add(new(space, Weights, $"cells.{i}", width, channels, Norm));
            width = space.NodeRows!.Nodes * channels;
        }
        postprocess = new(new(Weights, "postprocess.op.1", width, channels, kernel: 1), new(Weights, "postprocess.op.2", channels, BatchNormStyle.Search));
        classifier = new(Weights, "classifier", channels, classes);
    }

    /// <inheritdoc/>
    public NetworkWeights Weights { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> LayerTypes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<NamedTensor> ActiveParameters => path is { } chosen
        ? [.. Weights.Parameters.Where(p => NasBench1Shot1Cell.Reaches(p.Name, chosen))]
        : Weights.Parameters;

    /// <inheritdoc/>
    public void SetDecisions(IReadOnlyList<CellDecisions> decisions) => path = NodePath.Of(space, decisions[0]);

    /// <inheritdoc/>
    public Tensor ForwardLayers(Tensor x, IReadOnlyList<Tensor> layers, Mode mode, DropPath? dropPath = null) => Intermediate.Released(() =>
    {
        var drop = mode == Mode.Evaluate ? null : dropPath;
        x = stem.Forward(x, mode);
        for (var i = 0; i < cells.Count; i++)
        {
            if (SearchSpace.IsReduction(i, cells.Count))
                x = F.max_pool2d(x, 2, 2, 1);
            var (input, cell, mixture) = (x, cells[i], layers[i]);
            x = Intermediate.Released(() => path is { } chosen ? cell.Single(input, chosen, mode, drop) : cell.Mixed(input, mixture, mode, drop));
        }
        return classifier.Forward(postprocess.Forward(Weights.Relu.Apply(x), mode).mean([2, 3]));
    });

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}

/// <summary>One cell that a supernet with operations on nodes runs.</summary>
/// <param name="Operations">Operation of each node, by node; the input's and the output's mean nothing.</param>
/// <param name="Sources">Parents by node, the output last.</param>
/// <param name="Reaches">Whether a node leads to the output, by node.</param>
internal sealed record NodePath(IReadOnlyList<string> Operations, IReadOnlyList<IReadOnlyList<int>> Sources, IReadOnlyList<bool> Reaches)
{
    /// <summary>Null while every edge is undecided. Throws <see cref="ArgumentException"/> when only some are: there is no mixture of the rest.</summary>
    public static NodePath? Of(SearchSpace space, CellDecisions decisions)
    {
        var open = decisions.Candidates.Count();
        if (open == decisions.Edges.Count)
            return null;
        if (open > 0)
            throw new ArgumentException($"{open} of {decisions.Edges.Count} edges are undecided; a supernet of '{space}' mixes all nodes or runs one cell.");
        var operations = new string[space.Targets[^1] + 1];
        var sources = operations.Select(_ => new List<int>()).ToArray();
        foreach (var edge in space.Edges)
            if (decisions.Edges[edge.Index].Operation is { } operation)
            {
                operations[edge.Target] = operation;
                sources[edge.Target].Add(edge.Source);
            }
        var reaches = new bool[operations.Length];
        reaches[^1] = true;
        for (var node = operations.Length - 1; node > 0; node--)
            if (reaches[node])
                foreach (var source in sources[node])
                    reaches[source] = true;
        return new(operations, sources, reaches);
    }
}

/// <summary>One cell: a node sums its parents, the cell's input through a projection of its own, and mixes its operations of the sum; the output
/// is weight₀ · projection(input) + concatenation of the weighted nodes.</summary>
internal sealed class NasBench1Shot1Cell
{
    private readonly SearchSpace space;
    private readonly NodeRows rows;
    private readonly ConvolutionNormRelu[] projections;                  // of the input: one for each node, and the output's
    private readonly Func<Tensor, Mode, Tensor>[,] operations;           // [node − 1, column]

    public NasBench1Shot1Cell(SearchSpace space, NetworkWeights weights, string name, int inputs, int channels, BatchNormStyle norm)
    {
        (this.space, rows) = (space, space.NodeRows!);
        operations = new Func<Tensor, Mode, Tensor>[rows.Nodes, space.Operations.Count];
        projections = new ConvolutionNormRelu[rows.Nodes + 1];
        for (var node = 1; node <= rows.Nodes; node++)
        {
            projections[node - 1] = new(weights, $"{name}.projections.{node}", inputs, channels, kernel: 1, norm);
            foreach (var (column, operation) in space.Operations.Index())
                operations[node - 1, column] = NasBench101Operations.Make(weights, $"{name}.nodes.{node}.{operation}", operation, channels, norm);
        }
        projections[^1] = new(weights, $"{name}.projections.{rows.Nodes + 1}", inputs, rows.Nodes * channels, kernel: 1, norm);
    }

    /// <summary>Whether a path computes with a weight of the supernet.</summary>
    public static bool Reaches(string parameter, NodePath path) => parameter.Split('.') switch
    {
        ["cells", _, "projections", var node, ..] => path.Reaches[int.Parse(node, null)] && path.Sources[int.Parse(node, null)].Contains(0),
        ["cells", _, "nodes", var node, var operation, ..] => path.Reaches[int.Parse(node, null)] && path.Operations[int.Parse(node, null)] == operation,
        _ => true,
    };

    /// <summary>[B, C_in, H, W] → [B, nodes·C, H, W] under flattened rows of weights.</summary>
    public Tensor Mixed(Tensor x, Tensor mixture, Mode mode, DropPath? dropPath)
    {
        Tensor Row(int row) => mixture.narrow(0, space.FirstOf(row), space.RowLengths[row]);
        var states = new List<Tensor>();
        for (var node = 1; node <= rows.Nodes; node++)
        {
            List<Tensor> inputs = [projections[node - 1].Forward(x, mode), .. states];
            var sum = rows.SourcesOf(node) is { } row ? MixedSum(inputs, Row(row)) : Sum(inputs);
            var outputs = Enumerable.Range(0, space.Operations.Count).Select(column => operations[node - 1, column](sum, mode)).ToList();
            states.Add(Dropped(MixedSum(outputs, Row(rows.OperationsOf(node))), dropPath));
        }
        var weights = Row(rows.SourcesOf(rows.Nodes + 1)!.Value);
        return projections[^1].Forward(x, mode) * weights.narrow(0, 0, 1)
            + cat([.. states.Select((state, i) => state * weights.narrow(0, i + 1, 1))], dim: 1);
    }

    /// <summary>The same for one cell, every weight 0 or 1.</summary>
    public Tensor Single(Tensor x, NodePath path, Mode mode, DropPath? dropPath)
    {
        var states = new Tensor?[rows.Nodes + 1];
        for (var node = 1; node <= rows.Nodes; node++)
        {
            if (!path.Reaches[node])
                continue;
            var sum = Sum([.. path.Sources[node].Select(source => source == 0 ? projections[node - 1].Forward(x, mode) : states[source]!)]);
            var column = Enumerable.Range(0, space.Operations.Count).First(o => space.Operations[o] == path.Operations[node]);
            states[node] = Dropped(operations[node - 1, column](sum, mode), dropPath);
        }
        var read = path.Sources[rows.Nodes + 1];
        var nothing = zeros_like(states.First(s => s is not null)!);
        var output = cat([.. Enumerable.Range(1, rows.Nodes).Select(node => read.Contains(node) ? states[node]! : nothing)], dim: 1);
        return read.Contains(0) ? projections[^1].Forward(x, mode) + output : output;
    }

    private static Tensor MixedSum(IReadOnlyList<Tensor> terms, Tensor weights) => Torch.Ext.MixedOperation.WeightedSum(terms, weights);

    private static Tensor Sum(IReadOnlyList<Tensor> terms) => terms.Count == 1 ? terms[0] : Torch.Ext.MixedOperation.Sum(terms);

    private static Tensor Dropped(Tensor x, DropPath? dropPath) => dropPath is null ? x : dropPath.Apply(x);
}
