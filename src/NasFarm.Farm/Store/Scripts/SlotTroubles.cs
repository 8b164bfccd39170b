using NasFarm.Catalog.Units;
using NasFarm.Farm.Slots;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Places where attempts ended by the device.</summary>
internal static class SlotTroubles
{
    public static List<SlotExclusion> Excluded(SqlSession sql) => sql.Query(
        "SELECT place, times, reason, excluded_from, excluded_until FROM slot_trouble WHERE excluded_until > @now ORDER BY place",
        row => new SlotExclusion(row.Must("place"), row.Instant("excluded_from"), row.Instant("excluded_until"), row.Int("times"), row.Must("reason")),
        ("@now", sql.Now));

    /// <summary>An attempt there ended by the device. Returns the exclusion that follows; null: none does.</summary>
    public static SlotExclusion? Record(SqlSession sql, string place, string runId, FailureReason reason)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(sql.Now);
        var before = sql.First($"SELECT runs, times, reason, excluded_from, excluded_until FROM slot_trouble WHERE place = @place{sql.Lock}",
            row => new SlotTrouble(row.Json<string[]>("runs"), row.Int("times"), row.Must("reason"), row.InstantOrNull("excluded_from"), row.InstantOrNull("excluded_until")),
            ("@place", place)) ?? SlotTrouble.None;
        var after = BadSlots.After(before, runId, reason, now);
        sql.Post(
            """
            INSERT INTO slot_trouble (place, runs, times, reason, excluded_from, excluded_until) VALUES (@place, @runs, @times, @reason, @from, @until)
            ON CONFLICT (place) DO UPDATE SET runs = excluded.runs, times = excluded.times, reason = excluded.reason,
               excluded_from = excluded.excluded_from, excluded_until = excluded.excluded_until
            """,
            ("@place", place), ("@runs", Columns.Json(after.Runs)), ("@times", after.Times), ("@reason", after.Reason),
            ("@from", after.ExcludedFrom?.ToUnixTimeMilliseconds()), ("@until", after.ExcludedUntil?.ToUnixTimeMilliseconds()));
        return after.Times == before.Times ? null : new(place, after.ExcludedFrom!.Value, after.ExcludedUntil!.Value, after.Times, after.Reason);
    }

    /// <summary>A unit was done there: the place is sound.</summary>
    public static void Forget(SqlSession sql, string place) => sql.Post("DELETE FROM slot_trouble WHERE place = @place", ("@place", place));

    /// <summary>A person opens a place: of a host, every slot. Returns how many were excluded.</summary>
    public static int Pardon(SqlSession sql, string place)
    {
        var excluded = Excluded(sql).Count(e => e.Place == place || e.Place.StartsWith(place + "/", StringComparison.Ordinal));
        foreach (var known in sql.Query("SELECT place FROM slot_trouble ORDER BY place", row => row.Must("place"))
            .Where(known => known == place || known.StartsWith(place + "/", StringComparison.Ordinal)))
        {
            sql.Post("DELETE FROM slot_trouble WHERE place = @place", ("@place", known));
        }
        return excluded;
    }
}
