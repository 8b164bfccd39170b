using NasFarm.Analysis.Statistics;

namespace NasFarm.Analysis.Comparison;

/// <summary>Joint bootstraps over the arms of a setting that have ten seeds or more. Measures with values for the same seeds share the draws.</summary>
internal sealed class Bootstraps
{
    private readonly Dictionary<(Setting Setting, string Measure, string Arm), (SeedBootstrap Resampled, int Row)> all = [];

    public static Bootstraps None { get; } = new();

    public static Bootstraps Of(IReadOnlyList<Series> arms, IReadOnlyList<Measure> measures, int resamples, ulong seed)
    {
        var result = new Bootstraps();
        foreach (var setting in arms.GroupBy(a => a.Setting))
        {
            foreach (var tables in measures.Select(measure => Table.Of(measure, setting)).OfType<Table>().GroupBy(table => table.Seeds, new SameSeeds()))
            {
                var rows = tables.SelectMany(table => table.Rows).ToList();
                var resampled = new SeedBootstrap([.. rows.Select(row => row.Scores)], resamples, seed);
                foreach (var (at, (measure, arm, _)) in rows.Index())
                    result.all.Add((setting.Key, measure, arm), (resampled, at));
            }
        }
        return result;
    }

    public Interval? StandardDeviation(Series arm, Measure measure) => all.TryGetValue((arm.Setting, measure.Id, arm.Label), out var found)
        ? found.Resampled.StudentisedStandardDeviation(found.Row) ?? found.Resampled.StandardDeviation(found.Row) : null;

    /// <summary>Null: an arm has too few seeds.</summary>
    public Ratios? Of(Series a, Series b, Measure measure)
    {
        if (!all.TryGetValue((a.Setting, measure.Id, a.Label), out var ofA) || !all.TryGetValue((a.Setting, measure.Id, b.Label), out var ofB)) return null;
        var bca = ofA.Resampled.Ratio(ofA.Row, ofB.Row);
        return new(ofA.Resampled.StudentisedRatio(ofA.Row, ofB.Row) ?? bca, bca,
            ofA.Resampled.InterquartileRatio(ofA.Row, ofB.Row), ofA.Resampled.InterquartileRatioInterval(ofA.Row, ofB.Row));
    }

    /// <summary>Ratios of spreads of a pair of arms. <paramref name="Spread"/> is the interval to read.</summary>
    public sealed record Ratios(Interval? Spread, Interval? Bca, double? Interquartile, Interval? InterquartileInterval);

    /// <summary>Scores of the arms on one measure, NaN where an arm has none for a seed of the others.</summary>
    private sealed record Table(SeedPair[] Seeds, IReadOnlyList<(string Measure, string Arm, double[] Scores)> Rows)
    {
        /// <summary>Null: no arm has enough of them.</summary>
        public static Table? Of(Measure measure, IEnumerable<Series> arms)
        {
            var scored = arms.Select(arm => (arm.Label, Dots: arm.Dots(measure))).Where(arm => arm.Dots.Count >= SampleSize.LeastForBootstrap).ToList();
            if (scored.Count == 0) return null;
            SeedPair[] seeds = [.. scored.SelectMany(arm => arm.Dots.Select(dot => dot.Pair)).Distinct().Order()];
            var places = seeds.Index().ToDictionary(seed => seed.Item, seed => seed.Index);
            return new(seeds, [.. scored.Select(arm =>
            {
                var row = Enumerable.Repeat(double.NaN, seeds.Length).ToArray();
                foreach (var dot in arm.Dots) row[places[dot.Pair]] = dot.Value;
                return (measure.Id, arm.Label, row);
            })]);
        }
    }

    private sealed class SameSeeds : IEqualityComparer<SeedPair[]>
    {
        public bool Equals(SeedPair[]? x, SeedPair[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(SeedPair[] seeds) => HashCode.Combine(seeds.Length, seeds[0], seeds[^1]);
    }
}
