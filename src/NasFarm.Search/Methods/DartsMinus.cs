using NasFarm.Catalog.Methods;

namespace NasFarm.Search.Methods;

/// <summary>DARTS- (spec/algorithms.md §20): DARTS, first order, on a supernet in which every edge adds β · skip to its mixture; β falls from 1 to
/// 0 and is the same in every forward pass of an epoch, validation and λmax included. The skip is the identity, or a factorized reduction
/// with weights of its own where the edge halves the image; it takes no share of the softmax, and the derived cell knows nothing of
/// it. The released code searches RobustDARTS' spaces only; on NAS-Bench-201 every auxiliary skip is an identity. Its 1×1 convolution in
/// place of the identity, an ablation, is not here.</summary>
public sealed class DartsMinus : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "darts-minus";

    /// <inheritdoc/>
    public double? AuxiliarySkip(Hyperparameters settings, int epoch) => DartsMinusMethod.Beta(settings, epoch);
}
