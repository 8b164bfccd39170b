using System.Globalization;
using System.Xml.Linq;
using NasFarm.Analysis.Report.Svg;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;
using NasFarm.Server.Pages.Frame;
using static NasFarm.Analysis.Report.Markup;
using static NasFarm.Analysis.Report.Svg.Drawing;

namespace NasFarm.Server.Pages.Run;

/// <summary>The units of a run over time: a line per unit, a bar per attempt, marks where the search decided something.</summary>
internal static class RunTimeline
{
    private const double Width = 880, Left = 108, Right = 12, Top = 8, Line = 24, Bar = 12;

    /// <summary>Rows of the table of decisions at most.</summary>
    private const int MostDecisions = 400;

    /// <summary>The picture; words while nothing was tried.</summary>
    public static XElement Draw(RunDetails run, DateTimeOffset now)
    {
        var attempts = run.Units.SelectMany(u => u.Attempts).ToList();
        if (attempts.Count == 0)
            return El("p", "Nothing of it has begun.");
        var begun = attempts.Min(a => a.ClaimedAt);
        double Seconds(DateTimeOffset at) => Math.Max(0, (at - begun).TotalSeconds);
        var (unit, name) = attempts.Max(a => Seconds(a.EndedAt ?? now)) switch { < 300 => (1.0, "seconds"), < 3 * 3600 => (60.0, "minutes"), < 3 * 86400 => (3600.0, "hours"), _ => (86400.0, "days") };
        var x = Scale.Covering(attempts.Select(a => Seconds(a.EndedAt ?? now) / unit).Append(0), Left, Width - Right, 8);
        double Place(DateTimeOffset at) => x.At(Seconds(at) / unit);
        var bottom = Top + run.Units.Count * Line;
        return El("div", Class("scroll"), At("role", "region"), At("aria-label", "Timeline"), At("tabindex", "0"), Picture(Width, bottom + 36,
            $"{run.Units.Count} units over {name}: " + string.Join("; ", run.Units.Select(u => $"{Name(u, run)} {u.State}, {Wording.Count(u.Attempts.Count, "attempt")}")),
            A("id", "time"), Axis.Bottom(x, Top, bottom, $"{name} since {begun.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"),
            run.Units.Index().Select(row =>
            {
                var y = Top + row.Index * Line + (Line - Bar) / 2;
                return Group("", Drawing.Words("tick", Left - 8, y + Bar - 2, Name(row.Item, run), "end"),
                    row.Item.Attempts.Select(a => Attempt(a, Place(a.ClaimedAt), Place(a.EndedAt ?? now), y)),
                    row.Item.Events.Where(e => e is { Kind: "decision", Void: false }).Select(e => Mark(e, Place(e.At), y)));
            })));
    }

    /// <summary>What a unit is called: by its phase, or by the seed of its retraining.</summary>
    public static string Name(UnitDetails unit, RunDetails run) => unit.Kind == UnitKind.Search
        ? string.Create(CultureInfo.InvariantCulture, $"phase {unit.Phase}")
        : run.Retrains.FirstOrDefault(r => r.RetrainId == unit.UnitId) is { } job ? string.Create(CultureInfo.InvariantCulture, $"retrain, seed {job.Seed}") : "retrain";

    private static XElement Attempt(AttemptDetails attempt, double from, double to, double y)
    {
        var look = attempt.Ending switch { null => "running", "done" => "finished", "preempted" or "paused" or "host-stopping" => "released", "cancelled" => "cancelled", _ => "failed" };
        var bar = Rect($"piece {look}", from, y, Math.Max(2, to - from), Bar, 2);
        bar.Add(Hover($"fence {attempt.Fence} on {attempt.SlotId}: {RunAttempts.Ending(attempt)}"));
        return bar;
    }

    private static XElement Mark(EventDetails decision, double x, double y)
    {
        var hover = Hover(string.Create(CultureInfo.InvariantCulture, $"{Wording.Plain(decision.Name)} at trained epoch {decision.Step}"));
        return decision.Name switch
        {
            SearchRecords.Trigger => Path("trigger", $"M{N(x)} {N(y - 5)}l3.5 6h-7z", hover),
            SearchRecords.Rollback => Path("rollback", $"M{N(x + 4)} {N(y + Bar + 4)}v-3a4 4 0 0 0 -8 0l-2.2 -2.6m2.2 2.6l2.8 -1.8", hover),
            _ => Shape("line", Class("decision"), A("x1", x), A("x2", x), A("y1", y - 3), A("y2", y + 3), hover),
        };
    }

    /// <summary>Decisions and rollbacks in words, those that a later attempt made void included.</summary>
    public static XElement? Decisions(RunDetails run)
    {
        var all = run.Units.SelectMany(u => u.Events.Where(e => e.Kind == "decision").Select(e => (Unit: u, Event: e))).ToList();
        return all.Count == 0 ? null : El("details", all.Count <= 12 ? At("open", "open") : null,
            El("summary", Wording.Count(all.Count, "decision")),
            Table("Decisions", ["unit", "trained epoch", "epoch", "decision", "detail", "counts"], all.Take(MostDecisions).Select(d => (IReadOnlyList<object?>)
            [
                Name(d.Unit, run), d.Event.Step, d.Event.Epoch, Wording.Plain(d.Event.Name), El("code", Class("prose"), d.Event.Detail), d.Event.Void ? "no: another attempt went on from before it" : "yes",
            ]), 1, 2),
            all.Count > MostDecisions ? El("p", $"The first {MostDecisions} of {all.Count}.") : null);
    }
}
