namespace NasFarm.Analysis.Statistics;

/// <summary>Where the variance of scores comes from, as standard deviations; null: the design does not tell it from the others.</summary>
/// <param name="Between">SD of search seeds; 0 when the data show none.</param>
/// <param name="Within">SD of retraining one cell.</param>
public sealed record VarianceComponents(double Between, double? Within)
{
    /// <summary>SD of data orders, where they are crossed with search seeds.</summary>
    public double? Order { get; init; }

    /// <summary>SD of what a search seed and a data order do together, beyond what each does alone.</summary>
    public double? Pair { get; init; }

    /// <summary><see cref="Pair"/> and <see cref="Within"/> together, where no pair was scored twice.</summary>
    public double? Rest { get; init; }

    /// <summary>One-way random effects by restricted maximum likelihood. Needs two groups with two values or more each; groups may
    /// differ in size.</summary>
    public static VarianceComponents Reml(IReadOnlyList<double[]> groups)
    {
        if (groups.Count < 2) throw new ArgumentException($"There are {groups.Count} groups; at least two are needed.");
        foreach (var group in groups) Sample.Require(group, 2);
        double[] means = [.. groups.Select(g => Sample.Mean(g))], sizes = [.. groups.Select(g => (double)g.Length)];
        var n = sizes.Sum();
        var within = groups.Sum(g => (g.Length - 1) * Sample.Variance(g));
        if (within == 0) return new(Sample.StandardDeviation(means), 0);

        // −2 log REML as a function of λ = between/within variance; the within variance is profiled out.
        (double Deviance, double WithinVariance) At(double lambda)
        {
            var weights = sizes.Select(s => s / (1 + s * lambda)).ToArray();
            var centre = weights.Zip(means, (w, m) => w * m).Sum() / weights.Sum();
            var variance = (within + weights.Zip(means, (w, m) => w * (m - centre) * (m - centre)).Sum()) / (n - 1);
            return ((n - 1) * Math.Log(variance) + sizes.Sum(s => Math.Log(1 + s * lambda)) + Math.Log(weights.Sum()), variance);
        }
        double Deviance(double u) => At(u / (1 - u)).Deviance;

        // u = λ/(1 + λ) brings all λ ≥ 0 into [0, 1): a grid finds the valley, golden section its floor.
        const int Grid = 400;
        var best = Enumerable.Range(0, Grid).MinBy(i => Deviance(i / (double)Grid));
        double low = Math.Max(0, best - 1) / (double)Grid, high = Math.Min(1 - 1e-12, (best + 1) / (double)Grid), golden = (Math.Sqrt(5) - 1) / 2;
        for (var i = 0; i < 90; i++)
        {
            double left = high - golden * (high - low), right = low + golden * (high - low);
            if (Deviance(left) <= Deviance(right)) high = right; else low = left;
        }
        var u = Deviance(0) <= Deviance((low + high) / 2) ? 0 : (low + high) / 2;
        var ratio = u / (1 - u);
        var withinVariance = At(ratio).WithinVariance;
        return new(Math.Sqrt(ratio * withinVariance), Math.Sqrt(withinVariance));
    }
}
