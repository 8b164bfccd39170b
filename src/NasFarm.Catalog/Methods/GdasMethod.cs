using NasFarm.Catalog.Schedules;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>GDAS (spec/algorithms.md §6).</summary>
public static class GdasMethod
{
    private const string Source = "AutoDL-Projects exps/NAS-Bench-201-algos/GDAS.py and its configs; spec/algorithms.md §6";

    internal static MethodDefinition Definition { get; } = new()
    {
        Name = "gdas",
        Title = "GDAS",
        Source = "Dong and Yang, CVPR 2019 (arXiv 1910.04465); spec/algorithms.md §6",
        Idea = "DARTS on samples: every forward pass draws one operation per edge by Gumbel-softmax and runs no other, so that a step costs a fraction "
            + "of one of DARTS; gradients reach the alphas straight through the draw, which sharpens as its temperature falls.",
        // A cell of NAS-Bench-1Shot1 has its operations on nodes: it is not drawn edge by edge.
        Spaces = [.. SearchSpaces.WithoutNoise.Where(s => s.NodeRows is null).Select(s => s.Name)],
        Settings =
        [
            SearchSettings.Number("temperatureStart", 10.0, 1e-3, 1e6, "Temperature of the Gumbel-softmax at the first epoch (tau).", Source),
            SearchSettings.Number("temperatureEnd", 0.1, 1e-3, 1e6, "Temperature at the last epoch, reached linearly.", Source),
            SearchSettings.Flag(
                "othersAsNumbers", false,
                "Weights of operations that were not drawn enter their node's sum as numbers of value 0, which gives them gradients of their own.",
                "AutoDL-Projects search_cells.py: so in the NAS-Bench-201 cell, not in the NASNet-like one").In("nas-bench-201", true),
            SearchSettings.Epochs(250, Source),
            .. SearchSettings.Training(256, 64, Source).WithBenchmarkOptimiser(Source),
            // Measuring runs every operation, which the search itself never does.
            .. SearchSettings.LambdaMax(on: false, ownInterval: true),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h).Concat(CheckTemperature(h)),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };

    /// <summary>τ of an epoch: <c>temperatureStart</c> at the first, <c>temperatureEnd</c> at the last.</summary>
    public static LinearSchedule Temperature(Hyperparameters settings) =>
        new(settings.Double("temperatureStart"), settings.Double("temperatureEnd"), settings.Int("epochs") - 1);

    private static IEnumerable<HyperparameterProblem> CheckTemperature(Hyperparameters h)
    {
        var (start, end) = (h.Double("temperatureStart"), h.Double("temperatureEnd"));
        if (end > start)
            yield return new("temperatureEnd", FormattableString.Invariant($"temperatureEnd ({end}) is above temperatureStart ({start})."));
    }
}
