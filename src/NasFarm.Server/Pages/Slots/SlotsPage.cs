using System.Globalization;
using System.Xml.Linq;
using NasFarm.Farm.Scheduling;
using NasFarm.Server.Access;
using NasFarm.Server.Pages.Frame;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Slots;

/// <summary>What executes units, and what waits for it.</summary>
internal static class SlotsPage
{
    /// <summary>Rows of the queue on a page.</summary>
    public const int PerPage = 50;

    /// <summary>The page.</summary>
    /// <param name="board">Slots.</param>
    /// <param name="queue">A piece of the queue.</param>
    /// <param name="after">Where the piece begins; null: at the front.</param>
    /// <param name="now">For ages.</param>
    public static PageContent Of(FarmSlots board, FarmQueue queue, string? after, DateTimeOffset now) => new("Slots and queue",
        El("h1", "Slots and queue"),
        El("div", At("id", "board"), At("data-part", ""), Section("slots", $"{Wording.Count(board.Slots.Count, "slot")}", Slots(board, now), Closed(board, now))),
        El("div", At("id", "queue-part"), At("data-part", ""), Section("queue", $"{Wording.Count(queue.Waiting, "unit")} waiting", Queue(queue),
            queue.Next is { } next ? El("p", El("a", At("href", $"/slots?after={Uri.EscapeDataString(next)}#queue"), At("rel", "next"), "Further back")) : null,
            after is null ? null : El("p", El("a", At("href", "/slots#queue"), "Front of the queue"))),
            Tenants(queue)))
    { Scripts = ["parts.js"], Data = [("refresh", "5")] };

    private static XElement Slots(FarmSlots board, DateTimeOffset now) => board.Slots.Count == 0
        ? El("div", Class("empty"), El("p", "No slot lives: nothing is executed. Start a worker on a machine that reaches this farm's database:"), El("pre", "nasfarm worker"))
        : Table("Slots", ["place", "state", "since", "device", "memory", "labels", "executes"], board.Slots.Select(slot => (IReadOnlyList<object?>)
        [
            slot.Place, El("span", Class($"chip {slot.State}"), slot.State), Wording.Ago(slot.Since, now), $"{slot.Device}, {slot.Model}",
            slot.MemoryBytes == 0 ? "unknown" : ResourceRequest.MemoryWords(slot.MemoryBytes), string.Join(", ", slot.Labels),
            slot.Work is not { } work ? Why(slot)
                : work.RunId is { } run ? new object[] { El("a", At("href", $"/runs/{Uri.EscapeDataString(run)}"), work.UnitId), " ", Why(slot) ?? "" } : work.Text,
        ]), 4);

    private static object? Why(FarmSlot slot) => (slot.Cordon, slot.Excluded) switch
    {
        ({ } cordon, _) => $"{(cordon.Drain ? "drained" : "cordoned")} by {cordon.By}{(cordon.Reason is { } reason ? $": {reason}" : "")}",
        (_, { } excluded) => excluded.Reason,
        _ => null,
    };

    private static XElement? Closed(FarmSlots board, DateTimeOffset now)
    {
        var lines = board.Cordons.Select(c => El("li", El("strong", c.Place), $" {(c.Drain ? "drained" : "cordoned")} by {c.By} ", Wording.Ago(c.At, now), c.Reason is { } why ? $": {why}" : null))
            .Concat(board.Exclusions.Select(e => El("li", El("strong", e.Place), " excluded until ", Wording.Instant(e.Until), string.Create(CultureInfo.InvariantCulture, $" UTC, {Wording.Count(e.Times, "time")} in a row: {e.Reason}")))).ToList();
        return lines.Count == 0 ? null : El("div", El("h3", "Closed places"), El("ul", lines));
    }

    private static XElement Queue(FarmQueue queue) => queue.Units.Count == 0
        ? El("p", "Nothing waits.")
        : Table("Queue", ["rank", "unit", "sweep", "pool", "why it waits"], queue.Units.Select(unit => (IReadOnlyList<object?>)
        [
            unit.Rank?.ToString(CultureInfo.InvariantCulture) ?? "–", El("a", At("href", $"/runs/{Uri.EscapeDataString(unit.RunId)}"), unit.Arm.Length > 0 ? $"{unit.Arm}, seed {unit.Seed}" : unit.UnitId),
            El("a", At("href", $"/sweeps/{Uri.EscapeDataString(unit.SweepId)}"), unit.SweepId), unit.Pool,
            El("span", Class("prose"), unit.Sentence),
        ]));

    private static XElement? Tenants(FarmQueue queue) => queue.Tenants.Count == 0 ? null : Section("tenants", "Tenants",
        Table("Tenants", ["tenant", "weight", "slots in use", "lately", "quota"], queue.Tenants.Select(t => (IReadOnlyList<object?>)
            [t.Tenant, t.Weight, t.Slots, t.Lately.ToString("0.0", CultureInfo.InvariantCulture), t.Quota?.ToString(CultureInfo.InvariantCulture) ?? "none"]), 1, 2, 3, 4));
}
