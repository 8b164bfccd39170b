using NasFarm.Analysis.Statistics;

namespace NasFarm.Analysis.Rankings;

/// <summary>Several values of τ in a line. SD with divisor n − 1, null below two. Rankings without order (all scores equal) have no τ and are left out.</summary>
/// <param name="N">Values of τ.</param>
public sealed record TauSummary(int N, double Mean, double? Sd, double Min, double Max)
{
    /// <summary>Null without a value.</summary>
    public static TauSummary? Of(IEnumerable<double?> taus)
    {
        double[] known = [.. taus.OfType<double>()];
        return known.Length == 0 ? null
            : new(known.Length, Sample.Mean(known), known.Length > 1 ? Sample.StandardDeviation(known) : null, known.Min(), known.Max());
    }
}

/// <summary>A figure at one moment (epoch or minibatch).</summary>
public sealed record TauAt(int Moment, TauSummary? Tau);

/// <summary>What choosing the k best children would have given.</summary>
/// <param name="Instance">Who chose.</param>
/// <param name="K">How many it chose.</param>
/// <param name="Chosen">Their names, best first.</param>
/// <param name="BestRank">Best true rank among them, from 1; equal truths share the better rank.</param>
/// <param name="BestScore">True score of that child.</param>
/// <param name="MeanScore">Mean true score of the chosen.</param>
public sealed record TopChoice(string Instance, int K, IReadOnlyList<string> Chosen, int BestRank, double BestScore, double MeanScore);

/// <summary>Statistics of <i>Deeper Insights into Weight Sharing</i> (Zhang et al., arXiv 2001.01431; spec/algorithms.md §18): how stable and how right
/// the rankings of a supernet are. Kendall's τ-b, so ties count for neither side. Pure functions.</summary>
public static class RankStability
{
    /// <summary>τ-b of two lists of scores of the same children; null when one of them has no order.</summary>
    public static double? Tau(double[] a, double[] b) => KendallTau.Test(a, b)?.Statistic;

    /// <summary>S-Tau at a moment: τ of every pair of instances, n(n − 1)/2 of them. Instances must have the same children in the same order.</summary>
    public static TauSummary? STau(IReadOnlyList<ScoreMatrix> instances, int moment)
    {
        RequireSame(instances);
        var scores = instances.Select(i => i.At(moment)).ToList();
        return TauSummary.Of(from a in Enumerable.Range(0, scores.Count) from b in Enumerable.Range(a + 1, scores.Count - a - 1) select Tau(scores[a], scores[b]));
    }

    /// <summary>GT-Tau at a moment: τ of each instance with the truth, in the order of its children.</summary>
    public static TauSummary? GtTau(IReadOnlyList<ScoreMatrix> instances, double[] truth, int moment) =>
        TauSummary.Of(instances.Select(i => Tau(i.At(moment), truth)));

    /// <summary>τ of one instance between each moment and the next.</summary>
    public static TauSummary? Consecutive(ScoreMatrix instance) =>
        TauSummary.Of(Enumerable.Range(1, instance.Moments.Count - 1).Select(m => Tau(instance.At(m - 1), instance.At(m))));

    /// <summary>τ of one instance between all pairs of its last k moments, e.g. minibatches; k is cut to what there is.</summary>
    public static TauSummary? AmongLast(ScoreMatrix instance, int k)
    {
        var last = Last(instance, k).Select(instance.At).ToList();
        return TauSummary.Of(from a in Enumerable.Range(0, last.Count) from b in Enumerable.Range(a + 1, last.Count - a - 1) select Tau(last[a], last[b]));
    }

    /// <summary>GT-Tau of one instance over its last k moments: how much it depends on when training stops.</summary>
    public static TauSummary? GtTauOverLast(ScoreMatrix instance, double[] truth, int k) =>
        TauSummary.Of(Last(instance, k).Select(m => Tau(instance.At(m), truth)));

    /// <summary>The k children with the highest scores at the last moment, equal scores in the order of the children, and what they are truly worth.</summary>
    public static TopChoice Top(ScoreMatrix instance, double[] truth, int k)
    {
        var scores = instance.Last;
        var chosen = Enumerable.Range(0, scores.Length).OrderByDescending(c => scores[c]).Take(k).ToList();
        var best = chosen.MaxBy(c => truth[c]);
        return new(instance.Instance, chosen.Count, [.. chosen.Select(c => instance.Children[c])],
            1 + truth.Count(t => t > truth[best]), truth[best], chosen.Average(c => truth[c]));
    }

    private static IEnumerable<int> Last(ScoreMatrix instance, int k) => Enumerable.Range(Math.Max(0, instance.Moments.Count - k), Math.Min(k, instance.Moments.Count));

    private static void RequireSame(IReadOnlyList<ScoreMatrix> instances)
    {
        foreach (var other in instances.Skip(1))
        {
            if (!other.Children.SequenceEqual(instances[0].Children) || !other.Moments.SequenceEqual(instances[0].Moments))
                throw new ArgumentException($"Instances {instances[0].Instance} and {other.Instance} do not have the same children at the same moments.");
        }
    }
}
