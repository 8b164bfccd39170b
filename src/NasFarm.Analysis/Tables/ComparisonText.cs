using System.Text;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Statistics;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.Tables;

/// <summary>A comparison for the terminal: plain text, at most <see cref="Width"/> columns as long as arm labels are of usual length.</summary>
public static class ComparisonText
{
    /// <summary>Columns that tables and sentences fit.</summary>
    public const int Width = 100;

    /// <summary>Verdict, arms, contrasts, cost, notes and flags, in that order.</summary>
    public static string Render(ComparisonReport report)
    {
        var text = new StringBuilder();
        text.Append($"{report.Name}: {report.Verdict.Headline}\n").Append(TextTable.Wrap(report.Verdict.Text, Width)).Append('\n');
        text.Append($"{report.Declared}\n").Append(ArmText.Missing(report));
        if (report.Looks is not null) text.Append('\n').Append(Looks(report.Looks));
        foreach (var measure in report.Main is { } main ? report.Measures.Where(m => m == main).Concat(report.Measures.Where(m => m != main)) : report.Measures)
            text.Append('\n').Append(Scores(report, measure));
        text.Append('\n').Append(Collapse(report)).Append('\n').Append(Cost(report)).Append('\n').Append(Behaviour(report));
        if (report.Arms.Any(a => a.Cells is not null)) text.Append('\n').Append(ArmText.Cells(report));
        if (report.Arms.Any(a => a.Lambda is not null)) text.Append('\n').Append(ArmText.Lambda(report));
        if (report.Arms.Any(a => a.Alignment is not null)) text.Append('\n').Append(ArmText.Alignment(report));
        if (report.Contrasts.Any(c => c.Refused is null)) text.Append('\n').Append(Contrasts(report));
        foreach (var ranking in report.Rankings) text.Append('\n').Append(Ranking(ranking));
        text.Append("\nNotes\n");
        foreach (var note in report.Notes) text.Append(TextTable.Wrap(note, Width, "  "));
        text.Append("\nFlags\n");
        foreach (var flag in report.Flags) text.Append(TextTable.Wrap($"{flag.Flag}: {flag.Meaning}", Width, "  "));
        return text.ToString();
    }

    private static string Looks(SequentialReport looks)
    {
        var table = new TextTable("look", "seeds", "decides at p below", "|z|", "level spent", "p", "came of it");
        foreach (var look in looks.Planned)
        {
            var taken = looks.Taken.FirstOrDefault(t => t.Look == look.Look);
            table.Row($"{look.Look}", $"{look.Seeds}", SequentialLooks.Level(look.Level), Numbers.Points(look.Boundary), SequentialLooks.Level(look.Spent),
                taken?.P is { } p ? SequentialLooks.Level(p) : Numbers.Absent, looks.Outcome(look));
        }
        return $"Looks\n{table}";
    }

    private static string Scores(ComparisonReport report, Measure measure)
    {
        var main = measure.Id == report.MainMeasure;
        var table = new TextTable("arm", "n", "mean", "95 % of mean", "range", "SD", "95 % of SD", "> random");
        var flags = new StringBuilder();
        foreach (var arm in report.Arms)
        {
            var score = arm.On(measure.Id)!;
            table.Row(arm.Label, ArmText.Counted(score.N, arm), Numbers.Points(score.Mean), Numbers.Points(score.MeanInterval),
                score.N == 0 ? Numbers.Absent : $"{Numbers.Points(score.Min)}–{Numbers.Points(score.Max)}",
                Numbers.Points(score.Sd), Spread(score.SdBootstrap, score.SdNormal), Numbers.Chance(score.BetterThanRandom));
            if (score.Flags.Count > 0) flags.Append(TextTable.Wrap($"{arm.Label}: {string.Join(", ", score.Flags)}", Width, "  "));
            if (score.WithoutDiverged is { } without)
                flags.Append($"  {arm.Label} without diverged runs: n {without.N}, mean {Numbers.Points(without.Mean)}, SD {Numbers.Points(without.Sd)}\n");
            if (score.SdUser is { } user)
                flags.Append($"  {arm.Label}: SD_user {Numbers.Points(user)} (one training of the cell added){(score.AtTableNoise ? "; at table noise" : "")}\n");
            if (score.Components is { } parts) flags.Append(TextTable.Wrap($"{arm.Label}: {ArmText.Components(parts)}", Width, "  "));
        }
        return $"{report.Route(measure)}, test accuracy in %{(main ? " (main measure)" : "")}\n{table}{flags}";
    }

    // N marks an interval that assumes normal scores.
    private static string Spread(Interval? bootstrap, Interval? normal) =>
        bootstrap is null && normal is not null ? Numbers.Points(normal) + " N" : Numbers.Points(bootstrap);

    private static string Collapse(ComparisonReport report)
    {
        var table = new TextTable("arm", "structural", "outcome", "diverged");
        foreach (var arm in report.Arms) table.Row(arm.Label, ArmText.Collapse(arm.Structural, arm), ArmText.Collapse(arm.Outcome, arm), $"{arm.Diverged}");
        var rules = report.Arms.SelectMany(a => new[] { ("structural", a.Structural), ("outcome", a.Outcome) })
            .Where(r => r.Item2 is not null).Select(r => $"{r.Item1}: {r.Item2!.Definition}; base rate {r.Item2.BaseRate}").Distinct();
        return $"Collapse\n{table}{string.Concat(rules.Select(r => TextTable.Wrap(r, Width, "  ")))}";
    }

    private static string Cost(ComparisonReport report)
    {
        var table = new TextTable("arm", "grads w", "grads α", "grads H", "forward", "trained", "kept", "search", "retrain", "undone", "wasted");
        foreach (var arm in report.Arms)
        {
            var c = arm.Cost;
            table.Row(
                arm.Label, Numbers.Count(c?.GradEvalsW), Numbers.Count(c?.GradEvalsAlpha), Numbers.Count(c?.GradEvalsHessian),
                Numbers.Count(c?.ForwardEvals), Numbers.Count(c?.EpochsTrained), Numbers.Count(c?.EpochsKept), Numbers.Duration(c?.SearchSeconds),
                Numbers.Duration(c?.RetrainSeconds), Numbers.Duration(c?.DiscardedSeconds), Numbers.Duration(c?.WastedSeconds));
        }
        return $"Cost, mean per finished run{ArmText.Finished(report)} (gradient evaluations, minibatches only evaluated, epochs, device time)\n{table}";
    }

    private static string Behaviour(ComparisonReport report)
    {
        var table = new TextTable("arm", "triggers", "rollbacks", "entropy", "margin", "undecided", "τ search → score");
        foreach (var arm in report.Arms)
        {
            var b = arm.Behaviour;
            table.Row(arm.Label, $"{b.Triggers}", $"{b.Rollbacks}", Numbers.Short(b.EntropyMedian), Numbers.Short(b.MarginMedian),
                b.Judged == 0 ? Numbers.Absent : $"{b.Undecided} of {b.Judged}", ArmText.Agreement(arm.SearchAgreement));
        }
        var transfer = report.Arms.SelectMany(a => a.Transfer.Where(t => t.Tau is not null).Select(t =>
            $"{a.Label}: τ {t.Tau:0.00} between {t.From} and {t.To} over {t.N} seeds{(t.Test is { } p ? $", p {Numbers.P(p)}" : "")}"));
        return $"Searches{ArmText.Finished(report)} (α entropy and margin: medians at the end, entropy 1 = nothing learned; τ-b over n seeds)\n{table}{string.Concat(transfer.Select(t => TextTable.Wrap(t, Width, "  ")))}";
    }

    private static string Contrasts(ComparisonReport report)
    {
        var shown = report.Contrasts.Where(c => c.Measure == report.MainMeasure && c.Refused is null).ToList();
        var table = new TextTable("SD A / SD B", "ratio", "95 %", "Brown–Forsythe p", "finds", "ρ", "Pitman–Morgan p");
        var sensitivity = new TextTable("sensitivity", "ratio, BCa", "IQR ratio", "Fligner–Killeen p", "P–M ranks p");
        foreach (var c in shown)
        {
            var name = $"{(c.Primary ? "* " : "")}{c.A} / {c.B}";
            table.Row(name, Numbers.Points(c.SdRatio),
                Spread(c.SdRatioBootstrap, c.SdRatioNormal) + (report.Looks is { StoppedEarly: true } ? " E" : ""),
                Read(c.BrownForsythe), Numbers.Points(c.DetectableSdRatio), Numbers.Points(c.Rho), Read(c.PitmanMorgan));
            sensitivity.Row(name, Numbers.Points(c.SdRatioBca), c.IqrRatio is null ? Numbers.Absent : $"{Numbers.Points(c.IqrRatio)} ({Numbers.Points(c.IqrRatioBootstrap)})",
                Read(c.FlignerKilleen), Read(c.PitmanMorganRanks));
        }
        var legend = $"Contrasts on the main measure (* predeclared; every other p is corrected by Holm over {report.PValues.Count(p => !p.Primary)} tests; " +
            $"finds: smallest true SD ratio found with 80 % power; N assumes normal{(report.Looks is { StoppedEarly: true } ? "; E: stopped early" : "")})";
        return TextTable.Wrap(legend, Width) + table + sensitivity;

        static string Read(PValue? p) => p is null ? Numbers.Absent : Numbers.P(p.Read);
    }

    private static string Ranking(ArmRanking ranking)
    {
        var table = new TextTable("arm", "mean rank");
        foreach (var (arm, rank) in ranking.Arms.Zip(ranking.MeanRanks).OrderBy(a => a.Second)) table.Row(arm, Numbers.Points(rank));
        return TextTable.Wrap(ArmText.Ranking(ranking), Width) + table;
    }
}
