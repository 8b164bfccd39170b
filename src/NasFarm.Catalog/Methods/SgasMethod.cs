using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>SGAS as published, and with the schedule of SGAS-es as its matched control (spec/algorithms.md §2, §3.4).</summary>
internal static class SgasMethod
{
    public static MethodDefinition Definition { get; } = new()
    {
        Name = "sgas",
        StepsLikeDarts = true,
        Title = "SGAS",
        Source = "Li et al., CVPR 2020 (arXiv 1912.00195); spec/algorithms.md §2",
        Idea = "DARTS whose edges are decided one after another while the search goes on: every few epochs the most certain edge of each "
            + "cell type gets its best operation for good, and the rest is trained with that choice in place.",
        Spaces = [.. SearchSpaces.WithNone.Select(s => s.Name)],
        Settings = Settings(warmup: 9, interval: 5, batchSize: 64, source: "SGAS train_search.py; spec/algorithms.md §2.3"),
        Relations = Check,
        Phases = Plan,
    };

    public static MethodDefinition Matched { get; } = new()
    {
        Name = "sgas-matched",
        StepsLikeDarts = true,
        Title = "SGAS, matched to SGAS-es",
        Source = "SGAS-es train_search.py with early stopping off; spec/algorithms.md §3.4",
        Idea = "SGAS with the phase length, warm-up and batch size of the SGAS-es code, early stopping off: what is left between the two "
            + "is early stopping, and a few epochs at both ends of the search.",
        Spaces = [.. SearchSpaces.WithNone.Select(s => s.Name)],
        Settings = Settings(
            warmup: 9, interval: 15, batchSize: 32, source: "SGAS-es train_search.py, early_stop 0; spec/algorithms.md §3.4"),
        Relations = Check,
        Phases = Plan,
    };

    private static IReadOnlyList<HyperparameterDefinition> Settings(int warmup, int interval, int batchSize, string source) =>
    [
        SearchSettings.Integer("warmup", warmup, 0, 100_000, "epochs", "0-based epoch after which the first edge is decided.", source),
        SearchSettings.Integer("interval", interval, 1, 100_000, "epochs", "Epochs between two decisions.", source),
        SearchSettings.Integer("postEpochs", 5, 0, 100_000, "epochs", "Epochs after the last decision.", source),
        .. SearchSettings.Greedy(batchIncrease: 8),
        .. SearchSettings.Training(batchSize, 64, source + "; NAS-Bench-201: §2.8, §3.5"),
        .. SearchSettings.LambdaMax(on: true, ownInterval: true),
    ];

    private static IEnumerable<HyperparameterProblem> Check(Hyperparameters h, SearchSpace space)
    {
        foreach (var problem in SearchSettings.CheckTraining(h))
            yield return problem;

        // Without an epoch before the first decision the history is empty, every stability is 0 and the first edge wins by its index.
        if (h.Int("criterion") == 2 && h.Int("warmup") < 1)
            yield return new("warmup",
                $"warmup is {h.Int("warmup")} with criterion 2; selection stability needs at least 1 epoch of history.");
    }

    private static PhasePlan Plan(Hyperparameters h, SearchSpace space) => PhasePlan.FixedInterval(
        space.EdgesKept, h.Int("warmup"), h.Int("interval"), h.Int("postEpochs"), h.Int("batchSize"), h.Int("batchIncrease"));
}
