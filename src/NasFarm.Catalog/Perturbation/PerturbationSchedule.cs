using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Schedules;

namespace NasFarm.Catalog.Perturbation;

/// <summary>How far mixture weights are pushed in an epoch (spec/algorithms.md §7, §12.3).</summary>
public static class PerturbationSchedule
{
    /// <summary>ε from <c>epsilonStart</c> at epoch 0 towards <c>epsilonEnd</c> at the search's horizon.</summary>
    public static LinearSchedule Of(Hyperparameters settings) =>
        new(settings.Double("epsilonStart"), settings.Double("epsilonEnd"), settings.Int("epochs"));
}
