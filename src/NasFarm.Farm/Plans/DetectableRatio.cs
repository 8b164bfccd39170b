using System.Globalization;
using NasFarm.Catalog.Results;

namespace NasFarm.Farm.Plans;

/// <summary>What n seeds per arm can show about stability, said before anything is trained (spec/retraining-and-data.md §7).</summary>
public static class DetectableRatio
{
    /// <summary>Two-sided level of the test.</summary>
    public const double Alpha = 0.05;

    /// <summary>Wished probability of finding a difference that is there.</summary>
    public const double Power = 0.80;

    /// <summary>Smallest ratio of variances R = σ₁²/σ₂² &gt; 1 that a two-sided F-test on n + n normal values finds with
    /// <see cref="Power"/>.
    /// With F(n−1, n−1) and its quantiles q: power(R) = 1 − P(F ≤ q(1−α/2)/R) + P(F ≤ q(α/2)/R); R solves power(R) = 0.80.
    /// Normal values are the best case: Brown–Forsythe, which the report uses, needs a somewhat larger ratio.
    /// Null for n &lt; 2, where there is no variance.</summary>
    public static double? OfVariances(int n)
    {
        if (n < 2) return null;
        var (lower, upper) = (FDistribution.Quantile(Alpha / 2, n - 1, n - 1), FDistribution.Quantile(1 - Alpha / 2, n - 1, n - 1));
        return FDistribution.Solve(r => r < 1 ? -1 : PowerAt(r) - Power);

        double PowerAt(double ratio) =>
            1 - FDistribution.Cdf(upper / ratio, n - 1, n - 1) + FDistribution.Cdf(lower / ratio, n - 1, n - 1);
    }

    /// <summary>The sentence for a plan with looks.</summary>
    public static string Sentence(IReadOnlyList<PlannedLook> looks, ComparisonSpec comparison) => string.Create(CultureInfo.InvariantCulture,
        $"Looks after {string.Join(", ", looks.Select(look => look.Seeds))} seeds per arm: whole cohorts are added to every arm until the spread of "
            + $"{comparison.PrimaryA} against {comparison.PrimaryB} is decided, at the {100 * (comparison.Alpha ?? ComparisonSpec.DefaultAlpha):0.##} % level, two-sided, over all looks.");

    /// <summary>The sentence for a plan: what n seeds per arm allow.</summary>
    public static string Sentence(int n) => n switch
    {
        < 5 => $"{n} {(n == 1 ? "seed" : "seeds")} per arm cannot test stability: the report will show dots, range, mean and "
            + "collapse counts, but no test, no bootstrap and no interval of a standard deviation. "
            + "Brown–Forsythe at 3 + 3 can never reject; plan 10 or more.",
        < 10 => $"{n} seeds per arm: {Smallest(n)} Intervals will assume normal values; the test's power is printed with it.",
        _ => $"{n} seeds per arm: {Smallest(n)}",
    };

    private static string Smallest(int n)
    {
        var ratio = OfVariances(n)!.Value;
        return string.Create(CultureInfo.InvariantCulture,
            $"the smallest difference found with 80 % power is a variance ratio of {ratio:0.0} (standard deviations "
                + $"{Math.Sqrt(ratio):0.0} to 1), at the 5 % level, two-sided, for normal values.");
    }
}
