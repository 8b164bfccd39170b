using NasFarm.Analysis.Statistics;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.Comparison;

/// <summary>Holds two arms against each other on one measure, as far as the smaller arm's n allows.</summary>
internal static class Contrasts
{
    public static Contrast Of(
        Series a, Series b, Measure measure, bool primary, bool main, Bootstraps.Ratios? ratios, OutcomeThreshold? outcome, double level, TestFamily family)
    {
        IReadOnlyList<Dot> dotsA = a.Dots(measure), dotsB = b.Dots(measure);
        var inB = dotsB.ToDictionary(d => d.Pair);
        var pairs = dotsA.Where(d => inB.ContainsKey(d.Pair)).Select(d => (A: d.Value, B: inB[d.Pair].Value)).ToList();
        var n = Math.Min(SampleSize.Seeds(dotsA), SampleSize.Seeds(dotsB));
        var contrast = new Contrast { A = a.Label, B = b.Label, Measure = measure.Id, Primary = primary, Pairs = pairs.Count, Evidence = SampleSize.Allows(n) };
        if (a.NoneRule != b.NoneRule)
        {
            return contrast with
            {
                Refused = $"{a.Label} uses noneRule {Name(a)}, {b.Label} {Name(b)}: " +
                    "excluding none alone halves the spread, so arms of different rules are not comparable.",
            };
        }

        double[] x = [.. dotsA.Select(d => d.Value)], y = [.. dotsB.Select(d => d.Value)];
        double[] pairedX = [.. pairs.Select(p => p.A)], pairedY = [.. pairs.Select(p => p.B)];
        contrast = contrast with { MeanDifference = pairs.Count > 0 ? Sample.Mean(pairedX) - Sample.Mean(pairedY) : null };
        if (contrast.Evidence == Evidence.Demonstration) return contrast with { Refused = SampleSize.Limitation(n) };

        var subject = $"{a.Label} / {b.Label}, {measure.Label}";
        double sdA = Sample.StandardDeviation(x), sdB = Sample.StandardDeviation(y);
        var paired = pairs.Count >= SampleSize.LeastForTests;
        bool? Outcome(SeedRunResult run) => outcome!.Collapsed(measure, run);
        return contrast with
        {
            Rho = paired ? Correlation.Pearson(pairedX, pairedY)?.Statistic : null,
            SdRatio = sdB > 0 ? sdA / sdB : null,
            SdRatioNormal = sdA > 0 && sdB > 0 ? SquareRoot(NormalTheory.VarianceRatio(x, y)) : null,
            SdRatioBootstrap = ratios?.Spread,
            SdRatioBca = ratios?.Bca,
            IqrRatio = ratios?.Interquartile,
            IqrRatioBootstrap = ratios?.InterquartileInterval,
            DetectableSdRatio = DetectableSpread.Ratio(n, level),
            BrownForsythe = family.Add("Brown–Forsythe", subject, BrownForsythe.Test(x, y), primary),
            FlignerKilleen = family.Add("Fligner–Killeen", subject, FlignerKilleen.Test(x, y)),
            Power = BrownForsythe.PowerFor(n)?.Power,
            PitmanMorgan = paired ? family.Add("Pitman–Morgan", subject, PitmanMorgan.Test(pairedX, pairedY)) : null,
            PitmanMorganRanks = paired ? family.Add("Pitman–Morgan on ranks", subject, PitmanMorgan.RankTest(pairedX, pairedY)) : null,
            WithoutDiverged = Surviving(dotsA, dotsB) is var (keptX, keptY)
                ? family.Add("Brown–Forsythe without diverged runs", subject, BrownForsythe.Test(keptX, keptY)) : null,
            Superiority = paired ? Superiority.Paired(pairedX, pairedY) : null,
            StructuralCollapse = main ? CollapseTest("structural collapse", subject, a, b, a.Collapsed, b.Collapsed, family) : null,
            OutcomeCollapse = main && outcome is not null && !a.IsRandom && !b.IsRandom
                ? CollapseTest("outcome collapse", subject, a, b, Outcome, Outcome, family) : null,
        };
    }

    private static string Name(Series arm) => arm.NoneRule.ToString().ToLowerInvariant();

    private static Interval SquareRoot(Interval variance) => variance with { Lower = Math.Sqrt(variance.Lower), Upper = Math.Sqrt(variance.Upper) };

    private static (double[] X, double[] Y)? Surviving(IReadOnlyList<Dot> a, IReadOnlyList<Dot> b)
    {
        if (!a.Concat(b).Any(d => d.Diverged)) return null;
        double[] x = [.. a.Where(d => !d.Diverged).Select(d => d.Value)], y = [.. b.Where(d => !d.Diverged).Select(d => d.Value)];
        return Math.Min(x.Length, y.Length) >= SampleSize.LeastForTests ? (x, y) : null;
    }

    // Pairs that share a seed: exact McNemar. No shared seed at all: Fisher's exact test of the two counts.
    private static PValue? CollapseTest(
        string what, string subject, Series a, Series b, Func<SeedRunResult, bool?> collapsedA, Func<SeedRunResult, bool?> collapsedB, TestFamily family)
    {
        Dictionary<SeedPair, bool> ofA = Known(a, collapsedA), ofB = Known(b, collapsedB);
        var shared = ofA.Keys.Where(ofB.ContainsKey).ToList();
        if (shared.Count >= SampleSize.LeastForTests)
        {
            return family.Add($"exact McNemar, {what}", subject,
                Proportions.McNemar(shared.Count(s => ofA[s] && !ofB[s]), shared.Count(s => ofB[s] && !ofA[s])));
        }
        if (shared.Count > 0 || Math.Min(ofA.Count, ofB.Count) < SampleSize.LeastForTests) return null;
        int k1 = ofA.Values.Count(c => c), k2 = ofB.Values.Count(c => c);
        return family.Add($"Fisher exact, {what}", subject, new TestResult(k1 - k2, Proportions.FisherExact(k1, ofA.Count, k2, ofB.Count)));
    }

    private static Dictionary<SeedPair, bool> Known(Series arm, Func<SeedRunResult, bool?> collapsed) => arm.Runs
        .Select(r => (Pair: Series.PairOf(r), Collapsed: collapsed(r)))
        .Where(r => r.Collapsed is not null)
        .ToDictionary(r => r.Pair, r => r.Collapsed!.Value);
}
