using System.Globalization;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Supernets;

/// <summary>The DARTS supernet (spec/search-spaces.md §1): a stem, cells of which two halve the image and double the channels, global
/// average pooling, a linear layer. Works for every operation list over the fourteen edges of the DARTS cell, also one that differs from
/// edge to edge (§3).</summary>
public sealed class DartsSupernet : ISupernet
{
    private const int StemMultiplier = 3;

    private readonly SearchSpace space;
    private readonly Convolution stem;
    private readonly BatchNorm stemNorm;
    private readonly List<DartsCell> cells = [];
    private readonly Linear classifier;
    private readonly NoiseSource noise;
    private readonly PartialChannels partial;
    private CellPlan[] plans = [];
    private double auxiliarySkip;

    /// <summary>Makes the network; every edge starts undecided.</summary>
    /// <param name="space">A space of the DARTS family.</param>
    /// <param name="channels">Initial channels C.</param>
    /// <param name="cellCount">Number of cells L; reductions at L/3 and 2L/3.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="device">Where the network lives.</param>
    /// <param name="auxiliarySkips">With a skip connection beside every mixture.</param>
    /// <param name="partialChannels">One channel in so many goes through the operations; 1: all.</param>
    public DartsSupernet(
        SearchSpace space, int channels, int cellCount, int imageChannels, int classes, long seed, Device device, bool auxiliarySkips = false,
        int partialChannels = 1)
    {
        this.space = space;
        partial = new(space, partialChannels);
        Weights = new(seed, device);
        noise = new(seed);
        var (previousPrevious, previous, current) = (StemMultiplier * channels, StemMultiplier * channels, channels);
        stem = new(Weights, "stem.0", imageChannels, previous, kernel: 3, padding: 1);
        stemNorm = new(Weights, "stem.1", previous, BatchNormStyle.Full);
        var previousReduces = false;
        for (var i = 0; i < cellCount; i++)
        {
            var reduces = SearchSpace.IsReduction(i, cellCount);
            if (reduces)
                current *= 2;
            cells.Add(new(Weights, $"cells.{i}", space, previousPrevious, previous, current, reduces, previousReduces, noise, auxiliarySkips, partial));
            (previousReduces, previousPrevious, previous) = (reduces, previous, space.InnerNodes * current);
        }
        classifier = new(Weights, "classifier", previous, classes);
        LayerTypes = [.. cells.Select(cell => cell.Reduces ? 1 : 0)];
        SetDecisions(CellDecisions.Start(space));
    }

    /// <inheritdoc/>
    public NetworkWeights Weights { get; }

    /// <inheritdoc/>
    public IReadOnlyList<NamedTensor> ActiveParameters { get; private set; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<int> LayerTypes { get; }

    /// <inheritdoc/>
    public void SetDecisions(IReadOnlyList<CellDecisions> decisions)
    {
        partial.Require(decisions);
        foreach (var plan in plans)
            plan.Dispose();
        plans = [.. decisions.Select(d => new CellPlan(space, d, Weights.Device))];
        ActiveParameters = EdgeWeights.Reachable(Weights.Parameters, plans,
            cell => LayerTypes[int.Parse(cell.AsSpan("cells.".Length), CultureInfo.InvariantCulture)]);
    }

    /// <inheritdoc/>
    public void MoveTo(long trained, int step) => noise.MoveTo(trained, step);

    /// <inheritdoc/>
    public void RepeatNoise() => noise.Repeat();

    /// <inheritdoc/>
    public void SetAuxiliarySkip(double coefficient) => auxiliarySkip = coefficient;

    /// <inheritdoc/>
    public Tensor ForwardLayers(Tensor x, IReadOnlyList<Tensor> layers, Mode mode, DropPath? dropPath = null) => Intermediate.Released(() =>
    {
        noise.NextForward(mode);
        var s0 = stemNorm.Forward(stem.Forward(x, mode), mode);
        var s1 = s0;
        for (var i = 0; i < cells.Count; i++)
            (s0, s1) = (s1, cells[i].Forward(s0, s1, plans[LayerTypes[i]], layers[i], mode, dropPath, auxiliarySkip));
        return classifier.Forward(s1.mean([2, 3]));
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var plan in plans)
            plan.Dispose();
        Weights.Dispose();
    }
}

/// <summary>One cell: two inputs, four nodes, fourteen mixed edges, concatenation of the four nodes.</summary>
internal sealed class DartsCell
{
    private readonly SearchSpace space;
    private readonly NoiseSource noise;
    private readonly PartialChannels partial;
    private readonly Rectifier rectifier;
    private readonly FactorizedReduce? reduce0;
    private readonly ConvolutionNorm? preprocess0;
    private readonly ConvolutionNorm preprocess1;
    private readonly Dictionary<(int Source, string Pool), BatchNorm> pools = [];
    private readonly Dictionary<(int Edge, int Operation), Func<CellState, Mode, Tensor>> candidates = [];
    private readonly AuxiliarySkips? auxiliary;

    public DartsCell(
        NetworkWeights weights, string name, SearchSpace space,
        int previousPrevious, int previous, int channels, bool reduces, bool previousReduces, NoiseSource noise, bool auxiliarySkips,
        PartialChannels partial)
    {
        (Reduces, this.space, this.noise, this.partial, rectifier) = (reduces, space, noise, partial, weights.Relu);
        var style = BatchNormStyle.Search;
        if (previousReduces)
            reduce0 = new(weights, $"{name}.preprocess0", previousPrevious, channels, style);
        else
            preprocess0 = Pointwise(weights, $"{name}.preprocess0", previousPrevious, channels, style);
        preprocess1 = Pointwise(weights, $"{name}.preprocess1", previous, channels, style);

        foreach (var edge in space.Edges)
            foreach (var (column, operation) in space.OperationsOn(reduces ? CellType.Reduce : CellType.Normal, edge.Index).Index())
                candidates[(edge.Index, column)] =
                    Candidate(weights, name, edge, operation, partial.Of(channels), Stride(edge));
        if (auxiliarySkips)
            auxiliary = new(space, edge => Stride(edge) == 2 ? new(weights, $"{name}.auxiliary.{edge.Index}", channels, channels, style) : null);
    }

    public bool Reduces { get; }

    /// <summary>In a reduction cell the edges from its two inputs halve the image (spec/search-spaces.md §1.3).</summary>
    private int Stride(CellEdge edge) => Reduces && edge.Source < space.InputNodes ? 2 : 1;

    /// <summary>[B, C_{k−2}, …], [B, C_{k−1}, …] → [B, 4C, …].</summary>
    public Tensor Forward(
        Tensor s0, Tensor s1, CellPlan plan, Tensor mixture, Mode mode, DropPath? dropPath, double auxiliarySkip) => Intermediate.Released(() =>
    {
        var dropping = mode == Mode.Evaluate ? null : dropPath;
        var relu0 = rectifier.Apply(s0);
        var states = new List<CellState>
        {
            partial.State(reduce0 is null ? preprocess0!.Forward(relu0, mode) : reduce0.Forward(relu0, mode), rectifier),
            partial.State(preprocess1.Forward(rectifier.Apply(s1), mode), rectifier),
        };
        for (var node = 0; node < plan.Nodes.Count; node++)
        {
            var sum = partial.Node(plan, node, mixture, states, mode, (t, source) =>
            {
                var output = candidates[(t.Edge, t.Operation)](source, mode);
                return dropping is not null && KeepsSize(plan, t) ? dropping.ApplyToSkip(output) : output;
            }, Stride, dropping is { DropsPaths: true } ? dropping : null);
            states.Add(partial.State(auxiliary?.Beside(sum, space.Targets[node], auxiliarySkip, states, mode) ?? sum, rectifier));
        }
        return cat([.. states.Skip(space.InputNodes).Select(s => s.Whole)], dim: 1);
    });

    /// <summary>The term is a skip connection that passes its input on as it is.</summary>
    private bool KeepsSize(CellPlan plan, Term term) => plan.OperationOf(term) == Operations.SkipConnect && !(Reduces && term.Source < 2);

    private static ConvolutionNorm Pointwise(NetworkWeights weights, string name, int inputs, int outputs, BatchNormStyle style) =>
        new(new(weights, $"{name}.op.1", inputs, outputs, kernel: 1), new(weights, $"{name}.op.2", outputs, style));

    private Func<CellState, Mode, Tensor> Candidate(
        NetworkWeights weights, string cell, CellEdge edge, string operation, int channels, int stride)
    {
        var name = EdgeWeights.Name(cell, edge.Index, operation);
        var style = BatchNormStyle.Search;
        switch (operation)
        {
            case Operations.None:
                return (s, _) => s.Zeros(stride);
            case Operations.Noise:
                return (s, _) => noise.Like(s.Value, stride, name);
            case Operations.SkipConnect when stride == 1:
                return (s, _) => s.Value;
            case Operations.SkipConnect:
                var reduce = new FactorizedReduce(weights, name, channels, channels, style);
                return (s, mode) => reduce.Forward(s.Relu, mode);
            case Operations.MaxPool3x3 or Operations.AvgPool3x3:
                // Pooling has no weights and its norm no affine part: every edge from this source sees the same numbers.
                if (!pools.TryGetValue((edge.Source, operation), out var norm))
                    pools[(edge.Source, operation)] = norm = new(weights, $"{cell}.pools.{edge.Source}.{operation}", channels, style);
                return (s, mode) => s.Pooled(operation, stride, p => norm.Forward(p, mode));
            case Operations.SepConv3x3 or Operations.SepConv5x5:
                var separable = DepthwiseSeparable.Separable(weights, name, channels, operation[^1] - '0', stride, style);
                return (s, mode) => separable.Forward(s.Relu, mode);
            case Operations.DilConv3x3 or Operations.DilConv5x5:
                var dilated = DepthwiseSeparable.Dilated(weights, name, channels, operation[^1] - '0', stride, style);
                return (s, mode) => dilated.Forward(s.Relu, mode);
            default:
                throw new ArgumentException($"The DARTS supernet has no operation '{operation}'.");
        }
    }
}
