using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.Comparison;

/// <summary>Sentences that stand beside the numbers because a number cannot say them.</summary>
internal static class Notes
{
    private const int MostPairsByName = 3;

    public static IReadOnlyList<string> Of(
        Verdict verdict, IReadOnlyList<Series> arms, IReadOnlyList<ArmReport> reports, IReadOnlyList<Contrast> contrasts, IReadOnlyList<Measure> measures,
        Measure? main, bool complete, IReadOnlyList<string> valueless, SweepResult sweep, SequentialReport? looks, bool ranked) =>
        [.. All(arms, reports, contrasts, measures, main, complete, valueless, sweep, looks, ranked).Where(note => !verdict.Text.Contains(note, StringComparison.Ordinal))];

    private static IEnumerable<string> All(
        IReadOnlyList<Series> arms, IReadOnlyList<ArmReport> reports, IReadOnlyList<Contrast> contrasts, IReadOnlyList<Measure> measures,
        Measure? main, bool complete, IReadOnlyList<string> valueless, SweepResult sweep, SequentialReport? looks, bool ranked)
    {
        var declared = Tally.Of(sweep.Runs);
        if (!complete) yield return $"{declared}. While a run is missing there is no test and no verdict.";
        foreach (var sentence in valueless) yield return $"{sentence}.";

        var counts = reports.Select(a => SampleSize.Seeds(a.On(main?.Id)?.Dots ?? [])).Where(n => n > 0).ToList();
        if (complete && counts.Count > 0 && SampleSize.Limitation(counts.Min()) is { } limitation) yield return limitation;

        foreach (var setting in arms.GroupBy(a => a.Setting).Where(s => !s.Any(a => a.IsRandom)))
            yield return $"There is no random arm in {setting.Key}: nothing here says whether a method is better than drawing cells at random.";
        if (main is { Kind: MeasureKind.Retrain } && reports.All(a => a.Outcome is null))
            yield return "Outcome collapse needs random cells under the same recipe as its threshold; there are none, so only structural collapse is counted.";
        switch (reports.Where(a => a.On(main?.Id)?.NotDistinguishableFromRandom == true).Select(a => a.Label).ToList())
        {
            case [var only]:
                yield return $"{only} is not distinguishable from random: the interval of P(better than a random cell) holds .5.";
                break;
            case [.. var others, var last]:
                yield return $"{string.Join(", ", others)} and {last} are not distinguishable from random: the interval of P(better than a random cell) holds .5.";
                break;
        }

        foreach (var arm in reports.Where(a => a.On(main?.Id)?.AtTableNoise == true))
            yield return $"{arm.Label} spreads less than the table's own noise (SD below 0.21): its SD is at table noise, smaller differences mean nothing.";
        if (complete && main is { Kind: MeasureKind.Retrain } && reports.Any(a => a.On(main.Id) is { Dots.Count: > 0, SdMeaning: ArmScores.TotalVariance }))
        {
            yield return "Each search seed was retrained once, so an SD is the total of search and retraining variance; " +
                "two retrain seeds or more per search tell them apart.";
        }

        if (complete && arms.FirstOrDefault(a => ArmScores.Crossed(a.Runs)) is { } crossed)
        {
            yield return $"Search seeds are crossed with data orders ({crossed.Runs.Select(r => r.Spec.SearchSeed).Distinct().Count()} × " +
                $"{crossed.Runs.Select(r => r.Spec.DataOrderSeed).Distinct().Count()} in {crossed.Label}): n counts search seeds, but tests and intervals take runs of one " +
                "search seed as independent and promise too much; the variance components do not.";
        }

        // The tables show ρ of every pair: of many, their number is enough here.
        var tested = contrasts.Where(c => c.Measure == main?.Id && c.Rho is not null).ToList();
        var unpaired = tested.Where(c => c.PairingBoughtNothing).ToList();
        if (unpaired.Count > MostPairsByName)
            yield return $"|ρ| is below .2 in {unpaired.Count} of {tested.Count} pairs of arms: there pairing by seed bought nothing.";
        foreach (var contrast in unpaired.Count > MostPairsByName ? [] : unpaired)
            yield return $"{contrast.A} and {contrast.B}: |ρ| between the arms is below .2, so pairing by seed bought nothing.";
        foreach (var contrast in contrasts.Where(c => c.Refused is not null && c.Evidence != Evidence.Demonstration)) yield return contrast.Refused!;
        if (complete && arms.Select(a => a.Arm).Distinct().Count() >= ArmRanking.LeastArms && arms.Select(a => a.Setting).Distinct().Count() >= ArmRanking.LeastSettings && !ranked)
        {
            yield return $"Arms are not ranked over the settings: that needs {ArmRanking.LeastArms} arms with {SampleSize.LeastForTests} seeds or more in each of them, under one none rule.";
        }
        if (sweep.Comparison.BudgetMatch != "none" && reports.Any(a => a.Scores.Any(s => s.Flags.Contains("budget≠"))))
            yield return $"The manifest asks for budget.match {sweep.Comparison.BudgetMatch}, but mean costs differ by more than 5 % (flag budget≠).";
        if (reports.Sum(a => a.Diverged) is > 0 and var diverged)
            yield return $"{diverged} run{(diverged == 1 ? "" : "s")} diverged: counted as collapse with chance accuracy; a sensitivity line leaves diverged runs out.";
        if (sweep.Runs.Count(r => r.NumericsChanged) is > 0 and var changed)
            yield return $"{changed} run{(changed == 1 ? "" : "s")} resumed on another numerics fingerprint, by permission: not repeatable to the bit.";
        if (measures.Any(m => m.Kind == MeasureKind.Retrain) && sweep.Runs.SelectMany(r => r.Retrains).Any(r => r.Spec is null))
            yield return "Retrain settings were not recorded with the results: flags proxy-net and part-data cover the searches only.";
        if (reports.Any(a => a.Behaviour.Triggers > 0))
            yield return "Growth of λmax is not an indicator of collapse: it is shown beside the cells and scores, not counted.";
        if (looks is not null)
        {
            yield return looks.Sentence;
            if (complete) yield return "Boundaries of looks keep the level of the predeclared test alone; every other p value assumes that n was fixed beforehand.";
        }
        else if (complete && contrasts.Any(c => c.Evidence != Evidence.Demonstration))
            yield return "The tests assume that n was fixed beforehand; p values do not correct for looking before all seeds were in.";
    }
}
