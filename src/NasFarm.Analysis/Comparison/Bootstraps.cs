using NasFarm.Analysis.Statistics;

namespace NasFarm.Analysis.Comparison;

/// <summary>One joint bootstrap per setting and measure, over the arms with ten seeds or more.</summary>
internal sealed class Bootstraps
{
    private readonly Dictionary<(Setting, string), (IReadOnlyList<string> Arms, SeedBootstrap Resampled)> all = [];

    public static Bootstraps None { get; } = new();

    public static Bootstraps Of(IReadOnlyList<Series> arms, IReadOnlyList<Measure> measures, int resamples, ulong seed)
    {
        // Tables one after the other, since arms keep what they are asked; resampled at once, each with random numbers of its own.
        var tables = new List<(Setting Setting, string Measure, IReadOnlyList<string> Arms, List<double[]> Scores)>();
        foreach (var setting in arms.GroupBy(a => a.Setting))
        {
            foreach (var measure in measures)
            {
                var scored = setting.Select(a => (a.Label, Dots: a.Dots(measure)))
                    .Where(a => a.Dots.Count >= SampleSize.LeastForBootstrap).ToList();
                if (scored.Count == 0) continue;
                var seeds = scored.SelectMany(a => a.Dots.Select(d => d.Pair)).Distinct().Order().Index().ToDictionary(s => s.Item, s => s.Index);
                var scores = scored.Select(arm =>
                {
                    var row = Enumerable.Repeat(double.NaN, seeds.Count).ToArray();
                    foreach (var dot in arm.Dots) row[seeds[dot.Pair]] = dot.Value;
                    return row;
                }).ToList();
                tables.Add((setting.Key, measure.Id, [.. scored.Select(a => a.Label)], scores));
            }
        }
        var result = new Bootstraps();
        foreach (var (table, resampled) in tables.AsParallel().AsOrdered().Select(table => (table, new SeedBootstrap(table.Scores, resamples, seed))))
            result.all.Add((table.Setting, table.Measure), (table.Arms, resampled));
        return result;
    }

    public Interval? StandardDeviation(Series arm, Measure measure) =>
        all.TryGetValue((arm.Setting, measure.Id), out var found) && IndexOf(found.Arms, arm) is >= 0 and var i ? found.Resampled.StandardDeviation(i) : null;

    public Interval? Ratio(Series a, Series b, Measure measure) =>
        all.TryGetValue((a.Setting, measure.Id), out var found) && IndexOf(found.Arms, a) is >= 0 and var i && IndexOf(found.Arms, b) is >= 0 and var j
            ? found.Resampled.Ratio(i, j) : null;

    private static int IndexOf(IReadOnlyList<string> labels, Series arm) =>
        labels.Index().Where(l => l.Item == arm.Label).Select(l => l.Index).DefaultIfEmpty(-1).First();
}
