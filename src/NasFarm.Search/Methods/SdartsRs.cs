using NasFarm.Catalog.Perturbation;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;

namespace NasFarm.Search.Methods;

/// <summary>SDARTS-RS (spec/algorithms.md §7): the architecture step is DARTS'; the weight step mixes with softmax(α) + U(−ε, ε), every row
/// put back on the simplex. The logits never see the perturbation, so there is nothing to restore. ε grows over the epochs.</summary>
public sealed class SdartsRs : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "sdarts-rs";

    /// <inheritdoc/>
    public WeightGradient WeightGradient(TrainingStep step)
    {
        var epsilon = PerturbationSchedule.Of(step.Settings).At(step.Epoch);
        return step.WeightGradient(step.Rows().Shaken(epsilon, step.Random(StreamNames.Perturbation)).Projected());
    }
}
