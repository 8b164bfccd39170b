using NasFarm.Catalog.Perturbation;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;

namespace NasFarm.Search.Methods;

/// <summary>SDARTS-ADV (spec/algorithms.md §7): the architecture step is DARTS'; the weight step mixes with the rows near softmax(α) that
/// are worst for the w batch, found by projected sign ascent in evaluation mode. The logits never see the perturbation, so there is nothing
/// to restore. ε grows over the epochs. Departure from the released code: rows are moved in double precision.</summary>
public sealed class SdartsAdv : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "sdarts-adv";

    /// <inheritdoc/>
    public WeightGradient WeightGradient(TrainingStep step) => step.WeightGradient(WorstRows(step));

    /// <summary>The rows that the weight step mixes with; those of softmax(α) where nothing worse was found.</summary>
    public static MixtureRows WorstRows(TrainingStep step)
    {
        var (epsilon, steps) = (PerturbationSchedule.Of(step.Settings).At(step.Epoch), step.Settings.Int("attackSteps"));
        var home = step.Rows();

        // 1. A random start in the box.
        var worst = home.Shaken(epsilon, step.Random(StreamNames.Perturbation)).Projected();

        // 2. Up the training loss, back into the box, back on the simplex.
        for (var i = 0; i < steps; i++)
            worst = worst
                .With(step.EvaluatedGradient(worst), (a, gradient) => a + 2 * epsilon / steps * Math.Sign(gradient))
                .With(home, (a, middle) => Math.Clamp(a, middle - epsilon, middle + epsilon))
                .Projected();

        // 3. Nothing worse found: no perturbation.
        return step.EvaluatedLoss(worst) > step.EvaluatedLoss(home) ? worst : home;
    }
}
