using NasFarm.Search.Networks;
using static TorchSharp.torch;

namespace NasFarm.Search.DerivedNetworks;

/// <summary>The network of one genotype, to be trained from scratch.</summary>
public interface IDerivedNetwork : IDisposable
{
    /// <summary>Trainable weights and running statistics, auxiliary head included.</summary>
    NetworkWeights Weights { get; }

    /// <summary>Trainable numbers without the auxiliary head.</summary>
    long ParameterCount { get; }

    /// <summary>Where the training stands, for operations that draw random numbers (see <see cref="NoiseSource"/>).</summary>
    void MoveTo(long trained, int step)
    {
    }

    /// <summary>[B, C, H, W] → logits [B, classes], and the auxiliary head's while training a network that has one.</summary>
    (Tensor Logits, Tensor? Auxiliary) Forward(Tensor x, Mode mode, DropPath? dropPath);
}
