using System.Text.Json;
using System.Text.Json.Serialization;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Results;

/// <summary>Where a seed-run stands. Declared = finished + failed + cancelled + still open.</summary>
public enum SeedRunState
{
    /// <summary>Waits for something that its reason names (a slot, other runs' triggers …).</summary>
    Waiting,

    /// <summary>A unit of it is being executed.</summary>
    Running,

    /// <summary>Search and every retrain job ended with a result (a diverged result included).</summary>
    Finished,

    /// <summary>An infrastructure failure used up its retries; no value exists.</summary>
    Failed,

    /// <summary>Cancelled by a person, or not needed since a look decided the sweep's question; the reason tells.</summary>
    Cancelled,
}

/// <summary>One point of a trajectory. <paramref name="Step"/> counts trained epochs and never rewinds; <paramref name="Epoch"/> does.</summary>
public readonly record struct TrajectoryPoint(long Step, int Epoch, double Value);

/// <summary>A recorded decision of a search, in order.</summary>
public sealed record DecisionRecord(int Phase, long Step, int Epoch, string Name, JsonElement Detail);

/// <summary>One retraining of a searched cell. Accuracies in percent. <paramref name="Spec"/> says how it was done (images, network
/// size); without it a comparison cannot tell whether the number is flagged as a proxy, and says so.</summary>
public sealed record RetrainResult(
    string RetrainId, string Data, string Recipe, long RetrainSeed, RetrainOutcome Outcome, RetrainSpec? Spec = null);

/// <summary>What a run cost.</summary>
/// <param name="GradEvalsW">Gradient evaluations with respect to the network weights.</param>
/// <param name="GradEvalsAlpha">… with respect to the architecture.</param>
/// <param name="GradEvalsHessian">… spent on measurements: λmax, and the alignment of layers.</param>
/// <param name="EpochsTrained">Epochs trained, rollbacks included.</param>
/// <param name="EpochsKept">Epochs that the final state descends from.</param>
/// <param name="DiscardedSeconds">Seconds undone by rollbacks.</param>
/// <param name="WastedSeconds">Seconds lost to kills and retries.</param>
/// <param name="SearchSeconds">Device seconds of the search, useful part; the evaluation of candidates after the last epoch is in it.</param>
/// <param name="RetrainSeconds">Device seconds of all retrain jobs.</param>
/// <param name="ForwardEvals">Minibatches that the search evaluated without a gradient, validation after epochs left out.</param>
/// <param name="LambdaMaxSeconds">Device seconds of measuring λmax, those that rollbacks undid included; a part of the others.</param>
public sealed record RunCost(
    long GradEvalsW, long GradEvalsAlpha, long GradEvalsHessian, long EpochsTrained, long EpochsKept,
    double DiscardedSeconds, double WastedSeconds, double SearchSeconds, double RetrainSeconds,
    long ForwardEvals = 0, double LambdaMaxSeconds = 0);

/// <summary>One seed-run as the comparison sees it.</summary>
public sealed record SeedRunResult
{
    /// <summary>Seed-run id.</summary>
    public required string RunId { get; init; }

    /// <summary>Label of the arm in the manifest; the method's name unless given.</summary>
    public required string Arm { get; init; }

    /// <summary>The science.</summary>
    public required SeedRunSpec Spec { get; init; }

    /// <summary>Look of the sweep that needs it first, from 1; 0 in a sweep without looks.</summary>
    public int Look { get; init; }

    /// <summary>State at the time of reading.</summary>
    public required SeedRunState State { get; init; }

    /// <summary>Stable reason of a wait, failure or cancellation; null when finished.</summary>
    public string? Reason { get; init; }

    /// <summary>The reason as a sentence with values.</summary>
    public string? ReasonText { get; init; }

    /// <summary>Final genotype, null until the search has finished.</summary>
    public string? Genotype { get; init; }

    /// <summary>The search's loss was not finite.</summary>
    public bool SearchDiverged { get; init; }

    /// <summary>Retrainings that have a result, in manifest order.</summary>
    public IReadOnlyList<RetrainResult> Retrains { get; init; } = [];

    /// <summary>Benchmark-table values of the genotype in percent by column (NAS-Bench-201), empty without a table.</summary>
    public IReadOnlyDictionary<string, double> Table { get; init; } = new Dictionary<string, double>();

    /// <summary>What a comparison needs of the search; by default of the trajectories and decisions that are here.</summary>
    [JsonIgnore]
    public SearchDigest Search { get => field ??= SearchDigest.Of(Trajectories, Decisions); init; }

    /// <summary>Effective metrics of the search by name (<see cref="SearchRecords"/>, <c>train_loss</c> …). Empty when the sweep was read for its
    /// comparison only.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<TrajectoryPoint>> Trajectories { get; init; } =
        new Dictionary<string, IReadOnlyList<TrajectoryPoint>>();

    /// <summary>Effective decisions of the search, in order. Empty when the sweep was read for its comparison only.</summary>
    public IReadOnlyList<DecisionRecord> Decisions { get; init; } = [];

    /// <summary>Cost so far.</summary>
    public required RunCost Cost { get; init; }

    /// <summary>Attempts made over all units.</summary>
    public int Attempts { get; init; }

    /// <summary>A unit resumed on another numerics fingerprint, by permission.</summary>
    public bool NumericsChanged { get; init; }
}

/// <summary>The predeclared comparison: part of the sweep's hash.</summary>
/// <param name="PrimaryA">Arm whose stability is claimed (e.g. <c>sgas-es</c>).</param>
/// <param name="PrimaryB">Arm it is held against (e.g. <c>sgas-matched</c>).</param>
/// <param name="BudgetMatch"><c>none</c>, <c>gradEvals</c> or <c>epochs</c>.</param>
public sealed record ComparisonSpec(string? PrimaryA, string? PrimaryB, string BudgetMatch = "none")
{
    /// <summary>Level where none is declared.</summary>
    public const double DefaultAlpha = 0.05;

    /// <summary>Two-sided level of the primary test, shared by all looks; null: <see cref="DefaultAlpha"/>.</summary>
    public double? Alpha { get; init; }
}

/// <summary>A sweep and all its runs, as read from a store at one moment.</summary>
public sealed record SweepResult
{
    /// <summary>Sweep id.</summary>
    public required string SweepId { get; init; }

    /// <summary>Name in the manifest.</summary>
    public required string Name { get; init; }

    /// <summary>The manifest as submitted, byte for byte.</summary>
    public required string Manifest { get; init; }

    /// <summary>Arms in manifest order.</summary>
    public required IReadOnlyList<string> Arms { get; init; }

    /// <summary>The predeclared comparison.</summary>
    public required ComparisonSpec Comparison { get; init; }

    /// <summary>Seed-runs of the accepted plan, arms in manifest order, seeds ascending.</summary>
    public required IReadOnlyList<SeedRunResult> Runs { get; init; }

    /// <summary>Code version that planned the sweep.</summary>
    public required string CodeVersion { get; init; }

    /// <summary>Planned and taken looks; null in a sweep without.</summary>
    public SweepLooks? Looks { get; init; }

    /// <summary>Numerics fingerprints seen, by hash.</summary>
    public IReadOnlyDictionary<string, NumericsFingerprint> Fingerprints { get; init; } = new Dictionary<string, NumericsFingerprint>();

    /// <summary>The sweep as far as looks have let it grow: what a comparison may see.</summary>
    public SweepResult ToOpenLook() => Looks is { } looks ? this with { Runs = [.. Runs.Where(run => run.Look <= looks.Open)] } : this;
}
