using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Enqueues units, and holds or frees those that draw from other runs. Part of larger transactions.</summary>
internal static class UnitRows
{
    // Both databases call the columns of a VALUES list column1, column2 and so on.
    private const string Insert =
        """
        INSERT INTO unit (unit_id, run_id, kind, phase, state, hold, reason_text, paused, not_before, device, queue, seed, progress, arm_order, enqueued_at, spec, fingerprint)
        SELECT n.column1, r.run_id, n.column3, n.column4, 'waiting', n.column5, n.column6, r.paused, n.column7, r.device, r.queue, r.seed, n.column8, r.arm_order, n.column7, n.column9, n.column10
          FROM (VALUES (@unit, @run, @kind, @phase, @hold, @text, @now, @progress, @spec, @fingerprint)) AS n JOIN seed_run r ON r.run_id = n.column2
         WHERE 1 = 1
        """;

    private const string InsertUnlessThere = Insert + "\nON CONFLICT (unit_id) DO NOTHING";

    /// <param name="sql">Its transaction.</param>
    /// <param name="runId">Its run.</param>
    /// <param name="unit">What is to be done.</param>
    /// <param name="hold">Why it is not offered yet; null: it is.</param>
    /// <param name="holdText">The same as a sentence.</param>
    /// <param name="fingerprint">The numerics of what it starts from; null: it starts from nothing.</param>
    public static void Enqueue(SqlSession sql, string runId, UnitSpec unit, WaitReason? hold = null, string? holdText = null, string? fingerprint = null) =>
        sql.Post(InsertUnlessThere, Values(sql, runId, unit, hold, holdText, fingerprint));

    /// <summary>The same for many that are new; why each is held, or null.</summary>
    public static void EnqueueNew(SqlSession sql, IEnumerable<(string RunId, UnitSpec Unit, WaitReason? Hold, string? HoldText)> units) =>
        sql.PostEach(Insert, units.Select(u => Values(sql, u.RunId, u.Unit, u.Hold, u.HoldText, null)));

    private static (string Name, object? Value)[] Values(SqlSession sql, string runId, UnitSpec unit, WaitReason? hold, string? holdText, string? fingerprint) =>
    [
        ("@unit", unit.UnitId), ("@run", runId), ("@kind", Columns.Word(unit.Kind)), ("@phase", unit.Phase),
        ("@hold", hold is { } reason ? Columns.Word(reason) : null), ("@text", holdText), ("@now", sql.Now),
        ("@progress", unit.Kind == UnitKind.Retrain ? WaitingUnit.RetrainProgress : unit.Phase), ("@spec", Columns.Json(unit)), ("@fingerprint", fingerprint),
    ];

    /// <summary>Retrain jobs that some sweep needs of a run, in a stable order.</summary>
    public static IReadOnlyList<PlannedRetrain> WantedRetrains(SqlSession sql, string runId) => sql.Query(
        $"""
        SELECT r.retrain_id, r.spec, r.seed FROM retrain r
         WHERE r.run_id = @run AND EXISTS (
           SELECT 1 FROM sweep_retrain w JOIN sweep s ON s.sweep_id = w.sweep_id JOIN sweep_run x ON x.sweep_id = w.sweep_id AND x.run_id = r.run_id
            WHERE w.retrain_id = r.retrain_id AND {LookRows.Needs})
         ORDER BY r.retrain_id
        """,
        row => new PlannedRetrain(row.Must("retrain_id"), row.Json<RetrainSpec>("spec"), row.Long("seed")), ("@run", runId));

    /// <summary>Looks again at a placebo run that waits for its sources: frees it when all searches are over, fails it when one can
    /// never end, and otherwise says what is missing. Two sources that finish at once must not each miss the other: the run is locked before
    /// its sources are read.</summary>
    public static void ReviewPlacebo(SqlSession sql, string runId)
    {
        var unit = sql.First(
            $"SELECT u.spec, r.seed FROM unit u JOIN seed_run r ON r.run_id = u.run_id WHERE u.unit_id = @unit AND u.state = 'waiting' AND u.hold = 'placebo-sources'{sql.Lock}",
            row => new { Spec = row.Json<UnitSpec>("spec"), Seed = row.Long("seed") }, ("@unit", NextUnits.PhaseId(runId, 0)));
        if (unit is null)
            return;
        var sources = sql.Query(
            "SELECT r.run_id, r.search_state FROM placebo_source p JOIN seed_run r ON r.run_id = p.source_id WHERE p.run_id = @run ORDER BY r.run_id",
            row => (RunId: row.Must("run_id"), State: row.Must("search_state")), ("@run", runId));
        var dead = sources.FirstOrDefault(s => s.State is "failed" or "cancelled");
        var open = sources.Where(s => s.State == "open").Select(s => s.RunId).ToList();
        if (dead.RunId is not null)
        {
            sql.Post(
                "UPDATE unit SET state = 'failed', reason = 'placebo-source-missing', reason_text = @text WHERE unit_id = @unit",
                ("@unit", unit.Spec.UnitId), ("@text", $"source run {dead.RunId}, whose triggers it draws from, has {dead.State}"));
            sql.Post("UPDATE seed_run SET search_state = 'failed' WHERE run_id = @run", ("@run", runId));
        }
        else if (open.Count > 0)
        {
            sql.Post("UPDATE unit SET reason_text = @text WHERE unit_id = @unit", ("@unit", unit.Spec.UnitId),
                ("@text", $"waits for the triggers of {open.Count} of {sources.Count} source runs, {open[0]} first"));
        }
        else
        {
            var stops = sources.Select(s => Stops(sql, s.RunId)).ToList();
            var ready = unit.Spec with { PlaceboStops = PlaceboDraw.Draw(unit.Seed, stops) };
            var held = LookRows.HoldText(sql, runId);
            sql.Post(
                "UPDATE unit SET spec = @spec, hold = @hold, reason_text = @text, not_before = @now WHERE unit_id = @unit",
                ("@unit", ready.UnitId), ("@spec", Columns.Json(ready)), ("@hold", held is null ? null : LookRows.Hold), ("@text", held), ("@now", sql.Now));
        }
    }

    /// <summary>Placebo runs that draw from a run, in one order for everybody.</summary>
    public static void ReviewPlacebosOf(SqlSession sql, string sourceId)
    {
        foreach (var runId in sql.Query(
            "SELECT run_id FROM placebo_source WHERE source_id = @source ORDER BY run_id", row => row.Must("run_id"), ("@source", sourceId)))
        {
            ReviewPlacebo(sql, runId);
        }
    }

    /// <summary>Recorded phase ends of a finished search, by phase, up to the first phase without one (the epochs after the last decision).</summary>
    private static List<PlaceboStop> Stops(SqlSession sql, string runId) => sql.Query(
        """
        SELECT u.phase, e.detail FROM unit u JOIN event e ON e.unit_id = u.unit_id
         WHERE u.run_id = @run AND u.kind = 'search' AND e.kind = 'decision' AND e.name = @name AND e.void = 0
         ORDER BY u.phase, e.step
        """,
        row => (Phase: row.Int("phase"), Detail: row.Must("detail")), ("@run", runId), ("@name", PlaceboDraw.DecisionName))
        .Select((row, index) => row.Phase == index
            ? PlaceboDraw.Read(row.Phase, row.Detail)
            : throw new InvalidDataException($"Run {runId} has no single {PlaceboDraw.DecisionName} for phase {index}; the next recorded one is of phase {row.Phase}."))
        .ToList();
}
