using System.Runtime.ExceptionServices;
using NasFarm.Analysis.Statistics;
using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;

namespace NasFarm.Analysis.Comparison;

/// <summary>Turns a sweep's result into its comparison, by the rules of spec/retraining-and-data.md §7 and §8. A pure function.</summary>
public static class SweepComparison
{
    /// <summary>Compares. <paramref name="known"/> are exact random distributions, where a table gives them.</summary>
    public static ComparisonReport Of(
        SweepResult sweep, IReadOnlyList<KnownRandomScores>? known = null,
        int resamples = SeedBootstrap.DefaultResamples, ulong bootstrapSeed = SeedBootstrap.DefaultSeed)
    {
        // 1. Who is there, and what is measured. Seeds of later looks are not looked at, even where another sweep has run them.
        var looks = SequentialLooks.Report(sweep);
        sweep = sweep.ToOpenLook();
        var declared = Tally.Of(sweep.Runs);
        var arms = Series.Of(sweep);
        var measures = Measure.Discover(sweep.Runs);
        var main = Measure.Main(measures);
        var valueless = measures.SelectMany(m => Valueless(arms, m)).ToList();
        var complete = declared.Declared > 0 && declared.Finished == declared.Declared && valueless.Count == 0;
        var primary = Primary(arms, sweep.Comparison);
        var level = looks?.Current.Level ?? sweep.Comparison.Alpha ?? ComparisonSpec.DefaultAlpha;
        var family = new TestFamily();

        // 2. Arms.
        var unequal = Flags.UnequalBudgets(arms, sweep.Comparison);
        var bootstraps = complete ? Bootstraps.Of(arms, measures, resamples, bootstrapSeed) : Bootstraps.None;
        // What concerns one arm alone is found for all arms at once; tests are counted in order.
        var found = FactsOf(arms);
        var armReports = arms.Zip(found, (arm, facts) => Report(
            arm, facts, arms, measures, main, complete, unequal.Contains(arm.Label), looks is { StoppedEarly: true }, bootstraps, known ?? [], family)).ToList();

        // 3. Contrasts, the primary one first; none while a run is missing.
        var contrasts = new List<Contrast>();
        if (complete)
        {
            foreach (var (a, b) in Pairs(arms, primary))
            {
                foreach (var measure in measures.Where(m => m == main).Concat(measures.Where(m => m != main)))
                {
                    if (a.Dots(measure).Count == 0 || b.Dots(measure).Count == 0) continue;
                    var isPrimary = measure == main && (a, b) == primary;
                    contrasts.Add(Contrasts.Of(a, b, measure, isPrimary, measure == main,
                        bootstraps.Of(a, b, measure), measure == main ? Threshold(a, arms, measure) : null, level, family));
                }
            }
        }
        var rankings = complete ? ArmRankings.Of(arms, measures, main, family) : [];
        family.Correct();

        // 4. What it means.
        var verdict = Verdicts.Of(declared, valueless.Count, main, armReports, contrasts, sweep.Comparison, looks);
        return new()
        {
            SweepId = sweep.SweepId, Name = sweep.Name, CodeVersion = sweep.CodeVersion, Predeclared = sweep.Comparison,
            Declared = declared, Settings = [.. arms.Select(a => a.Setting).Distinct()], Measures = measures, MainMeasure = main?.Id,
            Arms = armReports, Contrasts = contrasts, Rankings = rankings, PValues = family.Members,
            Verdict = verdict,
            Looks = looks,
            Notes = Notes.Of(verdict, arms, armReports, contrasts, measures, main, complete, valueless, sweep, looks, rankings.Count > 0),
            Flags = Flags.Explain(armReports.SelectMany(a => a.Scores).SelectMany(s => s.Flags)),
            Resampling = new(bootstrapSeed, resamples),
            Published = arms.Any(a => a.Setting.Space.Name == "nas-bench-201") ? PublishedFigures.NasBench201 : [],
        };
    }

    private sealed record Facts(SearchBehaviour Behaviour, GenotypeStatistics? Cells, LambdaSummaries? Lambda, CollapseCount Structural);

    /// <summary>Throws what the first arm that cannot be read throws, as one arm alone would.</summary>
    private static List<Facts> FactsOf(IReadOnlyList<Series> arms)
    {
        try
        {
            return [.. arms.AsParallel().AsOrdered().Select(arm => new Facts(SearchBehaviour.Of(arm), GenotypeStatistics.Of(arm), LambdaSummaries.Of(arm), StructuralCollapse.Count(arm)))];
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
            throw;
        }
    }

    private static ArmReport Report(
        Series arm, Facts facts, IReadOnlyList<Series> arms, IReadOnlyList<Measure> measures, Measure? main, bool complete, bool unequalBudget,
        bool stoppedEarly, Bootstraps bootstraps, IReadOnlyList<KnownRandomScores> known, TestFamily family)
    {
        var scores = measures.Select(measure => ArmScores.Of(
            arm, measure, complete, Flags.Of(arm, measure, arm.Dots(measure).Count, facts.Behaviour, unequalBudget, stoppedEarly),
            bootstraps.StandardDeviation(arm, measure), values => BetterThanRandom(values, arm, arms, measure, known))).ToList();
        return new()
        {
            Label = arm.Label, Method = arm.Method, Setting = arm.Setting, NoneRule = arm.NoneRule, Declared = Tally.Of(arm.Runs),
            Diverged = arm.Runs.Count(r => r.State == SeedRunState.Finished && (r.SearchDiverged || r.Retrains.Any(t => t.Outcome.Diverged))),
            Scores = scores,
            Structural = facts.Structural,
            Outcome = main is not null && !arm.IsRandom ? Threshold(arm, arms, main)?.Count(main, arm.Runs) : null,
            Cost = Cost(arm),
            Behaviour = facts.Behaviour,
            Cells = facts.Cells,
            Lambda = facts.Lambda,
            Alignment = AlignmentSummary.Of(arm),
            SearchAgreement = main is null ? null : Agreement(arm, "search validation accuracy", r => r.Search.Last(SearchRecords.ValidAccuracy), main, complete, family),
            Transfer = Transfer(arm, measures, complete, family),
        };
    }

    // Rank correlation of the first retrain target with each other one, over seeds (§9).
    private static IReadOnlyList<RankAgreement> Transfer(Series arm, IReadOnlyList<Measure> measures, bool complete, TestFamily family)
    {
        var targets = measures.Where(m => m is { Kind: MeasureKind.Retrain, PadTo32: false } && arm.Dots(m).Count > 0).ToList();
        return [.. targets.Skip(1).Select(to => Agreement(arm, targets[0].Label, targets[0].ScoreOf, to, complete, family)).OfType<RankAgreement>()];
    }

    private static RankAgreement? Agreement(
        Series arm, string from, Func<SeedRunResult, double?> score, Measure to, bool complete, TestFamily family)
    {
        var both = arm.Runs.Where(r => r.State == SeedRunState.Finished && !r.SearchDiverged)
            .Select(r => (From: score(r), To: to.ScoreOf(r))).Where(p => p.From is not null && p.To is not null).ToList();
        if (both.Count < 2) return null;
        var tau = KendallTau.Test([.. both.Select(p => p.From!.Value)], [.. both.Select(p => p.To!.Value)]);
        var test = complete && both.Count >= SampleSize.LeastForTests ? family.Add("Kendall τ-b", $"{arm.Label}: {from} → {to.Label}", tau) : null;
        return new(from, to.Label, both.Count, tau?.Statistic, test);
    }

    private static Probability? BetterThanRandom(
        double[] values, Series arm, IReadOnlyList<Series> arms, Measure measure, IReadOnlyList<KnownRandomScores> known)
    {
        if (BenchmarkTables.BySpace.ContainsKey(arm.Setting.Space.Name) && known.FirstOrDefault(k => k.MeasureId == measure.Id && k.NoneRule == arm.NoneRule) is { } exact)
            return Superiority.AgainstKnown(values, [.. exact.Sorted]);
        var random = RandomScores(arm, arms, measure);
        return random.Length >= SampleSize.LeastForTests ? Superiority.Unpaired(values, random) : null;
    }

    private static OutcomeThreshold? Threshold(Series arm, IReadOnlyList<Series> arms, Measure measure) =>
        OutcomeThreshold.Of(arm.Setting.Space.Name, measure, arm.NoneRule, RandomScores(arm, arms, measure));

    private static double[] RandomScores(Series arm, IReadOnlyList<Series> arms, Measure measure) =>
        arms.FirstOrDefault(r => r.IsRandom && r.Setting == arm.Setting && r.NoneRule == arm.NoneRule) is { } random
            ? [.. random.Dots(measure).Select(d => d.Value)] : [];

    // Finished runs without a value on a measure that their arm has.
    private static IEnumerable<string> Valueless(IReadOnlyList<Series> arms, Measure measure) => arms
        .Where(arm => arm.Runs.Any(r => r.State == SeedRunState.Finished && !r.SearchDiverged && measure.ScoreOf(r) is not null))
        .SelectMany(arm => arm.Runs.Where(r => r.State == SeedRunState.Finished && measure.ScoreOf(r) is null)
            .Select(r => $"{arm.Label} seed {Series.PairOf(r)} has no value for {measure.Label}"));

    internal static (Series A, Series B)? Primary(IReadOnlyList<Series> arms, ComparisonSpec declared) =>
        (from a in arms
         from b in arms
         where a.Arm == declared.PrimaryA && b.Arm == declared.PrimaryB && a.Setting == b.Setting
         select ((Series, Series)?)(a, b)).FirstOrDefault();

    private static IEnumerable<(Series A, Series B)> Pairs(IReadOnlyList<Series> arms, (Series A, Series B)? primary)
    {
        if (primary is { } first) yield return first;
        for (var i = 0; i < arms.Count; i++)
        {
            for (var j = i + 1; j < arms.Count; j++)
            {
                if (arms[i].Setting == arms[j].Setting && (arms[i], arms[j]) != primary && (arms[j], arms[i]) != primary) yield return (arms[i], arms[j]);
            }
        }
    }

    private static MeanCost? Cost(Series arm)
    {
        var costs = arm.Runs.Where(r => r.State == SeedRunState.Finished).Select(r => r.Cost).ToList();
        return costs.Count == 0 ? null : new(
            costs.Average(c => (double)c.GradEvalsW), costs.Average(c => (double)c.GradEvalsAlpha), costs.Average(c => (double)c.GradEvalsHessian),
            costs.Average(c => (double)c.EpochsTrained), costs.Average(c => (double)c.EpochsKept), costs.Average(c => c.DiscardedSeconds),
            costs.Average(c => c.WastedSeconds), costs.Average(c => c.SearchSeconds), costs.Average(c => c.RetrainSeconds),
            costs.Average(c => (double)c.ForwardEvals));
    }
}
