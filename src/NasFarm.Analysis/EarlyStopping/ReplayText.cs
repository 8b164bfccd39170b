using System.Globalization;
using System.Text;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Tables;
using NasFarm.Catalog.EarlyStopping;

namespace NasFarm.Analysis.EarlyStopping;

/// <summary>Replays for the terminal.</summary>
public static class ReplayText
{
    /// <summary>A line per trajectory and rule; the measurements with their averages too when there is one trajectory; then the notes.</summary>
    public static string Render(IReadOnlyList<RuleReplay> replays)
    {
        var text = new StringBuilder(Triggers(replays).ToString());
        if (replays.Select(r => r.Trajectory).Distinct().Count() == 1)
            foreach (var replay in replays) text.Append('\n').Append(Measurements(replay));
        var notes = replays.SelectMany(r => r.Notes.Select(n => (r.Rule, r.Trajectory, Note: n))).GroupBy(n => (n.Rule, n.Note)).ToList();
        if (notes.Count > 0) text.Append("\nNotes\n");
        foreach (var note in notes)
            text.Append(TextTable.Wrap($"{note.Key.Rule}, {(note.Count() == 1 ? note.First().Trajectory : $"{note.Count()} trajectories")}: {note.Key.Note}", ComparisonText.Width, "  "));
        return text.ToString();
    }

    // A rule that begins anew after each decision has a line per phase in which it fires; one that never fires has one line.
    private static TextTable Triggers(IReadOnlyList<RuleReplay> replays)
    {
        var phased = replays.Any(r => r.Phases.Count > 1);
        string[] header = ["trajectory", "rule", .. phased ? ["phase"] : Array.Empty<string>(), "trigger", "returns to", "ratio", "average", "before"];
        var table = new TextTable(header);
        foreach (var replay in replays)
        {
            var fired = replay.Phases.Index().Where(p => p.Item.Trigger is not null).ToList();
            foreach (var (index, phase) in fired)
                table.Row([replay.Trajectory, replay.Rule, .. phased ? [$"{index}"] : Array.Empty<string>(), .. Cells(phase.Trigger!)]);
            if (fired.Count == 0)
                table.Row([replay.Trajectory, replay.Rule, .. phased ? [Numbers.Absent] : Array.Empty<string>(), .. Enumerable.Repeat(Numbers.Absent, 5)]);
        }
        return table;
    }

    private static string[] Cells(RuleTrigger t) => [$"{t.Epoch}", $"{t.ReturnTo}", Digits(t.Ratio), Digits(t.LocalAverage), Digits(t.EarlierAverage)];

    private static string Measurements(RuleReplay replay)
    {
        var rule = replay.Applied;
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture,
            $"{replay.Rule}: window {rule.Window}, every {rule.Every}, delta {rule.Delta}, factor {rule.Factor:0.####}, start {rule.EsStart}\n"));
        foreach (var (index, phase) in replay.Phases.Index())
        {
            if (replay.Phases.Count > 1) text.Append(CultureInfo.InvariantCulture, $"phase {index}, from epoch {phase.Start}\n");
            var table = new TextTable("epoch", "λmax", "average", "ratio", "");
            foreach (var step in phase.Steps)
            {
                table.Row($"{step.Epoch}", Digits(step.Value), Digits(step.LocalAverage), Digits(step.Ratio),
                    step.Epoch == phase.Trigger?.Epoch ? $"fires: back to {phase.Trigger.ReturnTo}" : step.Skipped ? "not read" : step.Fires ? "above" : "");
            }
            text.Append(table);
        }
        return text.ToString();
    }

    private static string Digits(double? value) => value is { } v ? v.ToString("0.0000", CultureInfo.InvariantCulture) : Numbers.Absent;
}
