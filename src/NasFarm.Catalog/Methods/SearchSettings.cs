using NasFarm.Catalog.EarlyStopping;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>Settings that several search methods share, each beside its source. NAS-Bench-201 defaults are those of the benchmark's
/// DARTS script (spec/algorithms.md §1.8), for every method, so that arms differ by method only.</summary>
internal static class SearchSettings
{
    private const string Nb201 = "nas-bench-201";
    private const string DartsSource = "DARTS train_search.py; spec/algorithms.md §1.2";
    private const string Nb201Source = DartsSource + "; NAS-Bench-201: §1.8";
    private const string LambdaSource = "spec/lambda-max.md §2.3, §2.5";

    /// <summary>Length of a search in one phase.</summary>
    public static HyperparameterDefinition Epochs(int value, string source) =>
        Integer("epochs", value, 1, 100_000, "epochs", "Epochs of the search.", source);

    /// <summary>Order of the architecture gradient.</summary>
    public static HyperparameterDefinition Order(int value, string source = "spec/algorithms.md §1.4, §1.5") => Integer(
        "order", value, 1, 2, null, "1: alpha gradient at the current weights; 2: after one unrolled weight step.", source);

    /// <summary>Optimisers of weights and alphas.</summary>
    public static IEnumerable<HyperparameterDefinition> Training(int batchSize, int batchSizeNb201, string batchSource) =>
    [
        Integer("batchSize", batchSize, 1, null, "images", "Images per step of each half in the first phase.", batchSource)
            .In(Nb201, (long)batchSizeNb201),
        Above("wLearningRate", 0.025, 0, null, "Learning rate of the weights at epoch 0 (SGD, cosine).", DartsSource),
        Number("wLearningRateMin", 0.001, 0, null, "Learning rate of the weights at the nominal horizon.", DartsSource),
        Choice("learningRateGranularity", "epoch", ["epoch", "step"],
            "When the cosine moves: once an epoch, or every step by the fractional epoch.", Nb201Source).In(Nb201, "step"),
        Number("momentum", 0.9, 0, 1, "SGD momentum.", DartsSource),
        Flag("nesterov", false, "Nesterov momentum.", Nb201Source).In(Nb201, true),
        Number("weightDecay", 3e-4, 0, null, "Coupled L2 on the weights.", Nb201Source).In(Nb201, 5e-4),
        Number("gradientClip", 5.0, 0, null,
            "Global L2 norm that the gradient of the weights is clipped to; 0: no clipping. Alphas are never clipped.", DartsSource),
        Above("alphaLearningRate", 3e-4, 0, null, "Learning rate of the alphas (Adam, constant).", DartsSource),
        Number("alphaBeta1", 0.5, 0, 0.999999, "Adam beta 1 of the alphas.", DartsSource),
        Number("alphaBeta2", 0.999, 0, 0.999999, "Adam beta 2 of the alphas.", DartsSource),
        Number("alphaWeightDecay", 1e-3, 0, null, "Coupled L2 on the alphas; also shifts every Hessian eigenvalue.", DartsSource),
        Number("alphaInitialScale", 1e-3, 0, null, "Standard deviation of the initial alphas.", "spec/algorithms.md §1.1"),
        Choice("stepOrder", "alpha-first", ["alpha-first", "w-first"], "Which of the two updates of a step comes first.", Nb201Source)
            .In(Nb201, "w-first"),
    ];

    /// <summary><see cref="Training"/> of a method without alphas: the optimiser of the weights alone.</summary>
    public static IEnumerable<HyperparameterDefinition> WeightTraining(int batchSize, int batchSizeNb201, string batchSource) =>
        Training(batchSize, batchSizeNb201, batchSource)
            .Where(s => s.Name != "stepOrder" && !s.Name.StartsWith("alpha", StringComparison.Ordinal));

    /// <summary>The same with the batch of NAS-Bench-1Shot1's own search scripts in its spaces.</summary>
    public static IEnumerable<HyperparameterDefinition> OnNodes(this IEnumerable<HyperparameterDefinition> settings) =>
        settings.Select(s => s.Name == "batchSize" ? s.InNasBench1Shot1(96L) with { Source = s.Source + "; NAS-Bench-1Shot1: spec/search-spaces.md §4" } : s);

    /// <summary>Another default in the three spaces of NAS-Bench-1Shot1.</summary>
    public static HyperparameterDefinition InNasBench1Shot1(this HyperparameterDefinition setting, object value) =>
        NasBench1Shot1.All.Aggregate(setting, (s, space) => s.In(space.Name, value));

    /// <summary>The optimiser that the NAS-Bench-201 scripts use, in every space: w before α, Nesterov, decay 5e-4, a cosine that moves every step.</summary>
    public static IEnumerable<HyperparameterDefinition> WithBenchmarkOptimiser(this IEnumerable<HyperparameterDefinition> settings, string source) =>
        settings.With("learningRateGranularity", "step", source).With("nesterov", true, source).With("weightDecay", 5e-4, source)
            .With("stepOrder", "w-first", source);

    /// <summary>Measuring λmax. Methods that act on it must measure it.</summary>
    public static IEnumerable<HyperparameterDefinition> LambdaMax(bool on, bool ownInterval) =>
    [
        Flag("lambdaMax", on,
            "Measure the dominant eigenvalue of the Hessian of the validation loss with respect to the alphas.", "spec/lambda-max.md §1"),
        .. ownInterval
            ? [Integer("lambdaMaxEvery", 1, 1, null, "epochs", "Epochs between measurements.", "SGAS-es; spec/lambda-max.md §3")]
            : Array.Empty<HyperparameterDefinition>(),
        Integer("hessianBatches", 1, 1, null, "minibatches", "Alpha minibatches averaged in one measurement.", LambdaSource),
        Integer("lanczosSteps", 20, 2, 200, "steps", "Lanczos steps at most.", LambdaSource),
        // At 1 %, the source's value, a plateau below two close eigenvalues passes for the end: 2.3 % off in docs/results/README.md.
        Above("lanczosTolerance", 1e-5, 0, 1,
            "Stop when the largest Ritz value changes by less than this share twice in a row.", LambdaSource),
    ];

    /// <summary>When the growth of λmax counts; the first epoch that may be returned to is <see cref="EsStart"/>.</summary>
    public static IEnumerable<HyperparameterDefinition> EarlyStopping(EarlyStoppingRule rule, string source) =>
    [
        Integer("window", rule.Window, 1, 1000, "measurements", "Measurements in the local average of lambda-max.", source),
        Integer("every", rule.Every, 1, 1000, "epochs", "Epochs between measurements of lambda-max.", source),
        Integer("delta", rule.Delta, 1, 1000, "measurements", "Measurements between the two local averages compared.", source),
        Above("factor", rule.Factor, 1, null, "Stop when the local average has grown by more than this factor.", source),
    ];

    /// <summary>Where a phase may return to.</summary>
    public static HyperparameterDefinition EsStart(int value, string source) =>
        Integer("esStart", value, 0, 100_000, "epochs", "First epoch of a phase that may be returned to.", source);

    /// <summary>How far the mixture weights of a weight step are pushed.</summary>
    public static IEnumerable<HyperparameterDefinition> Perturbation(double start, double end, string source) =>
    [
        Number("epsilonStart", start, 0, 1, "Half-width of the perturbation of the mixture weights at epoch 0.", source),
        Number("epsilonEnd", end, 0, 1, "Half-width that the perturbation grows to, linearly, at the end of the search.", source),
    ];

    /// <summary>Relations of <see cref="Perturbation"/>.</summary>
    public static IEnumerable<HyperparameterProblem> CheckPerturbation(Hyperparameters h)
    {
        var (start, end) = (h.Double("epsilonStart"), h.Double("epsilonEnd"));
        if (start > end)
            yield return new("epsilonStart", FormattableString.Invariant($"epsilonStart ({start}) is above epsilonEnd ({end})."));
    }

    /// <summary>When the architecture steps begin.</summary>
    public static HyperparameterDefinition AlphaFromEpoch(int value, string source) => Integer(
        "alphaFromEpoch", value, 0, 100_000, "epochs", "First epoch with architecture steps; before it only the weights are trained.", source);

    /// <summary>SGAS's choice of the edge.</summary>
    public static IEnumerable<HyperparameterDefinition> Greedy(int batchIncrease) =>
    [
        Integer("criterion", 1, 1, 2, null,
            "1: edge importance × selection certainty; 2: … × selection stability.", "SGAS; spec/algorithms.md §2.2"),
        Integer("history", 4, 1, 100, "epochs", "Epochs kept for selection stability (criterion 2).", "SGAS; spec/algorithms.md §2.2"),
        Integer("batchIncrease", batchIncrease, 0, null, "images",
            "Images added to the batch after each decision.", "SGAS; spec/algorithms.md §2.3"),
    ];

    /// <summary>Relations that every training method keeps.</summary>
    public static IEnumerable<HyperparameterProblem> CheckTraining(Hyperparameters h)
    {
        var (max, min) = (h.Double("wLearningRate"), h.Double("wLearningRateMin"));
        if (min > max)
            yield return new("wLearningRateMin", FormattableString.Invariant($"wLearningRateMin ({min}) is above wLearningRate ({max})."));
        if (h.Bool("nesterov") && h.Double("momentum") == 0)
            yield return new("nesterov", "nesterov is true with momentum 0; Nesterov needs momentum.");
    }

    /// <summary>The early-stopping rule in resolved settings.</summary>
    public static EarlyStoppingRule Rule(Hyperparameters h) =>
        new(h.Int("window"), h.Int("every"), h.Int("delta"), h.Double("factor"), h.Int("esStart"));

    /// <summary>The same settings, one with another default and its source; the benchmark's defaults on NAS-Bench-201 stay.</summary>
    public static IEnumerable<HyperparameterDefinition> With(
        this IEnumerable<HyperparameterDefinition> settings, string name, object value, string source) =>
        settings.Select(s => s.Name == name ? s with { Default = value, Source = source } : s);

    public static HyperparameterDefinition Integer(
        string name, long value, long? min, long? max, string? unit, string description, string source) => new()
        {
            Name = name,
            Type = HyperparameterType.Integer,
            Default = value,
            Minimum = min,
            Maximum = max ?? int.MaxValue,
            Unit = unit,
            Description = description,
            Source = source,
        };

    public static HyperparameterDefinition Number(
        string name, double value, double? min, double? max, string description, string source) => new()
        {
            Name = name,
            Type = HyperparameterType.Number,
            Default = value,
            Minimum = min,
            Maximum = max,
            Description = description,
            Source = source,
        };

    public static HyperparameterDefinition Above(
        string name, double value, double min, double? max, string description, string source) =>
        Number(name, value, min, max, description, source) with { AboveMinimum = true };

    public static HyperparameterDefinition Flag(string name, bool value, string description, string source) => new()
    {
        Name = name,
        Type = HyperparameterType.Boolean,
        Default = value,
        Description = description,
        Source = source,
    };

    public static HyperparameterDefinition Choice(
        string name, string value, IReadOnlyList<string> allowed, string description, string source) => new()
        {
            Name = name,
            Type = HyperparameterType.Text,
            Default = value,
            Allowed = allowed,
            Description = description,
            Source = source,
        };
}
