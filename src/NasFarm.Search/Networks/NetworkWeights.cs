using NasFarm.Search.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Networks;

/// <summary>A tensor under the name it has in checkpoints.</summary>
public readonly record struct NamedTensor(string Name, Tensor Value);

/// <summary>The trainable parameters and the buffers (batch-norm running statistics) of one network, by name, in order of
/// construction. Initial values come from counter-based streams keyed by seed and parameter name, so that two networks that
/// share a name and a seed share the values, whatever method searches them.</summary>
/// <param name="seed">Seed of the initial values.</param>
/// <param name="device">Where the tensors live.</param>
public sealed class NetworkWeights(long seed, Device device) : IDisposable
{
    private readonly List<NamedTensor> parameters = [];
    private readonly List<NamedTensor> buffers = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>Trainable tensors (leaves that require gradients).</summary>
    public IReadOnlyList<NamedTensor> Parameters => parameters;

    /// <summary>Running statistics.</summary>
    public IReadOnlyList<NamedTensor> Buffers => buffers;

    /// <summary>The ReLU of this network.</summary>
    public Rectifier Relu { get; } = new();

    /// <summary>Where the tensors live.</summary>
    public Device Device { get; } = device;

    /// <summary>Trainable numbers in all.</summary>
    public long ParameterCount => parameters.Sum(p => p.Value.numel());

    /// <summary>A parameter drawn from U(−1/√fanIn, 1/√fanIn), the framework's default for convolutions and linear layers
    /// (spec/algorithms.md §0.3).</summary>
    public Tensor Uniform(string name, long[] shape, long fanIn)
    {
        var values = new float[shape.Aggregate(1L, (product, side) => product * side)];
        InitialValues.FanInUniform(values, checked((int)fanIn), seed, name);
        return AddParameter(name, values, shape);
    }

    /// <summary>A parameter with one initial value (batch-norm affine weights: 1 and 0).</summary>
    public Tensor Constant(string name, long[] shape, float value)
    {
        var values = new float[shape.Aggregate(1L, (product, side) => product * side)];
        Array.Fill(values, value);
        return AddParameter(name, values, shape);
    }

    /// <summary>A buffer: state that forward passes change and gradients do not.</summary>
    public Tensor Buffer(string name, long length, float value)
    {
        Claim(name);
        var tensor = full([length], value, device: Device).DetachFromDisposeScope();
        buffers.Add(new(name, tensor));
        return tensor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in parameters.Concat(buffers))
            tensor.Value.Dispose();
    }

    private Tensor AddParameter(string name, float[] values, long[] shape)
    {
        Claim(name);
        Tensor leaf;
        using (var host = tensor(values, shape))
        {
            leaf = host.to(Device, copy: true).DetachFromDisposeScope();
        }
        leaf.requires_grad_(true);
        parameters.Add(new(name, leaf));
        return leaf;
    }

    private void Claim(string name)
    {
        if (!names.Add(name))
            throw new InvalidOperationException($"Two tensors of one network are named '{name}'.");
    }
}
