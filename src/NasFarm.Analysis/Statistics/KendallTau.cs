namespace NasFarm.Analysis.Statistics;

/// <summary>Kendall's τ-b: agreement of two rankings, corrected for ties.</summary>
public static class KendallTau
{
    private const int LargestExact = 33;

    /// <summary>τ-b with two-sided p, n ≥ 2: exact without ties up to 33 pairs, normal approximation otherwise. Null when either
    /// side is constant.</summary>
    public static TestResult? Test(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Sample.RequirePairs(x, y, 2);
        if (Sample.IsConstant(x) || Sample.IsConstant(y)) return null;
        long n = x.Length, all = n * (n - 1) / 2;
        Ties tiesX = new(x), tiesY = new(y);
        var (discordant, tiedInBoth) = Count(x, y);
        var concordant = all - tiesX.Pairs - tiesY.Pairs + tiedInBoth - discordant;
        var tau = (concordant - discordant) / Math.Sqrt((all - tiesX.Pairs) * (double)(all - tiesY.Pairs));
        tau = Math.Clamp(tau, -1, 1);
        return new(tau, tiesX.Pairs == 0 && tiesY.Pairs == 0 && n <= LargestExact
            ? Exact((int)n, (int)Math.Min(discordant, all - discordant))
            : Tail.NormalTwoSided((concordant - discordant) / Math.Sqrt(Variance(n, tiesX, tiesY))));
    }

    /// <summary>Pairs in opposite orders, and pairs that are tied on both sides: Knight's way (Journal of the American Statistical Association 1966),
    /// whose work grows with n log n. In the order of x, and of y where x is tied, a discordant pair is an inversion of y.</summary>
    private static (long Discordant, long TiedInBoth) Count(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var pairs = new (double X, double Y)[x.Length];
        for (var i = 0; i < pairs.Length; i++) pairs[i] = (x[i], y[i]);
        Array.Sort(pairs);
        long tied = 0, run = 0;
        for (var i = 1; i < pairs.Length; i++)
        {
            run = pairs[i] == pairs[i - 1] ? run + 1 : 0;
            tied += run;
        }
        var values = pairs.Select(p => p.Y).ToArray();
        return (Inversions(values, new double[values.Length]), tied);
    }

    /// <summary>Sorts by merging and counts the pairs that stood in descending order.</summary>
    private static long Inversions(Span<double> values, Span<double> merged)
    {
        if (values.Length < 2) return 0;
        var middle = values.Length / 2;
        var count = Inversions(values[..middle], merged[..middle]) + Inversions(values[middle..], merged[middle..]);
        for (int left = 0, right = middle, at = 0; at < values.Length; at++)
        {
            var fromLeft = right == values.Length || (left < middle && values[left] <= values[right]);
            merged[at] = fromLeft ? values[left++] : values[right++];
            if (!fromLeft) count += middle - left;
        }
        merged.CopyTo(values);
        return count;
    }

    // Share of permutations of n with at most `inversions` inversions, both tails (Kendall 1970, §5): one row of Mahonian
    // numbers as probabilities per element.
    private static double Exact(int n, int inversions)
    {
        if (4L * inversions >= (long)n * (n - 1)) return 1;
        var share = new double[inversions + 1];
        share[0] = 1;
        for (var size = 2; size <= n; size++)
        {
            var next = new double[inversions + 1];
            for (var k = 0; k <= inversions; k++)
            {
                for (var moved = 0; moved <= Math.Min(k, size - 1); moved++) next[k] += share[k - moved] / size;
            }
            share = next;
        }
        return Math.Min(1, 2 * share.Sum());
    }

    private static double Variance(double n, Ties x, Ties y)
    {
        var m = n * (n - 1);
        var third = n > 2 ? (double)x.Triples * y.Triples / (9 * m * (n - 2)) : 0;
        return (m * (2 * n + 5) - x.Weighted - y.Weighted) / 18 + 2.0 * x.Pairs * y.Pairs / m + third;
    }

    private readonly struct Ties
    {
        public Ties(ReadOnlySpan<double> values)
        {
            foreach (long t in values.ToArray().CountBy(v => v).Select(g => g.Value))
            {
                Pairs += t * (t - 1) / 2;
                Triples += t * (t - 1) * (t - 2);
                Weighted += t * (t - 1) * (2 * t + 5);
            }
        }

        public long Pairs { get; }
        public long Triples { get; }
        public long Weighted { get; }
    }
}
