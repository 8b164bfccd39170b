using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Places that people close and open. What runs on a drained one is asked to stop the way a preemption asks: in the unit's row, which
/// its supervisor reads at its next renewal.</summary>
internal static class Cordons
{
    /// <summary>Stands where a preemption names the unit that needs the slot.</summary>
    public const string Wish = "drain";

    /// <summary>End of the conditions under which a claim for <c>@host</c> and <c>@place</c> finds a unit.</summary>
    public const string ClaimIsOpen =
        """
        AND NOT EXISTS (SELECT 1 FROM cordon c WHERE c.place IN (@host, @place))
        AND NOT EXISTS (SELECT 1 FROM slot_trouble t WHERE t.place = @place AND t.excluded_until > @now)
        """;

    public static CordonReport Set(SqlSession sql, Cordon cordon)
    {
        sql.Post(
            """
            INSERT INTO cordon (place, by_whom, reason, drain, at) VALUES (@place, @by, @reason, @drain, @now)
            ON CONFLICT (place) DO UPDATE SET by_whom = excluded.by_whom, reason = excluded.reason, drain = excluded.drain
            """, ("@place", cordon.Place), ("@by", cordon.By), ("@reason", cordon.Reason), ("@drain", cordon.Drain ? 1 : 0), ("@now", sql.Now));
        Refresh(sql);
        var running = Running(sql).Where(unit => SlotPlace.Covers(cordon.Place, unit.Host, unit.SlotId)).ToList();
        return new(cordon.Place, SlotReading.Living(sql)().Count(slot => SlotPlace.Covers(cordon.Place, slot.Host, slot.SlotId)),
            running.Count, running.Count(unit => unit.StopFor == Wish));
    }

    /// <summary>Opens a place for whatever reason it was closed. False: it was open.</summary>
    public static bool Remove(SqlSession sql, string place)
    {
        var removed = sql.Execute("DELETE FROM cordon WHERE place = @place", ("@place", place))
            + SlotTroubles.Pardon(sql, place);
        Refresh(sql);
        return removed > 0;
    }

    public static List<Cordon> List(SqlSession sql) => sql.Query("SELECT place, by_whom, reason, drain, at FROM cordon ORDER BY place",
        row => new Cordon(row.Must("place"), row.Must("by_whom"), row.Text("reason"), row.Flag("drain")) { At = row.Instant("at") });

    /// <summary>Asks what runs on drained places to stop, and takes back what was asked elsewhere. A unit that was claimed just as its place was
    /// closed is found at the next look; one that is being written just now is passed over until then.</summary>
    public static void Refresh(SqlSession sql)
    {
        var drained = List(sql).Where(cordon => cordon.Drain).Select(cordon => cordon.Place).ToList();
        if (drained.Count == 0 && !sql.Any("SELECT 1 FROM unit WHERE state = 'running' AND stop_for = @wish", ("@wish", Wish)))
            return;
        foreach (var unit in Running(sql))
        {
            var isDrained = drained.Exists(place => SlotPlace.Covers(place, unit.Host, unit.SlotId));
            if (isDrained ? unit.StopFor is not null : unit.StopFor != Wish)
                continue;
            sql.Post(
                $"""
                UPDATE unit SET stop_for = @for WHERE unit_id = (
                  SELECT unit_id FROM unit WHERE unit_id = @unit AND fence = @fence AND state = 'running'{sql.LockFree})
                """, ("@unit", unit.Key.UnitId), ("@fence", unit.Key.Fence), ("@for", isDrained ? Wish : null));
        }
    }

    private sealed record RunningThere(AttemptKey Key, string Host, string SlotId, string? StopFor);

    private static List<RunningThere> Running(SqlSession sql) => sql.Query(
        """
        SELECT u.unit_id, u.fence, u.slot_id, u.stop_for, a.host FROM unit u JOIN attempt a ON a.unit_id = u.unit_id AND a.fence = u.fence
         WHERE u.state = 'running' ORDER BY u.unit_id
        """,
        row => new RunningThere(new(row.Must("unit_id"), row.Long("fence")), row.Must("host"), row.Must("slot_id"), row.Text("stop_for")));
}
