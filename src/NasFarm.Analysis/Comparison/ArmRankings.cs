using NasFarm.Analysis.Statistics;

namespace NasFarm.Analysis.Comparison;

/// <summary>What arms are ranked by.</summary>
public enum RankedBy
{
    /// <summary>Standard deviation over seeds; rank 1 spreads least.</summary>
    Spread,

    /// <summary>Mean score over seeds; rank 1 scores highest.</summary>
    Score,
}

/// <summary>A setting as a block of the ranking.</summary>
/// <param name="Setting">Space and data.</param>
/// <param name="Measure">Id of the measure that it is ranked on.</param>
/// <param name="Values">By arm: SD or mean, in points.</param>
public sealed record RankedSetting(Setting Setting, string Measure, IReadOnlyList<double> Values);

/// <summary>Arms ranked in several settings, with Friedman's test and Nemenyi's critical difference.</summary>
/// <param name="By">What was ranked.</param>
/// <param name="Arms">Arms that every setting has, in manifest order.</param>
/// <param name="MeanRanks">By arm; 1 is best.</param>
/// <param name="CriticalDifference">Mean ranks further apart differ, at the 5 % level for all pairs together.</param>
/// <param name="Friedman">Do the arms differ at all; null when every setting ties them all.</param>
/// <param name="Exact">Its p counts every assignment of ranks; false: from χ².</param>
/// <param name="Settings">The blocks.</param>
public sealed record ArmRanking(
    RankedBy By, IReadOnlyList<string> Arms, IReadOnlyList<double> MeanRanks, double CriticalDifference, PValue? Friedman, bool Exact, IReadOnlyList<RankedSetting> Settings)
{
    /// <summary>Arms needed.</summary>
    public const int LeastArms = 3;

    /// <summary>Settings needed.</summary>
    public const int LeastSettings = 2;

    /// <summary>Groups that the critical difference does not tell apart, arms by rank.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Groups
    {
        get
        {
            var sorted = Arms.Zip(MeanRanks).OrderBy(a => a.Second).ToList();
            return [.. Nemenyi.Groups([.. sorted.Select(a => a.Second)], CriticalDifference)
                .Select(g => (IReadOnlyList<string>)[.. sorted.Skip(g.First).Take(g.Last - g.First + 1).Select(a => a.First)])];
        }
    }
}

/// <summary>Ranks the arms over settings. A setting is one block however many targets its cells were retrained on: those scores share their cells.</summary>
internal static class ArmRankings
{
    public static IReadOnlyList<ArmRanking> Of(IReadOnlyList<Series> arms, IReadOnlyList<Measure> measures, Measure? main, TestFamily family)
    {
        var settings = arms.GroupBy(a => a.Setting).ToList();
        string[] names = [.. arms.Select(a => a.Arm).Distinct().Where(name => settings.All(s => s.Any(a => a.Arm == name)))];
        if (names.Length < ArmRanking.LeastArms || settings.Count < ArmRanking.LeastSettings || arms.Select(a => a.NoneRule).Distinct().Count() > 1) return [];
        var blocks = settings.Select(s =>
        {
            Series[] here = [.. names.Select(name => s.First(a => a.Arm == name))];
            // Benchmark columns belong to a space: where the main measure has no scores, the first that has.
            var measure = measures.OrderBy(m => m == main ? 0 : 1).FirstOrDefault(m => here.All(a => SampleSize.Seeds(a.Dots(m)) >= SampleSize.LeastForTests));
            return (Setting: s.Key, Measure: measure, Scores: measure is null ? [] : here.Select(a => a.Dots(measure).Select(d => d.Value).ToArray()).ToArray());
        }).ToList();
        if (blocks.Any(b => b.Measure is null)) return [];
        return [Rank(RankedBy.Spread, scores => Sample.StandardDeviation(scores), 1), Rank(RankedBy.Score, scores => Sample.Mean(scores), -1)];

        ArmRanking Rank(RankedBy by, Func<double[], double> value, int best)
        {
            var rows = blocks.Select(b => new RankedSetting(b.Setting, b.Measure!.Id, [.. b.Scores.Select(value)])).ToList();
            var found = Friedman.Test([.. rows.Select(r => r.Values.Select(v => best * v).ToArray())]);
            return new(by, names, found.MeanRanks, Nemenyi.CriticalDifference(names.Length, rows.Count),
                family.Add("Friedman", $"{(by == RankedBy.Spread ? "SD" : "mean")} of {names.Length} arms over {rows.Count} settings", found.Test), found.Exact, rows);
        }
    }
}
