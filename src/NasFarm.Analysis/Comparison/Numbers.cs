using System.Globalization;
using NasFarm.Analysis.Statistics;

namespace NasFarm.Analysis.Comparison;

/// <summary>How numbers are written for people: the same everywhere.</summary>
public static class Numbers
{
    /// <summary>What stands where a number is not allowed or not known.</summary>
    public const string Absent = "–";

    /// <summary>Accuracy or SD in points, two decimals; a ratio over 0 is ∞.</summary>
    public static string Points(double? value) => value switch
    {
        null => Absent,
        double.PositiveInfinity => "∞",
        { } v => v.ToString("0.00", CultureInfo.InvariantCulture),
    };

    /// <summary>Lower–upper, two decimals.</summary>
    public static string Points(Interval? interval) => interval is null ? Absent : $"{Points(interval.Lower)}–{Points(interval.Upper)}";

    /// <summary>Estimate and interval: <c>0.44 (0.23–0.68)</c>.</summary>
    public static string Chance(Probability? p) =>
        p is null ? Absent : $"{Points(p.Estimate)} ({Points(p.Interval)})";

    /// <summary>p value: three decimals, <c>&lt; .001</c> below.</summary>
    public static string P(double p) => p < 0.001 ? "< .001" : p.ToString("0.000", CultureInfo.InvariantCulture).TrimStart('0') is ['.', ..] text ? text : "1";

    /// <summary>p value with its correction: <c>.031 (Holm .12)</c>.</summary>
    public static string P(PValue? p) => p is null ? Absent : p.Primary ? P(p.P) : $"{P(p.P)} (Holm {P(p.Read)})";

    /// <summary>Whole number with thousands separators from 10,000 on.</summary>
    public static string Count(double? value) => value is { } v ? v.ToString(Math.Abs(v) >= 10_000 ? "#,0" : "0.#", CultureInfo.InvariantCulture) : Absent;

    /// <summary>Seconds as <c>850 ms</c>, <c>42 s</c>, <c>12 min</c>, <c>3.4 h</c>.</summary>
    public static string Duration(double? seconds) => seconds switch
    {
        null => Absent,
        0 => "0 s",
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms"),
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
        < 6000 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.#} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h"),
    };

    /// <summary>Share as a percentage, one decimal.</summary>
    public static string Percent(double share) => FormattableString.Invariant($"{share * 100:0.0} %");

    /// <summary>General number with at most four significant digits.</summary>
    public static string Short(double? value) => value switch
    {
        null => Absent,
        double.PositiveInfinity => "∞",
        { } v => v.ToString("G4", CultureInfo.InvariantCulture),
    };
}
