namespace NasFarm.Analysis.Statistics;

/// <summary>Mean ranks of k treatments over N blocks, and whether they differ.</summary>
/// <param name="MeanRanks">By treatment; 1 is the least value of a block, ties share their ranks.</param>
/// <param name="Test">Friedman's χ² with its p; null when every block ties all treatments.</param>
/// <param name="Exact">p counts every assignment of ranks within blocks; false: p from χ² with k − 1 degrees of freedom.</param>
public sealed record FriedmanResult(IReadOnlyList<double> MeanRanks, TestResult? Test, bool Exact);

/// <summary>Friedman's test: do treatments that were all tried in the same blocks differ in rank?</summary>
public static class Friedman
{
    /// <summary>p is exact as long as no step adds more ranks than this: with few blocks χ² promises too much.</summary>
    private const long MostSums = 2_000_000;

    /// <summary>Test of <paramref name="blocks"/>: [block][treatment], two treatments and two blocks or more. The statistic is corrected for ties
    /// (Conover 1999).</summary>
    public static FriedmanResult Test(IReadOnlyList<double[]> blocks)
    {
        if (blocks.Count < 2) throw new ArgumentException($"There are {blocks.Count} blocks; two or more are needed.", nameof(blocks));
        int k = blocks[0].Length, n = blocks.Count;
        if (k < 2 || blocks.Any(b => b.Length != k))
            throw new ArgumentException($"Blocks have {string.Join(", ", blocks.Select(b => b.Length))} treatments; all need the same number, two or more.", nameof(blocks));

        var ranks = blocks.Select(b => Sample.Ranks(b)).ToArray();
        double[] sums = [.. Enumerable.Range(0, k).Select(j => ranks.Sum(r => r[j]))];
        double[] means = [.. sums.Select(s => s / n)];
        var middle = (k + 1) / 2.0;
        var within = ranks.Sum(block => block.Sum(r => (r - middle) * (r - middle)));
        if (within == 0) return new(means, null, true);
        var statistic = (k - 1) * Squares(sums, n * middle) / within;
        return Exact(ranks, n * middle, Squares(sums, n * middle)) is { } p
            ? new(means, new(statistic, p), true)
            : new(means, new(statistic, Tail.ChiSquaredAbove(statistic, k - 1)), false);
    }

    private static double Squares(IEnumerable<double> sums, double middle) => sums.Sum(s => (s - middle) * (s - middle));

    // The share of all k!ᴺ assignments of the blocks' own ranks whose sums spread at least as far. Sums in another order spread alike, so a state is
    // the sorted sums, doubled to whole numbers; null where there are too many.
    private static double? Exact(double[][] ranks, double middle, double observed)
    {
        if (ranks[0].Length > 8) return null;
        var states = new Dictionary<State, double> { [State.Of(ranks[0])] = 1 };
        foreach (var block in ranks.Skip(1))
        {
            var orders = Orders([.. block.Select(r => (int)Math.Round(2 * r))]).ToList();
            if (states.Count * (long)orders.Count > MostSums) return null;
            var next = new Dictionary<State, double>();
            foreach (var (state, share) in states)
            {
                foreach (var order in orders)
                {
                    var sum = state.Plus(order);
                    next[sum] = next.GetValueOrDefault(sum) + share / orders.Count;
                }
            }
            states = next;
        }
        return Math.Min(1, states.Where(s => Squares(s.Key.Sums.ToArray().Select(v => v / 2.0), middle) >= observed - 1e-9).Sum(s => s.Value));
    }

    private static IEnumerable<int[]> Orders(int[] values)
    {
        if (values.Length == 1)
        {
            yield return values;
            yield break;
        }
        for (var first = 0; first < values.Length; first++)
        {
            foreach (var rest in Orders([.. values.Where((_, i) => i != first)])) yield return [values[first], .. rest];
        }
    }

    private readonly struct State(int[] sums) : IEquatable<State>
    {
        private readonly int[] sums = sums;

        public ReadOnlySpan<int> Sums => sums;

        public static State Of(double[] ranks) => new([.. ranks.Select(r => (int)Math.Round(2 * r)).Order()]);

        public State Plus(int[] order)
        {
            var sum = new int[order.Length];
            for (var i = 0; i < sum.Length; i++) sum[i] = Sums[i] + order[i];
            Array.Sort(sum);
            return new(sum);
        }

        public bool Equals(State other) => Sums.SequenceEqual(other.Sums);

        public override bool Equals(object? obj) => obj is State other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var v in sums) hash.Add(v);
            return hash.ToHashCode();
        }
    }
}
