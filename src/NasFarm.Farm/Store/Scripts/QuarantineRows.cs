using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Quarantine;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Poison units: how they are found, and what repeats them.</summary>
internal static class QuarantineRows
{
    /// <summary>Reason of a unit that failed so.</summary>
    public const string Reason = "quarantined";

    /// <summary>Units of one reading: the others come with the next.</summary>
    private const int AtOnce = 16;

    /// <summary>Why the unit is poison; null: it is not. Call when its last ending is written.</summary>
    /// <param name="sql">The transaction.</param>
    /// <param name="unitId">The unit.</param>
    /// <param name="counted">Endings that have used up its attempts since it was last retried.</param>
    /// <param name="maxAttempts">Attempts it has.</param>
    public static string? Verdict(SqlSession sql, string unitId, int counted, int maxAttempts)
    {
        var endings = sql.Query(
            """
            SELECT a.ending, a.host, a.slot_id, a.resumed_at,
                   (SELECT MAX(f.trained) FROM artifact f WHERE f.unit_id = a.unit_id AND f.fence = a.fence) AS reached
              FROM attempt a WHERE a.unit_id = @unit AND a.ending IS NOT NULL AND a.ending <> 'done' ORDER BY a.fence DESC
            """,
            row => (Reason: row.WordOrNull<FailureReason>("ending")!.Value, Place: SlotPlace.Of(row.Must("host"), row.Must("slot_id")),
                MadeProgress: row.LongOrNull("reached") > (row.LongOrNull("resumed_at") ?? 0)), ("@unit", unitId));
        return PoisonRule.Verdict(
            [.. endings.Where(e => RetryPolicy.Counts(e.Reason, e.MadeProgress)).Take(counted).Select(e => new PastFailure(e.Reason, e.Place))], maxAttempts);
    }

    public static IReadOnlyList<QuarantinedUnit> Read(SqlSession sql, IReadOnlySet<AttemptKey> known) => [.. sql.Query(
        $"SELECT unit_id, fence FROM unit WHERE reason = '{Reason}' AND state = 'failed' ORDER BY unit_id", row => new AttemptKey(row.Must("unit_id"), row.Long("fence")))
        .Where(key => !known.Contains(key)).Take(AtOnce).Select(key => Of(sql, key))];

    private static QuarantinedUnit Of(SqlSession sql, AttemptKey key) => sql.Query(
        """
        SELECT u.run_id, u.reason_text, u.spec, r.execution, r.code_version FROM unit u JOIN seed_run r ON r.run_id = u.run_id WHERE u.unit_id = @unit
        """,
        row => new QuarantinedUnit(
            key, row.Must("run_id"), row.Must("reason_text"), row.Json<UnitSpec>("spec"), row.Json<ExecutionSpec>("execution"), row.Must("code_version"), [], []),
        ("@unit", key.UnitId))
        .Select(unit => unit with { ResumeFrom = Ownership.ResumeFrom(sql, unit.RunId, unit.Unit), Attempts = RunReading.Attempts(sql, key.UnitId) }).Single();
}
