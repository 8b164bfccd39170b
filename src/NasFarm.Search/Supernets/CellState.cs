using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Supernets;

/// <summary>A node's value inside one forward pass of a cell, with what several edges share: its ReLU, and its pooled images.
/// The reference implementations compute these once per edge; the numbers are the same, the work and the memory are not.</summary>
/// <param name="whole">[B, C, H, W].</param>
/// <param name="rectifier">The ReLU of the network.</param>
/// <param name="partial">K: operations see the first C/K channels (<see cref="PartialChannels"/>).</param>
public sealed class CellState(Tensor whole, Rectifier rectifier, int partial = 1)
{
    private readonly Dictionary<(string Operation, int Stride), Tensor> pooled = [];
    private readonly Dictionary<int, Tensor> past = [];
    private Tensor? relu;

    /// <summary>All channels.</summary>
    public Tensor Whole { get; } = whole;

    /// <summary>The channels that operations see.</summary>
    public Tensor Value { get; } = partial == 1 ? whole : whole.narrow(1, 0, whole.shape[1] / partial).contiguous();

    /// <summary>The channels that go past an operation of this stride, computed at most once: as they are, or max-pooled 2×2.</summary>
    public Tensor Past(int stride)
    {
        if (past.TryGetValue(stride, out var known))
            return known;
        var (all, seen) = (Whole.shape[1], Value.shape[1]);
        var rest = Whole.narrow(1, seen, all - seen);
        return past[stride] = stride == 1 ? rest.contiguous() : F.max_pool2d(rest, 2, 2);
    }

    /// <summary>max(0, value), computed at most once; each call is one layer that uses it.</summary>
    public Tensor Relu
    {
        get
        {
            if (relu is null)
                return relu = rectifier.Apply(Value);
            rectifier.Used(relu);
            return relu;
        }
    }

    /// <summary>0 · value, of the shape that an operation of this stride gives it; connected to the value for gradients.</summary>
    public Tensor Zeros(int stride) => (stride == 1 ? Value : F.max_pool2d(Value, 1, stride)) * 0f;

    /// <summary>3×3 pooling, padding 1, of the value; averages leave the padding out (spec/search-spaces.md §1.1).</summary>
    public Tensor Pooled(string operation, int stride, Func<Tensor, Tensor>? then = null)
    {
        if (pooled.TryGetValue((operation, stride), out var known))
            return known;
        var made = operation switch
        {
            Operations.MaxPool3x3 => F.max_pool2d(Value, 3, stride, 1),
            Operations.AvgPool3x3 => AveragePooling.Pool3x3(Value, stride),
            _ => throw new ArgumentException($"'{operation}' is not a pooling operation."),
        };
        return pooled[(operation, stride)] = then is null ? made : then(made);
    }
}
