namespace NasFarm.Catalog.Results;

/// <summary>Names under which searches record what they measured and decided.</summary>
public static class SearchRecords
{
    /// <summary>Accuracy on the alpha half in percent.</summary>
    public const string ValidAccuracy = "valid_accuracy";

    /// <summary>Dominant eigenvalue.</summary>
    public const string LambdaMax = "lambda_max";

    /// <summary>α minibatches that a measurement of it averaged.</summary>
    public const string LambdaMaxBatches = "lambda_max_batches";

    /// <summary>Λ, agreement of the gradients of the layers that share the alphas.</summary>
    public const string LayerAlignment = "layer_alignment";

    /// <summary>Normalised entropy of the alphas, 1 when nothing was learned.</summary>
    public const string AlphaEntropy = "alpha_entropy";

    /// <summary>Mean margin of the two largest softmax weights.</summary>
    public const string AlphaMargin = "alpha_margin";

    /// <summary>Share of skip connections in the current genotype.</summary>
    public const string SkipShare = "skip_share";

    /// <summary>An early-stop rule fired.</summary>
    public const string Trigger = "trigger";

    /// <summary>Training went back to an earlier epoch.</summary>
    public const string Rollback = "rollback";

    /// <summary>How the names of decided edges begin.</summary>
    public const string Edge = "edge";
}

/// <summary>A moment in which a search decided edges. <paramref name="Step"/> counts trained epochs and never rewinds; <paramref name="Epoch"/> does.</summary>
public readonly record struct EdgeDecisionPoint(long Step, int Epoch);

/// <summary>What a comparison asks of a search: little enough to be kept beside the run, so that ten thousand runs are compared without
/// reading all that they recorded.</summary>
public sealed record SearchDigest
{
    /// <summary>Last effective value of each metric.</summary>
    public IReadOnlyDictionary<string, double> Final { get; init; } = new Dictionary<string, double>();

    /// <summary>Every measurement of λmax, steps ascending.</summary>
    public IReadOnlyList<TrajectoryPoint> LambdaMax { get; init; } = [];

    /// <summary>When edges were decided, steps ascending.</summary>
    public IReadOnlyList<EdgeDecisionPoint> EdgeDecisions { get; init; } = [];

    /// <summary>Early-stop triggers.</summary>
    public int Triggers { get; init; }

    /// <summary>Returns to earlier epochs.</summary>
    public int Rollbacks { get; init; }

    /// <summary>Last value of a metric; null when it was not recorded.</summary>
    public double? Last(string metric) => Final.TryGetValue(metric, out var value) ? value : null;

    /// <summary>Of effective records.</summary>
    /// <param name="trajectories">By metric, steps ascending.</param>
    /// <param name="decisions">In order.</param>
    public static SearchDigest Of(
        IReadOnlyDictionary<string, IReadOnlyList<TrajectoryPoint>> trajectories, IReadOnlyList<DecisionRecord> decisions) => new()
        {
            Final = trajectories.Where(t => t.Value.Count > 0).OrderBy(t => t.Key, StringComparer.Ordinal).ToDictionary(t => t.Key, t => t.Value[^1].Value),
            LambdaMax = trajectories.GetValueOrDefault(SearchRecords.LambdaMax) ?? [],
            EdgeDecisions =
        [
            .. decisions.Where(d => d.Name.StartsWith(SearchRecords.Edge, StringComparison.Ordinal))
                .GroupBy(d => d.Step).OrderBy(g => g.Key).Select(g => new EdgeDecisionPoint(g.Key, g.First().Epoch)),
        ],
            Triggers = decisions.Count(d => d.Name == SearchRecords.Trigger),
            Rollbacks = decisions.Count(d => d.Name == SearchRecords.Rollback),
        };
}
