using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Phases;

/// <summary>Tensors as they were, to go back to: a value that walks away by addition does not return to the same floats.</summary>
/// <param name="tensors">What will be changed in place; copied now.</param>
public sealed class Snapshot(IReadOnlyList<Tensor> tensors)
{
    /// <summary>The copies, in the order given.</summary>
    public IReadOnlyList<Tensor> Values { get; } = [.. tensors.Select(t => t.detach().clone())];

    /// <summary>Moves every tensor to its value + <paramref name="distance"/> · direction.</summary>
    public void Displace(IReadOnlyList<Tensor> direction, double distance)
    {
        using var frozen = no_grad();
        for (var i = 0; i < tensors.Count; i++)
            tensors[i].copy_(Values[i]).add_(direction[i], alpha: distance);
    }

    /// <summary>Puts every value back, to the bit.</summary>
    public void Restore()
    {
        using var frozen = no_grad();
        for (var i = 0; i < tensors.Count; i++)
            tensors[i].copy_(Values[i]);
    }
}
