using System.Globalization;

namespace NasFarm.Analysis.Report.Svg;

/// <summary>A linear axis: values from <see cref="Min"/> to <see cref="Max"/> on <paramref name="From"/> … <paramref name="To"/>.</summary>
internal sealed record Scale(double Min, double Max, double From, double To, IReadOnlyList<double> Ticks)
{
    /// <summary>Covers the values with round ends and about <paramref name="count"/> round ticks.</summary>
    public static Scale Covering(IEnumerable<double> values, double from, double to, int count = 5)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (var v in values.Where(double.IsFinite)) (low, high) = (Math.Min(low, v), Math.Max(high, v));
        if (low > high) (low, high) = (0, 1);
        if (low == high) (low, high) = (low - 0.5, high + 0.5);
        var step = Step((high - low) / count);
        double first = Math.Floor(low / step + 1e-9), last = Math.Ceiling(high / step - 1e-9);
        return new(first * step, last * step, from, to, [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => Math.Round((first + i) * step, 10))]);
    }

    /// <summary>Place of a value.</summary>
    public double At(double value) => From + (value - Min) / (Max - Min) * (To - From);

    /// <summary>A tick's words: as few decimals as the step needs; thousands as k, millions as M.</summary>
    public string Label(double tick)
    {
        var step = Ticks.Count > 1 ? Ticks[1] - Ticks[0] : 1;
        var (unit, suffix) = Math.Max(Math.Abs(Min), Math.Abs(Max)) switch { >= 2e6 => (1e6, " M"), >= 1e4 => (1e3, " k"), _ => (1.0, "") };
        var decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(step / unit) - 1e-9), 0, 6);
        return tick == 0 ? "0" : (tick / unit).ToString("F" + decimals, CultureInfo.InvariantCulture) + suffix;
    }

    // 1, 2 or 5 times a power of ten, at least as large as asked.
    private static double Step(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return power * (least / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
