namespace NasFarm.Analysis.Statistics;

/// <summary>An arm's scores by seed, each counted a number of times. Kept as distances from a middle one: a constant arm, or one that is
/// constant but for a seed that was left out, spreads by exactly 0, and nothing cancels.</summary>
internal sealed class ResampledArm
{
    private readonly double[] distances;   // 0 with weight 0 where unknown
    private readonly double[] known;
    private readonly int[] ascending;      // places of known values, least first

    /// <param name="scores">By seed; NaN where unknown. Three are needed.</param>
    public ResampledArm(double[] scores)
    {
        Sample.Require(scores.Where(v => !double.IsNaN(v)).ToArray(), 3);
        var middle = scores.Where(v => !double.IsNaN(v)).Order().ElementAt(scores.Count(v => !double.IsNaN(v)) / 2);
        distances = [.. scores.Select(v => double.IsNaN(v) ? 0 : v - middle)];
        known = [.. scores.Select(v => double.IsNaN(v) ? 0.0 : 1)];
        ascending = [.. Enumerable.Range(0, scores.Length).Where(i => known[i] > 0).OrderBy(i => distances[i])];
    }

    /// <summary>SD of the values repeated so many times each; NaN with fewer than two.</summary>
    public double Spread(double[] times)
    {
        double n = 0, sum = 0, squares = 0;
        for (var i = 0; i < distances.Length; i++)
        {
            var weighted = times[i] * distances[i];
            n += times[i] * known[i];
            sum += weighted;
            squares += weighted * distances[i];
        }
        return n < 2 ? double.NaN : Math.Sqrt(Math.Max(0, squares - sum * sum / n) / (n - 1));
    }

    /// <summary>SD without each seed in turn; a seed without a value changes nothing.</summary>
    public double[] SpreadsWithoutEach()
    {
        double n = known.Sum(), sum = distances.Sum(), squares = distances.Sum(d => d * d);
        return [.. distances.Select((d, i) => n - known[i] is var left && known[i] == 0 ? Of(left, sum, squares) : Of(left, sum - d, squares - d * d))];

        static double Of(double n, double sum, double squares) => Math.Sqrt(Math.Max(0, squares - sum * sum / n) / (n - 1));
    }

    /// <summary>Interquartile range of the values repeated so many times each (quantiles of Hyndman and Fan's type 7); NaN with fewer than two.</summary>
    public double InterquartileRange(double[] times)
    {
        var n = 0.0;
        foreach (var i in ascending) n += times[i];
        return n < 2 ? double.NaN : Quantile(0.75) - Quantile(0.25);

        double Quantile(double probability)
        {
            double place = probability * (n - 1), below = Math.Floor(place), seen = 0, low = double.NaN;
            foreach (var i in ascending)
            {
                if (times[i] == 0) continue;
                seen += times[i];
                if (double.IsNaN(low) && seen > below) low = distances[i];
                if (seen > below + 1 || seen >= n) return low + (place - below) * (distances[i] - low);
            }
            return low;
        }
    }

    /// <summary>Adds <paramref name="sign"/> times the influence of every seed on ln SD, ((x − mean)²/variance − 1)/(2n), under these weights
    /// (Hampel 1974; divisor n).</summary>
    public void AddInfluence(double[] times, double sign, double[] influence)
    {
        double n = 0, sum = 0;
        for (var i = 0; i < distances.Length; i++) (n, sum) = (n + times[i] * known[i], sum + times[i] * distances[i]);
        double mean = sum / n, squares = 0;
        for (var i = 0; i < distances.Length; i++)
        {
            if (known[i] > 0) squares += times[i] * (distances[i] - mean) * (distances[i] - mean);
        }
        for (var i = 0; i < distances.Length; i++)
        {
            if (known[i] > 0) influence[i] += sign * ((distances[i] - mean) * (distances[i] - mean) * n / squares - 1) / (2 * n);
        }
    }
}
