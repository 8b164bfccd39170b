using System.Xml.Linq;
using NasFarm.Farm.Store;
using NasFarm.Server.Pages.Frame;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Run;

/// <summary>Every attempt: where, how it ended and why, and its last words.</summary>
internal static class RunAttempts
{
    /// <summary>The section.</summary>
    public static XElement? Draw(RunDetails run)
    {
        var all = run.Units.SelectMany(u => u.Attempts.Select(a => (Unit: u, Attempt: a))).ToList();
        return all.Count == 0 ? null : Section("attempts", "Attempts",
            Table("Attempts", ["unit", "fence", "slot", "device", "claimed (UTC)", "took", "went on from", "ending"], all.Select(x => (IReadOnlyList<object?>)
            [
                RunTimeline.Name(x.Unit, run), x.Attempt.Fence, El("span", Class("short"), x.Attempt.SlotId), x.Attempt.DeviceModel ?? "", Wording.Instant(x.Attempt.ClaimedAt),
                x.Attempt.EndedAt is { } ended ? Wording.Span(ended - x.Attempt.ClaimedAt) : "", x.Attempt.ResumedAt switch { null => "", 0 => "the start", { } step => $"epoch {step}" },
                El("span", Class("prose"), Ending(x.Attempt)),
            ]), 1),
            all.Where(x => x.Attempt.Log.Count > 0).Select(x => El("details", El("summary", $"Log of {RunTimeline.Name(x.Unit, run)}, fence {x.Attempt.Fence}: the last {Wording.Count(x.Attempt.Log.Count, "line")}"),
                El("pre", At("tabindex", "0"), string.Join('\n', x.Attempt.Log)))));
    }

    /// <summary>How an attempt ended, in words.</summary>
    public static string Ending(AttemptDetails attempt) => attempt.Ending switch
    {
        null => "goes on",
        "done" => "done",
        var reason => Wording.Plain(reason) + (attempt.Message is { Length: > 0 } message ? $": {message}" : ""),
    };
}
