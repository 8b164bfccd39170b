using NasFarm.Catalog.Results;

namespace NasFarm.Farm.Hosting;

/// <summary>Where a run of a sweep stands, as far as an aggregate asks.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Arm">Its arm.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Diverged">Its search has.</param>
/// <param name="Accuracy">Mean test accuracy in percent of those retrain jobs of it that the sweep wants and that are done; null: none is.</param>
public sealed record RunStanding(string RunId, string Arm, SeedRunState State, bool Diverged, double? Accuracy);

/// <summary>A sweep summed up, arm by arm in plan order. Declared is always the sum of the other counts.</summary>
public sealed record SweepAggregate(string SweepId, IReadOnlyList<ArmAggregate> Arms)
{
    /// <summary>Runs that may still get a result.</summary>
    public int Open => Arms.Sum(a => a.Waiting + a.Running);

    /// <summary>All runs.</summary>
    public int Declared => Arms.Sum(a => a.Declared);

    /// <summary>Of runs in plan order: equal runs give equal sums to the last bit, however one came to know them.</summary>
    public static SweepAggregate Of(string sweepId, IEnumerable<RunStanding> runs) =>
        new(sweepId, [.. runs.GroupBy(r => r.Arm).Select(arm => ArmAggregate.Of(arm.Key, [.. arm]))]);

    /// <inheritdoc/>
    public bool Equals(SweepAggregate? other) => other is not null && SweepId == other.SweepId && Arms.SequenceEqual(other.Arms);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(SweepId, Declared, Open);
}

/// <summary>One arm.</summary>
/// <param name="Arm">Its label.</param>
/// <param name="Scored">Runs with an accuracy.</param>
/// <param name="MeanAccuracy">In percent, over those; null: none.</param>
/// <param name="StandardDeviation">Sample standard deviation of the accuracies over seeds (n − 1); null below two.</param>
/// <param name="Lowest">Lowest accuracy.</param>
/// <param name="Highest">Highest accuracy.</param>
public sealed record ArmAggregate(
    string Arm, int Waiting, int Running, int Finished, int Failed, int Cancelled, int Diverged,
    int Scored, double? MeanAccuracy, double? StandardDeviation, double? Lowest, double? Highest)
{
    /// <summary>All runs of the arm.</summary>
    public int Declared => Waiting + Running + Finished + Failed + Cancelled;

    internal static ArmAggregate Of(string arm, IReadOnlyList<RunStanding> runs)
    {
        int Count(SeedRunState state) => runs.Count(r => r.State == state);
        double[] accuracies = [.. runs.Select(r => r.Accuracy).OfType<double>()];
        double? mean = accuracies.Length > 0 ? accuracies.Average() : null;
        return new(
            arm, Count(SeedRunState.Waiting), Count(SeedRunState.Running), Count(SeedRunState.Finished), Count(SeedRunState.Failed), Count(SeedRunState.Cancelled),
            runs.Count(r => r.Diverged), accuracies.Length, mean,
            accuracies.Length > 1 ? Math.Sqrt(accuracies.Sum(a => (a - mean!.Value) * (a - mean.Value)) / (accuracies.Length - 1)) : null,
            accuracies.Length > 0 ? accuracies.Min() : null, accuracies.Length > 0 ? accuracies.Max() : null);
    }
}
