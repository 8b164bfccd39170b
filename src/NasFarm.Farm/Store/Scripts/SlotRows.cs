using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>What slots were used for, and for whom one is kept.</summary>
internal static class SlotRows
{
    /// <summary>How long a freed slot waits for the unit that another made room for: its process needs one poll to see it.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);

    /// <summary>An attempt leaves its slot: its use counts, and the slot is kept for the unit that asked for it. Call while the unit still runs.
    /// Returns the slot's place; null: it does not run.</summary>
    public static string? Freed(SqlSession sql, string unitId) => Freed(sql, AskLeaving(sql, unitId));

    /// <summary>What is known of a running unit's slot, none when it does not run.</summary>
    public sealed record Leaving(string SlotId, string? StopFor, string SweepId, string Device, DateTimeOffset ClaimedAt, string Host);

    /// <summary>Asks ahead for what <see cref="Freed(SqlSession, Asked{Leaving})"/> needs.</summary>
    public static Asked<Leaving> AskLeaving(SqlSession sql, string unitId) => sql.Ask(
        """
        SELECT u.slot_id, u.stop_for, q.sweep_id, u.device, a.claimed_at, a.host FROM unit u JOIN queue q ON q.queue_id = u.queue
          JOIN attempt a ON a.unit_id = u.unit_id AND a.fence = u.fence
         WHERE u.unit_id = @unit AND u.state = 'running'
        """,
        row => new Leaving(row.Must("slot_id"), row.Text("stop_for"), row.Must("sweep_id"), row.Must("device"), row.Instant("claimed_at"), row.Must("host")),
        ("@unit", unitId));

    /// <summary>The same, of a unit that was asked for before.</summary>
    public static string? Freed(SqlSession sql, Asked<Leaving> asked)
    {
        if (asked.Rows is not [var left])
            return null;
        var now = DateTimeOffset.FromUnixTimeMilliseconds(sql.Now);
        var landmark = DecayedUse.Landmark(now);
        sql.Post(
            """
            INSERT INTO slot_use (slot_id, sweep_id, device, landmark, scaled) VALUES (@slot, @sweep, @device, @landmark, @scaled)
            ON CONFLICT (slot_id, sweep_id, device, landmark) DO UPDATE SET scaled = slot_use.scaled + excluded.scaled
            """,
            ("@slot", left.SlotId), ("@sweep", left.SweepId), ("@device", left.Device), ("@landmark", landmark),
            ("@scaled", DecayedUse.Scaled(left.ClaimedAt, now, landmark)));
        if (left.StopFor is not (null or Cordons.Wish))
        {
            sql.Post("UPDATE slot SET kept_for = @unit, kept_until = @until WHERE slot_id = @slot",
                ("@unit", left.StopFor), ("@slot", left.SlotId), ("@until", sql.Now + (long)Kept.TotalMilliseconds));
        }
        return SlotPlace.Of(left.Host, left.SlotId);
    }

    /// <summary>Forgets use that is too old to count.</summary>
    public static void Forget(SqlSession sql) => sql.Post("DELETE FROM slot_use WHERE landmark < @oldest",
        ("@oldest", DecayedUse.Oldest(DateTimeOffset.FromUnixTimeMilliseconds(sql.Now))));
}
