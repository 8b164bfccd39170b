using System.Globalization;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Living slots: what the scheduler sees of them, and what people see.</summary>
internal static class SlotReading
{
    /// <summary>Asks for the living slots; call the answer when everything else has been asked.</summary>
    public static Func<List<SlotInfo>> Living(SqlSession sql)
    {
        var slots = sql.Ask("SELECT * FROM slot WHERE alive_until >= @now ORDER BY slot_id", row => Slot(sql, row), ("@now", sql.Now));
        var closed = Closed(sql);
        return () => closed.Rows.Count == 0 ? slots.Rows : Close(slots.Rows, closed.Rows);
    }

    /// <summary>Those of some slots that live.</summary>
    public static Func<List<SlotInfo>> Among(SqlSession sql, IReadOnlyList<string> slotIds)
    {
        var closed = Closed(sql);
        var slots = sql.QueryEach("SELECT * FROM slot WHERE slot_id IN (@ids) AND alive_until >= @now ORDER BY slot_id", slotIds, row => Slot(sql, row), ("@now", sql.Now));
        return () => closed.Rows.Count == 0 ? slots : Close(slots, closed.Rows);
    }

    private static SlotInfo Slot(SqlSession sql, SqlRow row) => new(
        row.Must("slot_id"), row.Must("owner"), row.Must("host"), row.Must("device"), row.Must("model"), row.Long("memory"), row.Json<string[]>("labels"),
        row.Text("fingerprint"), row.LongOrNull("kept_until") >= sql.Now ? row.Text("kept_for") : null);

    /// <summary>Cordons before exclusions: a slot that is both opens with neither alone, and the person's word is told.</summary>
    private static List<SlotInfo> Close(List<SlotInfo> slots, List<ClosedPlace> closed)
    {
        var ordered = closed.OrderBy(c => c.Closure.Until is not null).ThenBy(c => c.Place, StringComparer.Ordinal).ToList();
        return [.. slots.Select(slot => slot with { Closed = ordered.Find(c => SlotPlace.Covers(c.Place, slot.Host, slot.SlotId))?.Closure })];
    }

    public static SlotBoard Board(SqlSession sql)
    {
        var (cordons, exclusions) = (Cordons.List(sql), SlotTroubles.Excluded(sql));
        var since = sql.Query("SELECT slot_id, since FROM slot WHERE alive_until >= @now", row => (Id: row.Must("slot_id"), At: row.Instant("since")),
            ("@now", sql.Now)).ToDictionary(slot => slot.Id, slot => slot.At);
        var busy = sql.Query(
            """
            SELECT u.slot_id, u.unit_id, u.run_id, r.tenant, a.claimed_at FROM unit u JOIN seed_run r ON r.run_id = u.run_id
              JOIN attempt a ON a.unit_id = u.unit_id AND a.fence = u.fence WHERE u.state = 'running'
            """,
            row => new { SlotId = row.Must("slot_id"), UnitId = row.Must("unit_id"), RunId = row.Must("run_id"), Tenant = row.Must("tenant"), Since = row.Instant("claimed_at") })
            .ToLookup(unit => unit.SlotId);
        return new([.. Living(sql)().OrderBy(slot => slot.Place, StringComparer.Ordinal).ThenBy(slot => slot.SlotId, StringComparer.Ordinal).Select(slot =>
        {
            var unit = busy[slot.SlotId].FirstOrDefault();
            return new SlotState(slot, since[slot.SlotId], unit?.UnitId, unit?.RunId, unit?.Since,
                cordons.Find(cordon => SlotPlace.Covers(cordon.Place, slot.Host, slot.SlotId)), exclusions.Find(e => e.Place == slot.Place))
            { Tenant = unit?.Tenant };
        })], cordons, exclusions);
    }

    private sealed record ClosedPlace(string Place, SlotClosure Closure);

    /// <summary>Closed places in one question.</summary>
    private static Asked<ClosedPlace> Closed(SqlSession sql) => sql.Ask(
        """
        SELECT place, by_whom, reason, at AS since, NULL AS until FROM cordon
        UNION ALL
        SELECT place, NULL AS by_whom, reason, excluded_from AS since, excluded_until AS until FROM slot_trouble WHERE excluded_until > @now
        """,
        row =>
        {
            var (place, reason, since) = (row.Must("place"), row.Text("reason"), row.Instant("since"));
            return new ClosedPlace(place, row.InstantOrNull("until") is { } until
                ? new(Invariant($"{place} is excluded until {until:u}: {reason}"), until)
                : new(Invariant($"{place} is cordoned by {row.Text("by_whom")} since {since:u}{(reason is null ? "" : $" ({reason})")}"), null));
        }, ("@now", sql.Now));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
