using NasFarm.Catalog.Methods;
using NasFarm.Search.Methods;
using NasFarm.Search.Phases;
using TorchSharp;
using static TorchSharp.torch;

namespace Ours;

/// <summary>DARTS whose architecture rests while the weights are young.</summary>
public sealed class LateDarts : IOwnMethod
{
    public MethodDefinition Definition { get; } = DartsMethod.Definition with
    {
        Name = "late-darts",
        Title = "Late DARTS",
        Source = "ours",
        Idea = "DARTS whose architecture rests for the first part of the search, so that alphas never judge weights that know nothing.",
        Settings =
        [
            new()
            {
                Name = "restShare", Type = HyperparameterType.Number, Default = 0.5, Minimum = 0, Maximum = 1,
                Description = "Share of the epochs before the first architecture step.", Source = "ours",
            },
            .. DartsMethod.Definition.Settings,
        ],
    };

    public IReadOnlyList<Tensor>? AlphaGradient(TrainingStep step) =>
        step.Epoch < step.Settings.Double("restShare") * step.Settings.Int("epochs") ? null : Architect.Gradient(step);
}
