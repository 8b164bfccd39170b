namespace NasFarm.Analysis.Statistics;

/// <summary>A confidence interval. <paramref name="Assumes"/> says what must hold for it to be one, e.g. <c>normal</c>; null: nothing
/// beyond independence.</summary>
public sealed record Interval(double Lower, double Upper, double Level, string Method, string? Assumes = null)
{
    /// <summary>Level of every interval unless asked otherwise.</summary>
    public const double DefaultLevel = 0.95;

    /// <summary>Both ends included.</summary>
    public bool Contains(double value) => Lower <= value && value <= Upper;
}

/// <summary>A hypothesis test's outcome. <paramref name="P"/> is two-sided.</summary>
public readonly record struct TestResult(double Statistic, double P);
