using NasFarm.Catalog.Methods;
using NasFarm.Search.Phases;

namespace NasFarm.Search.Methods;

/// <summary>R-DARTS (L2) (spec/algorithms.md §4.1): DARTS, second order, with the weight decay as its knob. One search of the published
/// five; choosing among them by limited retraining is the comparison's work, not the search's.</summary>
public sealed class RDartsL2 : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "r-darts-l2";
}

/// <summary>R-DARTS (DP) (spec/algorithms.md §4.1): DARTS, second order, with drop-path on the output of every mixed edge, identities
/// included, and cut-out on the images of both halves; both grow linearly from nothing. One search of the published four.
/// Every forward pass of a training step draws masks of its own; validation drops nothing.</summary>
public sealed class RDartsDp : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "r-darts-dp";

    /// <inheritdoc/>
    public TrainingNoise Noise(Hyperparameters settings, int epoch)
    {
        var (dropPath, ramp) = (settings.Double("searchDropPath"), RobustDartsMethods.Ramp(settings).At(epoch));
        return dropPath > 0 ? new(dropPath * ramp, new(settings.Int("searchCutout"), ramp)) : default;
    }
}
