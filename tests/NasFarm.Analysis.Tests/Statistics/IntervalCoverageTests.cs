using NasFarm.Analysis.Statistics;
using Xunit.Abstractions;

namespace NasFarm.Analysis.Tests.Statistics;

/// <summary>How often a 95 % interval of a ratio of spreads holds the true ratio, by simulation from fixed seeds
/// (docs/how-it-works/statistics.md has the table).</summary>
public sealed class IntervalCoverageTests(ITestOutputHelper output)
{
    private const int Trials = 400, Resamples = 800;

    /// <summary>Ratio 1/3 of two arms: normal scores, normal pairs with ρ = .5, heavy tails (a normal divided by the root of a χ²₅/5), and an arm of which
    /// one seed in five collapses, 15 SDs below the others, against a normal one.</summary>
    [Theory]
    [Trait("Tier", "all")]
    [InlineData("collapses", 10), InlineData("collapses", 20), InlineData("normal", 10), InlineData("normal", 20), InlineData("paired", 10), InlineData("paired", 20), InlineData("heavy", 10), InlineData("heavy", 20)]
    public void Intervals_of_ratios_cover_what_the_page_says(string kind, int n)
    {
        int bca = 0, studentised = 0, interquartile = 0, normal = 0;
        var widths = new List<(double Bca, double Studentised)>();
        for (var trial = 0; trial < Trials; trial++)
        {
            var random = new Random(1000 * n + trial);
            double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            double Heavy() => Normal() / Math.Sqrt(Enumerable.Range(0, 5).Sum(_ => { var z = Normal(); return z * z; }) / 5);
            double[] a = new double[n], b = new double[n];
            for (var i = 0; i < n; i++)
            {
                double shared = Normal(), x = kind == "heavy" ? Heavy() : Normal(), y = kind == "heavy" ? Heavy() : Normal();
                // 1 + .2 · .8 · 15² = 37 is the variance of the arm that collapses.
                if (kind == "collapses") y = (y - (random.NextDouble() < 0.2 ? 15 : 0)) / Math.Sqrt(37);
                (a[i], b[i]) = kind == "paired" ? (Math.Sqrt(.5) * (shared + x), 3 * Math.Sqrt(.5) * (shared + y)) : (x, 3 * y);
            }
            var bootstrap = new SeedBootstrap([a, b], Resamples, (ulong)trial);
            Interval first = bootstrap.Ratio(0, 1)!, second = bootstrap.StudentisedRatio(0, 1)!;
            var f = NormalTheory.VarianceRatio(a, b);
            bca += first.Contains(1 / 3.0) ? 1 : 0;
            studentised += second.Contains(1 / 3.0) ? 1 : 0;
            interquartile += bootstrap.InterquartileRatioInterval(0, 1)!.Contains(1 / 3.0) ? 1 : 0;
            normal += f.Contains(1 / 9.0) ? 1 : 0;
            widths.Add((first.Upper / first.Lower, second.Upper / second.Lower));
        }
        output.WriteLine($"{kind}, n = {n}: BCa {bca / (double)Trials:.000}, studentised {studentised / (double)Trials:.000}, IQR percentile {interquartile / (double)Trials:.000}, " +
            $"F {normal / (double)Trials:.000}; median upper/lower: BCa {widths.Select(w => w.Bca).Order().ElementAt(Trials / 2):0.0}, studentised {widths.Select(w => w.Studentised).Order().ElementAt(Trials / 2):0.0}");
        Assert.InRange(studentised / (double)Trials, 0.80, 1);
    }
}
