using NasFarm.Catalog.Paths;
using NasFarm.Search.Randomness;

namespace NasFarm.Search.Phases;

/// <summary>Weight steps on uniformly drawn cells (spec/algorithms.md §17, §20).</summary>
public static class UniformPaths
{
    /// <summary>The gradient of the weight step on one drawn cell (<see cref="SinglePaths.Draw"/>), one for the batch. Released codes multiply by
    /// one-hot weights: there the weights of operations that were not drawn have zero gradients, decay and follow their momentum. Here
    /// these operations do not run, and their weights rest.</summary>
    public static WeightGradient UniformPathGradient(this TrainingStep step)
    {
        var random = step.Random(StreamNames.RandomArchitecture, "step");
        return step.State.Along(
            SinglePaths.Draw(step.State.Space, step.NoneRule, random.NextInt), () => step.WeightGradient(step.Mixtures()));
    }
}
