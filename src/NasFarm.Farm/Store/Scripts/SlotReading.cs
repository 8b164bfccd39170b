using System.Globalization;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Living slots: what the scheduler sees of them, and what people see.</summary>
internal static class SlotReading
{
    public static List<SlotInfo> Living(SqlSession sql)
    {
        var slots = sql.Query("SELECT * FROM slot WHERE alive_until >= @now ORDER BY slot_id",
            row => new SlotInfo(row.Must("slot_id"), row.Must("owner"), row.Must("host"), row.Must("device"), row.Must("model"),
                row.Long("memory"), row.Json<string[]>("labels"), row.Text("fingerprint"),
                row.LongOrNull("kept_until") >= sql.Now ? row.Text("kept_for") : null), ("@now", sql.Now));
        var closed = Closed(sql);
        return closed.Count == 0 ? slots
            : [.. slots.Select(slot => slot with { Closed = closed.Find(c => SlotPlace.Covers(c.Place, slot.Host, slot.SlotId)).Closure })];
    }

    public static SlotBoard Board(SqlSession sql)
    {
        var (cordons, exclusions) = (Cordons.List(sql), SlotTroubles.Excluded(sql));
        var since = sql.Query("SELECT slot_id, since FROM slot WHERE alive_until >= @now", row => (Id: row.Must("slot_id"), At: row.Instant("since")),
            ("@now", sql.Now)).ToDictionary(slot => slot.Id, slot => slot.At);
        var busy = sql.Query(
            "SELECT u.slot_id, u.unit_id, u.run_id, a.claimed_at FROM unit u JOIN attempt a ON a.unit_id = u.unit_id AND a.fence = u.fence WHERE u.state = 'running'",
            row => new { SlotId = row.Must("slot_id"), UnitId = row.Must("unit_id"), RunId = row.Must("run_id"), Since = row.Instant("claimed_at") })
            .ToLookup(unit => unit.SlotId);
        return new([.. Living(sql).OrderBy(slot => slot.Place, StringComparer.Ordinal).ThenBy(slot => slot.SlotId, StringComparer.Ordinal).Select(slot =>
        {
            var unit = busy[slot.SlotId].FirstOrDefault();
            return new SlotState(slot, since[slot.SlotId], unit?.UnitId, unit?.RunId, unit?.Since,
                cordons.Find(cordon => SlotPlace.Covers(cordon.Place, slot.Host, slot.SlotId)), exclusions.Find(e => e.Place == slot.Place));
        })], cordons, exclusions);
    }

    /// <summary>Closed places in one question, cordons before exclusions: a slot that is both opens with neither alone, and the person's word is told.</summary>
    private static List<(string Place, SlotClosure Closure)> Closed(SqlSession sql) => sql.Query(
        """
        SELECT place, by_whom, reason, at AS since, NULL AS until FROM cordon
        UNION ALL
        SELECT place, NULL AS by_whom, reason, excluded_from AS since, excluded_until AS until FROM slot_trouble WHERE excluded_until > @now
        """,
        row => (Place: row.Must("place"), By: row.Text("by_whom"), Reason: row.Text("reason"), Since: row.Instant("since"), Until: row.InstantOrNull("until")),
        ("@now", sql.Now))
        .OrderBy(c => c.Until is not null).ThenBy(c => c.Place, StringComparer.Ordinal)
        .Select(c => (c.Place, new SlotClosure(c.Until is { } until
            ? Invariant($"{c.Place} is excluded until {until:u}: {c.Reason}")
            : Invariant($"{c.Place} is cordoned by {c.By} since {c.Since:u}{(c.Reason is null ? "" : $" ({c.Reason})")}"), c.Until))).ToList();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
