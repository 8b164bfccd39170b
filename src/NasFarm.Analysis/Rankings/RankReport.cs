namespace NasFarm.Analysis.Rankings;

/// <summary>One instance of the supernet.</summary>
/// <param name="Instance">Its name.</param>
/// <param name="GtTau">τ with the truth at the last moment; null without truth or order.</param>
/// <param name="GtTauOverLast">… over the last moments; null without truth.</param>
/// <param name="Consecutive">τ between each moment and the next; null with one moment.</param>
/// <param name="AmongLast">τ between all pairs of the last moments; null with one moment.</param>
/// <param name="Top">What its best children are worth; empty without truth.</param>
public sealed record InstanceRanks(
    string Instance, double? GtTau, TauSummary? GtTauOverLast, TauSummary? Consecutive, TauSummary? AmongLast, IReadOnlyList<TopChoice> Top);

/// <summary>The last moment inside one group of children.</summary>
public sealed record GroupRanks(string Group, int Children, TauSummary? STau, TauSummary? GtTau);

/// <summary>How stable and how right the rankings of several trainings of one supernet are (spec/algorithms.md §18).</summary>
public sealed record RankReport
{
    /// <summary>Children, n of every τ.</summary>
    public required int Children { get; init; }

    /// <summary>Moments of each instance.</summary>
    public required int Moments { get; init; }

    /// <summary>Moments that count as the last ones.</summary>
    public required int LastMoments { get; init; }

    /// <summary>τ between pairs of instances at the last moment; null with one instance.</summary>
    public TauSummary? STau { get; init; }

    /// <summary>τ with the truth at the last moment, over instances; null without truth.</summary>
    public TauSummary? GtTau { get; init; }

    /// <summary>S-Tau at every moment; empty with one instance.</summary>
    public required IReadOnlyList<TauAt> STauCurve { get; init; }

    /// <summary>GT-Tau at every moment; empty without truth.</summary>
    public required IReadOnlyList<TauAt> GtTauCurve { get; init; }

    /// <summary>Every instance.</summary>
    public required IReadOnlyList<InstanceRanks> Instances { get; init; }

    /// <summary>Groups of two children or more; empty without groups.</summary>
    public required IReadOnlyList<GroupRanks> Groups { get; init; }

    /// <summary>All statistics. <paramref name="truth"/> is in the order of <see cref="ScoreTable.Children"/>; null: unknown.
    /// <paramref name="last"/> moments count as the last ones, at least 2.</summary>
    public static RankReport Of(ScoreTable table, double[]? truth, int last = 10, params IReadOnlyList<int> tops)
    {
        var instances = table.Instances;
        var moments = instances[0].Moments;
        var end = moments.Count - 1;
        return new()
        {
            Children = table.Children.Count,
            Moments = moments.Count,
            LastMoments = Math.Min(last, moments.Count),
            STau = RankStability.STau(instances, end),
            GtTau = truth is null ? null : RankStability.GtTau(instances, truth, end),
            STauCurve = instances.Count < 2 ? [] : [.. moments.Index().Select(m => new TauAt(m.Item, RankStability.STau(instances, m.Index)))],
            GtTauCurve = truth is null ? [] : [.. moments.Index().Select(m => new TauAt(m.Item, RankStability.GtTau(instances, truth, m.Index)))],
            Instances =
            [
                .. instances.Select(i => new InstanceRanks(i.Instance,
                    truth is null ? null : RankStability.Tau(i.Last, truth), truth is null ? null : RankStability.GtTauOverLast(i, truth, last),
                    RankStability.Consecutive(i), RankStability.AmongLast(i, last),
                    truth is null ? [] : [.. tops.Where(k => k <= table.Children.Count).Select(k => RankStability.Top(i, truth, k))])),
            ],
            Groups =
            [
                .. table.Groups.GroupBy(g => g.Value, g => g.Key).Where(g => g.Count() > 1).Select(g =>
                {
                    var children = table.Children.Where(g.Contains).ToList();
                    var inside = instances.Select(i => i.Of(children)).ToList();
                    double[]? known = truth is null ? null : [.. table.Children.Zip(truth).Where(c => g.Contains(c.First)).Select(c => c.Second)];
                    return new GroupRanks(g.Key, children.Count, RankStability.STau(inside, end), known is null ? null : RankStability.GtTau(inside, known, end));
                }),
            ],
        };
    }
}
