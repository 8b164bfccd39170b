using System.Globalization;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Who owns a unit: claim, renewal, expiry, and the ends of attempts that bring no result.</summary>
internal static class Ownership
{
    /// <summary>Candidates of the first statement, whose first one is nearly always free: the server looks at each of them.</summary>
    private const int FirstCandidates = 4;

    /// <summary>Candidates of the others: enough that claimants with the same ranking seldom need a third one.</summary>
    private const int MoreCandidates = 16;

    private static IEnumerable<string[]> Candidates(IReadOnlyList<string> unitsByRank) =>
        unitsByRank.Take(FirstCandidates).Chunk(FirstCandidates).Concat(unitsByRank.Skip(FirstCandidates).Chunk(MoreCandidates));

    /// <summary>Takes the best-ranked unit that may start and that nobody else is just taking. Units whose tenant has a quota are counted one
    /// by one, the others compete in one statement.</summary>
    public static ClaimedUnit? Claim(SqlSession sql, IReadOnlyList<string> unitsByRank, SlotInfo slot, TimeSpan lease)
    {
        foreach (var some in Candidates(unitsByRank))
        {
            var limited = TenantRows.Limited(sql, some);
            for (var next = 0; next < some.Length;)
            {
                string[] candidates = limited.Contains(some[next]) ? [some[next]] : [.. some.Skip(next).TakeWhile(unitId => !limited.Contains(unitId))];
                next += candidates.Length;
                var admission = limited.Contains(candidates[0]) ? TenantRows.Admits(sql, candidates[0]) : TenantRows.Admission.Admitted;
                if (admission == TenantRows.Admission.AnotherClaimWasFirst)
                    return null;
                if (admission == TenantRows.Admission.Admitted && Take(sql, candidates, slot, lease) is { } claim)
                    return claim;
            }
        }
        return null;
    }

    /// <summary>The same beside others in one transaction. False: a tenant has a quota, and what would wait for its row must wait for nothing else.</summary>
    public static async ValueTask<(bool Tried, ClaimedUnit? Unit)> ClaimUnlimited(SqlSession sql, IReadOnlyList<string> unitsByRank, SlotInfo slot, TimeSpan lease)
    {
        if (await TenantRows.AskQuotas(sql) is not [])
            return (false, null);
        foreach (var some in Candidates(unitsByRank))
        {
            if (Taken(sql, await AskTake(sql, some, slot, lease), slot) is { } claim)
                return (true, claim);
        }
        return (true, null);
    }

    private static ClaimedUnit? Take(SqlSession sql, string[] candidates, SlotInfo slot, TimeSpan lease) =>
        Taken(sql, AskTake(sql, candidates, slot, lease).Rows, slot);

    private static Asked<ClaimedUnit> AskTake(SqlSession sql, string[] candidates, SlotInfo slot, TimeSpan lease)
    {
        var names = candidates.Select((_, rank) => string.Create(CultureInfo.InvariantCulture, $"@u{rank}")).ToArray();
        var ranks = names.Select((name, rank) => string.Create(CultureInfo.InvariantCulture, $"WHEN {name} THEN {rank}"));
        (string, object?)[] values =
        [
            ("@owner", slot.Owner), ("@slot", slot.SlotId), ("@now", sql.Now), ("@until", Until(sql, lease)), ("@fingerprint", slot.Fingerprint),
            ("@host", slot.Host), ("@place", slot.Place),
            .. names.Zip(candidates, (name, unitId) => (name, (object?)unitId)),
        ];
        return sql.Ask(
            $"""
            UPDATE unit SET state = 'running', fence = fence + 1, owner = @owner, slot_id = @slot, lease_until = @until,
                   attempts = attempts + 1, hold = NULL, stop_for = NULL, reason = NULL, reason_text = NULL
             WHERE unit_id = (
               SELECT unit_id FROM unit WHERE unit_id IN ({string.Join(", ", names)}) AND state = 'waiting' AND not_before <= @now AND paused IS NULL
                  AND (hold IS NULL OR (hold = 'numerics-mismatch' AND fingerprint = @fingerprint))
                  {Cordons.ClaimIsOpen}
                ORDER BY CASE unit_id {string.Join(' ', ranks)} END LIMIT 1{sql.LockFree})
            RETURNING unit_id, run_id, fence, attempts, spec, enqueued_at, not_before
            """,
            row => new ClaimedUnit(
                new(row.Must("unit_id"), row.Long("fence")), row.Must("run_id"), row.Int("attempts"), row.Json<UnitSpec>("spec"))
            {
                Waited = TimeSpan.FromMilliseconds(Math.Max(0, sql.Now - Math.Max(row.Long("enqueued_at"), row.Long("not_before")))),
            }, values);
    }

    private static ClaimedUnit? Taken(SqlSession sql, List<ClaimedUnit> taken, SlotInfo slot)
    {
        if (taken is not [var claimed])
            return null;
        sql.Post("INSERT INTO attempt (unit_id, fence, owner, slot_id, host, claimed_at, fingerprint) VALUES (@unit, @fence, @owner, @slot, @host, @now, @fingerprint)",
            ("@unit", claimed.Key.UnitId), ("@fence", claimed.Key.Fence), ("@owner", slot.Owner), ("@slot", slot.SlotId), ("@host", slot.Host),
            ("@now", sql.Now), ("@fingerprint", slot.Fingerprint));
        return Describe(sql, claimed);
    }

    /// <summary>Asks for what a slot must know of the unit that it has taken; the answer travels with the commit.</summary>
    public static ClaimedUnit Describe(SqlSession sql, ClaimedUnit unit)
    {
        var run = sql.Ask("SELECT execution, wall_limit_ms FROM seed_run WHERE run_id = @run",
            row => (Execution: row.Json<ExecutionSpec>("execution"), Wall: row.LongOrNull("wall_limit_ms")), ("@run", unit.RunId));
        var checkpoints = AskResumeFrom(sql, unit.RunId, unit.Unit, unit.Key.Fence > 1);
        var before = unit.Key.Fence == 1 ? null : sql.Ask(
            "SELECT ending, ended_at FROM attempt WHERE unit_id = @unit AND fence = @before AND ending IS NOT NULL AND ending <> 'done'",
            row => new PastEnding(Columns.Value<FailureReason>(row.Must("ending")), TimeSpan.FromMilliseconds(Math.Max(0, sql.Now - row.Long("ended_at")))),
            ("@unit", unit.Key.UnitId), ("@before", unit.Key.Fence - 1));
        return unit with
        {
            Heard = () => new(unit.Key, unit.RunId, unit.Unit, run.Rows.Single().Execution, checkpoints(), unit.Attempt,
                run.Rows.Single().Wall is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null)
            {
                Waited = unit.Waited,
                After = before?.Rows.SingleOrDefault(),
            },
        };
    }

    /// <summary>Does the attempt belong to this slot, as a claim said whose commit nobody answered? Then its lease begins now.</summary>
    public static bool IsGranted(SqlSession sql, AttemptKey attempt, SlotInfo slot, TimeSpan lease) => sql.Execute(
        "UPDATE unit SET lease_until = @until WHERE unit_id = @unit AND fence = @fence AND state = 'running' AND owner = @owner AND slot_id = @slot",
        ("@until", Until(sql, lease)), ("@unit", attempt.UnitId), ("@fence", attempt.Fence), ("@owner", slot.Owner), ("@slot", slot.SlotId)) == 1;

    public static FenceAnswer Renew(SqlSession sql, AttemptKey attempt, TimeSpan lease) => sql.First(
        "UPDATE unit SET lease_until = @until WHERE unit_id = @unit AND fence = @fence AND state = 'running' RETURNING stop_for, paused",
        row => new { StopFor = row.Text("stop_for"), Paused = row.Text("paused") },
        ("@unit", attempt.UnitId), ("@fence", attempt.Fence), ("@until", Until(sql, lease))) switch
    {
        null => FenceAnswer.FenceLost,
        { Paused: not null } => FenceAnswer.Paused,
        { StopFor: Cordons.Wish } => FenceAnswer.Draining,
        { StopFor: not null } => FenceAnswer.Preempted,
        _ => FenceAnswer.Held,
    };

    /// <summary>Attempts of a process that nobody has asked to stop.</summary>
    public static IReadOnlyList<AttemptKey> Undisturbed(SqlSession sql, string owner) => sql.Query(
        "SELECT unit_id, fence FROM unit WHERE state = 'running' AND owner = @owner AND stop_for IS NULL AND paused IS NULL ORDER BY unit_id",
        row => new AttemptKey(row.Must("unit_id"), row.Long("fence")), ("@owner", owner));

    /// <summary>The attempt's supervisor reads it at its next renewal.</summary>
    public static FenceAnswer Preempt(SqlSession sql, AttemptKey victim, string forUnit)
    {
        var asked = sql.Execute("UPDATE unit SET stop_for = @for WHERE unit_id = @unit AND fence = @fence AND state = 'running'",
            ("@unit", victim.UnitId), ("@fence", victim.Fence), ("@for", forUnit));
        sql.Execute("UPDATE seed_run SET preempted_at = @now WHERE @asked = 1 AND run_id = (SELECT run_id FROM unit WHERE unit_id = @unit)",
            ("@unit", victim.UnitId), ("@asked", (long)asked), ("@now", sql.Now));
        return asked == 1 ? FenceAnswer.Held : FenceAnswer.FenceLost;
    }

    /// <summary>Does the attempt own its unit? What is true stays true until the commit: every write of an attempt begins here.</summary>
    public static bool Owns(SqlSession sql, AttemptKey attempt) => AskOwns(sql, attempt).Rows.Count > 0;

    /// <summary>The same, to be awaited: a row if it does.</summary>
    public static Asked<AttemptKey> AskOwns(SqlSession sql, AttemptKey attempt) => sql.Ask(
        $"SELECT 1 FROM unit WHERE unit_id = @unit AND fence = @fence AND state = 'running'{sql.Lock}", _ => attempt,
        ("@unit", attempt.UnitId), ("@fence", attempt.Fence));

    /// <summary>Those that own their units, as <see cref="Owns"/>; locked in the order of the units, so that two of these never wait for each other.</summary>
    public static IReadOnlySet<AttemptKey> Owned(SqlSession sql, IReadOnlyList<AttemptKey> attempts) => attempts switch
    {
        [var one] => Owns(sql, one) ? new HashSet<AttemptKey> { one } : [],
        _ => sql.QueryEach(
            $"SELECT unit_id, fence FROM unit WHERE unit_id IN (@ids) AND state = 'running' ORDER BY unit_id{sql.Lock}",
            attempts.Select(attempt => attempt.UnitId).Order(StringComparer.Ordinal), row => new AttemptKey(row.Must("unit_id"), row.Long("fence")))
            .ToHashSet(),
    };

    /// <summary>A unit that is being written just now is passed over: its attempt lives, or it is over at the next look.</summary>
    public static IReadOnlyList<ExpiredLease> Expire(SqlSession sql)
    {
        SlotRows.Forget(sql);
        Cordons.Refresh(sql);
        var lost = sql.Query(
            $"{LostAttempts} lease_until < @now ORDER BY unit_id{sql.LockFree}", row => Lost(sql, row), ("@now", sql.Now));
        return [.. lost.Select(l => new ExpiredLease(
            l.Key, l.RunId, l.SlotId, End(sql, l.Key, FailureReason.LeaseLost, $"slot {l.SlotId} did not renew its lease", [])) { Use = l.Use })];
    }

    /// <summary>Every attempt of a process that is gone; in the order of units, as everybody locks them.</summary>
    public static IReadOnlyList<ExpiredLease> Revoke(SqlSession sql, string owner, string why)
    {
        var lost = sql.Query(
            $"{LostAttempts} owner = @owner ORDER BY unit_id{sql.Lock}", row => Lost(sql, row), ("@owner", owner));
        List<ExpiredLease> ended =
            [.. lost.Select(l => new ExpiredLease(l.Key, l.RunId, l.SlotId, End(sql, l.Key, FailureReason.LeaseLost, why, [])) { Use = l.Use })];
        sql.Post("DELETE FROM slot WHERE owner = @owner", ("@owner", owner));
        return ended;
    }

    private const string LostAttempts =
        """
        SELECT unit_id, fence, run_id, slot_id, device,
               (SELECT a.claimed_at FROM attempt a WHERE a.unit_id = unit.unit_id AND a.fence = unit.fence) AS claimed_at,
               (SELECT MAX(f.written_at) FROM artifact f WHERE f.unit_id = unit.unit_id AND f.fence = unit.fence) AS saved_at
          FROM unit WHERE state = 'running' AND
        """;

    private static (AttemptKey Key, string RunId, string SlotId, AttemptUse Use) Lost(SqlSession sql, SqlRow row)
    {
        var claimed = row.Long("claimed_at");
        var saved = row.LongOrNull("saved_at") ?? claimed;
        return (new(row.Must("unit_id"), row.Long("fence")), row.Must("run_id"), row.Must("slot_id"),
            new(row.Must("device"), TimeSpan.FromMilliseconds(Math.Max(0, saved - claimed)), TimeSpan.FromMilliseconds(Math.Max(0, sql.Now - saved))));
    }

    public static AttemptEnding End(SqlSession sql, AttemptKey attempt, FailureReason reason, string message, IReadOnlyList<string> log)
    {
        if (!Owns(sql, attempt))
            return new AttemptEnding.FenceLost();
        var unit = sql.Query(
            """
            SELECT u.run_id, u.kind, u.phase, u.failures, r.max_attempts, a.resumed_at, a.host, a.slot_id,
                   (SELECT MAX(trained) FROM artifact f WHERE f.unit_id = u.unit_id AND f.fence = u.fence) AS reached
              FROM unit u JOIN seed_run r ON r.run_id = u.run_id JOIN attempt a ON a.unit_id = u.unit_id AND a.fence = u.fence
             WHERE u.unit_id = @unit AND u.fence = @fence
            """,
            row => new
            {
                RunId = row.Must("run_id"), Kind = row.Must("kind"), Phase = row.Int("phase"), Failures = row.Int("failures"),
                MaxAttempts = row.Int("max_attempts"), MadeProgress = row.LongOrNull("reached") > (row.LongOrNull("resumed_at") ?? 0),
                Place = SlotPlace.Of(row.Must("host"), row.Must("slot_id")),
            },
            ("@unit", attempt.UnitId), ("@fence", attempt.Fence)).Single();
        SlotRows.Freed(sql, attempt.UnitId);
        sql.Post("UPDATE attempt SET ended_at = @now, ending = @ending, message = @message, log = @log WHERE unit_id = @unit AND fence = @fence",
            ("@unit", attempt.UnitId), ("@fence", attempt.Fence), ("@now", sql.Now), ("@ending", Columns.Word(reason)),
            ("@message", message), ("@log", Columns.Json(log)));

        // 1. What follows for the unit.
        var used = $"{unit.Failures + 1} of {unit.MaxAttempts} attempts used";
        var now = DateTimeOffset.FromUnixTimeMilliseconds(sql.Now);
        var poison = RetryPolicy.Of(reason).MayBePoison && RetryPolicy.Counts(reason, unit.MadeProgress)
            ? QuarantineRows.Verdict(sql, attempt.UnitId, unit.Failures + 1, unit.MaxAttempts) : null;
        (AttemptEnding ending, bool counts, string text) = RetryPolicy.OnEnding(reason, unit.Failures, unit.MaxAttempts, unit.MadeProgress) switch
        {
            _ when poison is not null => (new AttemptEnding.Failed(Quarantined: true), true, $"{message}; {used}; quarantined: {poison}; 'nasfarm retry' frees it"),
            RetryDecision.Retry retry => (new AttemptEnding.Retry(now + retry.Delay), retry.Counts, retry.Counts ? $"{message}; {used}" : message),
            RetryDecision.Hold => ((AttemptEnding)new AttemptEnding.Hold(WaitReason.NumericsMismatch), false, message),
            _ => (new AttemptEnding.Failed(), true, $"{message}; {used}, not retried"),
        };
        sql.Post(
            """
            UPDATE unit SET state = @state, hold = @hold, not_before = @at, failures = failures + @counts, owner = NULL, slot_id = NULL,
                   lease_until = NULL, stop_for = NULL, reason = @reason, reason_text = @text WHERE unit_id = @unit
            """,
            ("@unit", attempt.UnitId), ("@state", ending is AttemptEnding.Failed ? "failed" : "waiting"),
            ("@hold", ending is AttemptEnding.Hold hold ? Columns.Word(hold.Reason) : null),
            ("@at", (ending is AttemptEnding.Retry later ? later.NotBefore : now).ToUnixTimeMilliseconds()), ("@counts", counts ? 1 : 0),
            ("@reason", poison is null ? Columns.Word(reason) : QuarantineRows.Reason), ("@text", unit.Kind == "search" ? $"search phase {unit.Phase}: {text}" : $"retrain job: {text}"));
        if (ending is AttemptEnding.Hold)
        {
            // Refused where the fingerprint seemed equal: no slot may try again, or it would be claimed and refused for ever.
            sql.Post(
                "UPDATE unit SET fingerprint = NULL WHERE unit_id = @unit AND fingerprint = (SELECT fingerprint FROM attempt WHERE unit_id = @unit AND fence = @fence)",
                ("@unit", attempt.UnitId), ("@fence", attempt.Fence));
        }
        if (ending is AttemptEnding.Failed && unit.Kind == "search")
        {
            sql.Post("UPDATE seed_run SET search_state = 'failed' WHERE run_id = @run", ("@run", unit.RunId));
            UnitRows.ReviewPlacebosOf(sql, unit.RunId);
        }

        // 2. What follows for the slot.
        return RetryPolicy.Of(reason).BlamesSlot ? ending with { SlotExcluded = SlotTroubles.Record(sql, unit.Place, unit.RunId, reason) } : ending;
    }

    public static bool TryCoordinate(SqlSession sql, string owner, TimeSpan lease) => sql.Execute(
        """
        INSERT INTO coordinator (id, owner, lease_until) VALUES (1, @owner, @until)
        ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
         WHERE coordinator.owner = excluded.owner OR coordinator.lease_until < @now
        """, ("@owner", owner), ("@until", Until(sql, lease)), ("@now", sql.Now)) == 1;

    public static void AnnounceSlots(SqlSession sql, IReadOnlyList<SlotInfo> slots, TimeSpan lease)
    {
        if (lease <= TimeSpan.Zero)
        {
            foreach (var slot in slots)
                sql.Post("DELETE FROM slot WHERE slot_id = @slot", ("@slot", slot.SlotId));
            return;
        }
        foreach (var slot in slots.OrderBy(s => s.SlotId, StringComparer.Ordinal))
        {
            sql.Post(
                """
                INSERT INTO slot (slot_id, owner, host, device, model, memory, labels, alive_until, since)
                VALUES (@slot, @owner, @host, @device, @model, @memory, @labels, @until, @now)
                ON CONFLICT (slot_id) DO UPDATE SET owner = excluded.owner, host = excluded.host, device = excluded.device, model = excluded.model,
                   memory = excluded.memory, labels = excluded.labels, alive_until = excluded.alive_until,
                   fingerprint = CASE WHEN slot.alive_until >= @now THEN slot.fingerprint END,
                   since = CASE WHEN slot.alive_until >= @now THEN slot.since ELSE excluded.since END
                """,
                ("@slot", slot.SlotId), ("@owner", slot.Owner), ("@host", slot.Host), ("@device", slot.Device), ("@model", slot.Model),
                ("@memory", slot.MemoryBytes), ("@labels", Columns.Json(slot.Labels)), ("@until", Until(sql, lease)), ("@now", sql.Now));
        }
        // Others' last: whoever announces waits for nobody while it holds its own.
        sql.Post($"DELETE FROM slot WHERE slot_id IN (SELECT slot_id FROM slot WHERE alive_until < @now{sql.LockFree})", ("@now", sql.Now));
    }

    private static long Until(SqlSession sql, TimeSpan lease) => sql.Now + (long)lease.TotalMilliseconds;

    /// <summary>This unit's checkpoints, newest first; then the end of the phase before, which starts it anew. An end of this unit that
    /// was written but not reported is left out: going on from the epoch before it takes the last decisions again and records them.</summary>
    public static List<CheckpointRef> ResumeFrom(SqlSession sql, string runId, UnitSpec unit) => AskResumeFrom(sql, runId, unit, mayHaveOwn: true)();

    // At its first fence a unit has none of its own yet.
    private static Func<List<CheckpointRef>> AskResumeFrom(SqlSession sql, string runId, UnitSpec unit, bool mayHaveOwn)
    {
        // By its unit, in words that do not fit the index of what is kept: before a planner has counted the table, that one looks cheaper.
        const string select =
            "SELECT * FROM artifact WHERE unit_id = @unit AND end_of_unit = @end AND NOT (void = 1 OR collected = 1) ORDER BY trained DESC, ordinal DESC";
        var own = !mayHaveOwn ? null : sql.Ask(select, ArtifactRows.File, ("@unit", unit.UnitId), ("@end", 0));
        var before = unit.Kind == UnitKind.Search && unit.Phase > 0
            ? sql.Ask(select, ArtifactRows.File, ("@unit", NextUnits.PhaseId(runId, unit.Phase - 1)), ("@end", 1)) : null;
        return () => [.. own?.Rows ?? [], .. before?.Rows ?? []];
    }
}

/// <summary>A unit that a slot has just taken.</summary>
/// <param name="Attempt">Its 1-based number.</param>
internal sealed record ClaimedUnit(AttemptKey Key, string RunId, int Attempt, UnitSpec Unit)
{
    /// <summary>How long it could have started before.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>The whole claim; call it when the transaction is over.</summary>
    public Func<Claim> Heard { get; init; } = () => throw new InvalidOperationException("Nobody has asked for the rest of the claim.");
}
