using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Control;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Takes a plan in: writes what is new, revives what was cancelled, and tells of each run what was there before.</summary>
internal static class AcceptSweep
{
    /// <summary>New runs in a store that change how its statements are best executed.</summary>
    private const int ManyRuns = 1000;

    public static AcceptReport Preview(SqlSession sql, SweepPlan plan) => Compare(sql, plan, Find(sql, plan.Runs.Select(r => r.RunId)));

    public static AcceptReport Accept(SqlSession sql, SweepPlan plan)
    {
        var known = Find(sql, plan.Runs.Select(r => r.RunId));
        var report = Compare(sql, plan, known);
        if (plan.Looks is not null && !report.AlreadyAccepted)
            LookRows.Forget(sql, plan.SweepId, plan.Looks);
        WriteSweep(sql, plan);
        var looks = LookRows.Read(sql, plan.SweepId);
        var queue = QueueRows.Of(sql, plan.SweepId, plan.Execution.Device, plan.Resources);

        // 1. Runs. Acceptance is alone: what is new now is new below, and no insertion has to look for it.
        var fresh = plan.Runs.Where(run => !known.ContainsKey(run.RunId)).DistinctBy(run => run.RunId).ToList();
        WriteRuns(sql, plan, fresh, queue);
        foreach (var run in plan.Runs.Where(run => known.ContainsKey(run.RunId)))
            UpdateRun(sql, plan, run, known[run.RunId], queue);

        // 2. What the sweep wants of them.
        const string insert = "INSERT INTO sweep_run (sweep_id, run_id, position, arm, by_table, look) VALUES (@sweep, @run, @position, @arm, @table, @look)";
        sql.PostEach(
            report.AlreadyAccepted ? insert + "\nON CONFLICT (sweep_id, run_id) DO UPDATE SET cancelled_at = NULL" : insert,
            plan.Runs.Index().DistinctBy(r => r.Item.RunId).Select<(int Index, PlannedRun Item), (string, object?)[]>(r =>
            [
                ("@sweep", plan.SweepId), ("@run", r.Item.RunId), ("@position", r.Index), ("@arm", r.Item.Arm), ("@table", r.Item.Table ? 1 : 0), ("@look", r.Item.Look),
            ]));
        WriteRetrains(sql, plan);

        // 3. What is to be done for it now.
        UnitRows.EnqueueNew(sql, fresh.Where(run => IsNeeded(run, looks)).Select(run => First(run, plan, looks)));
        foreach (var run in plan.Runs.Where(run => known.ContainsKey(run.RunId) && IsNeeded(run, looks)))
            GoOn(sql, run, known[run.RunId], IsOpen(run, looks) ? null : LookRows.HoldText(sql, run.RunId));
        if (sql.Any("SELECT 1 FROM sweep WHERE looks IS NOT NULL LIMIT 1"))
            LookRows.Release(sql, plan.SweepId);
        var placebos = plan.Runs.Where(r => r.Spec.PlaceboSources.Count > 0).ToList();
        var sources = Find(sql, placebos.SelectMany(r => r.Spec.PlaceboSources));
        foreach (var run in placebos)
            ConnectPlacebo(sql, run, sources);

        // 4. Where that leaves the runs that are not simply new, and so open; what follows keeps it (Migrations/sqlite-0007.sql).
        sql.ExecuteEach(
            $"""
            UPDATE sweep_run SET state = (SELECT v.state FROM sweep_run_now v WHERE v.sweep_id = sweep_run.sweep_id AND v.run_id = sweep_run.run_id)
             WHERE sweep_id = @sweep AND run_id IN (@ids)
            """, plan.Runs.Where(run => known.ContainsKey(run.RunId) || run.Spec.PlaceboSources.Count > 0 || !IsNeeded(run, looks)).Select(run => run.RunId),
            ("@sweep", plan.SweepId));
        if (fresh.Count >= ManyRuns)
            sql.HasGrown("seed_run", "sweep_run", "retrain", "sweep_retrain", "unit");
        // A pause outlives acceptance; what a paused and a live sweep share goes on.
        if (PauseRows.Any(sql))
            PauseRows.Review(sql, new Target.Sweep(plan.SweepId));
        return report;
    }

    private static bool IsNeeded(PlannedRun run, SweepLooks? looks) => looks is not { IsOver: true } || run.Look <= looks.Open;

    private static AcceptReport Compare(SqlSession sql, SweepPlan plan, Dictionary<string, StoredRun> known)
    {
        var looks = LookRows.Read(sql, plan.SweepId);
        return new(
            plan.SweepId,
            sql.Any("SELECT 1 FROM sweep WHERE sweep_id = @sweep", ("@sweep", plan.SweepId)),
            PlanDiff.Of(plan, plan.Runs.DistinctBy(run => run.RunId)
                .Where(run => known.ContainsKey(run.RunId))
                .ToDictionary(run => run.RunId, run => Facts(sql, run, known[run.RunId]) with { NotNeeded = !IsNeeded(run, looks) })))
        {
            Paused = sql.Query("SELECT paused FROM sweep WHERE sweep_id = @sweep", row => row.Text("paused"), ("@sweep", plan.SweepId)).FirstOrDefault(),
        };
    }

    private sealed record StoredRun(string SearchState, string? Genotype, bool Diverged, string CodeVersion, string Device);

    private static Dictionary<string, StoredRun> Find(SqlSession sql, IEnumerable<string> runIds) => sql.QueryEach(
        "SELECT run_id, search_state, genotype, diverged, code_version, device FROM seed_run WHERE run_id IN (@ids)", runIds,
        row => (Id: row.Must("run_id"), Run: new StoredRun(row.Must("search_state"), row.Text("genotype"), row.Flag("diverged"), row.Must("code_version"), row.Must("device"))))
        .ToDictionary(r => r.Id, r => r.Run);

    /// <summary>What is known of a run, as far as this plan asks. Retrain jobs of a diverged search are never run, so none is missing.</summary>
    private static KnownRun Facts(SqlSession sql, PlannedRun run, StoredRun stored)
    {
        var wanted = run.Retrains.Select(r => r.RetrainId).ToHashSet();
        var units = sql.Query(
            "SELECT unit_id, kind, state, reason_text FROM unit WHERE run_id = @run",
            row => (Id: row.Must("unit_id"), Kind: row.Must("kind"), State: row.Must("state"), Text: row.Text("reason_text")), ("@run", run.RunId))
            .Where(u => u.Kind == "search" || wanted.Contains(u.Id)).ToList();
        var failed = units.Find(u => u.State == "failed");
        var state = failed.Id is not null ? SeedRunState.Failed
            : stored.SearchState == "finished" ? SeedRunState.Finished
            : stored.SearchState == "cancelled" ? SeedRunState.Cancelled
            : units.Exists(u => u.State == "running") ? SeedRunState.Running
            : SeedRunState.Waiting;
        var finished = stored.Diverged ? wanted : [.. units.Where(u => u.State == "done" && u.Kind == "retrain").Select(u => u.Id)];
        return new(state, stored.CodeVersion, finished, failed.Text);
    }

    private static void WriteSweep(SqlSession sql, SweepPlan plan) => sql.Post(
        """
        INSERT INTO sweep (sweep_id, name, tenant, manifest, arms, comparison, priority, weight, preemption, looks, look, code_version, accepted_at)
        VALUES (@sweep, @name, @tenant, @manifest, @arms, @comparison, @priority, @weight, @preemption, @looks, @look, @version, @now)
        ON CONFLICT (sweep_id) DO UPDATE SET name = excluded.name, priority = excluded.priority, weight = excluded.weight,
           preemption = excluded.preemption, cancelled_at = NULL
        """,
        ("@sweep", plan.SweepId), ("@name", plan.Name), ("@tenant", plan.Tenant), ("@manifest", plan.Manifest),
        ("@arms", Columns.Json(plan.Arms)), ("@comparison", Columns.Json(plan.Comparison)), ("@priority", plan.Priority),
        ("@weight", plan.Weight), ("@preemption", plan.Preemption ? 1 : 0),
        ("@looks", plan.Looks is null ? null : Columns.Json(plan.Looks)), ("@look", plan.Looks is null ? 0 : 1),
        ("@version", plan.CodeVersion), ("@now", sql.Now));

    private static void WriteRuns(SqlSession sql, SweepPlan plan, IEnumerable<PlannedRun> runs, string queue)
    {
        var execution = Columns.Json(plan.Execution);
        var arms = plan.Arms.Index().DistinctBy(arm => arm.Item).ToDictionary(arm => arm.Item, arm => arm.Index);
        sql.PostEach(
            """
            INSERT INTO seed_run (run_id, tenant, seed, spec, execution, device, queue, phases, retrains, max_attempts, wall_limit_ms, arm_order, search_state, code_version, created_at)
            VALUES (@run, @tenant, @seed, @spec, @execution, @device, @queue, @phases, @retrains, @attempts, @wall, @arm, 'open', @version, @now)
            """,
            runs.Select<PlannedRun, (string, object?)[]>(run =>
            [
                ("@run", run.RunId), ("@tenant", plan.Tenant), ("@seed", run.Spec.SearchSeed), ("@spec", Columns.Json(run.Spec)),
                ("@execution", execution), ("@device", plan.Execution.Device), ("@attempts", plan.MaxAttempts), ("@wall", (long?)plan.WallLimit?.TotalMilliseconds),
                ("@queue", queue), ("@phases", run.Phases), ("@retrains", run.Retrains.Count), ("@arm", arms.GetValueOrDefault(run.Arm, arms.Count)),
                ("@version", plan.CodeVersion), ("@now", sql.Now),
            ]));
    }

    /// <summary>Execution belongs to the numerics of what has been trained, so a known run keeps it unless the plan allows the change.</summary>
    private static void UpdateRun(SqlSession sql, SweepPlan plan, PlannedRun run, StoredRun stored, string queue)
    {
        sql.Post(
            """
            UPDATE seed_run SET max_attempts = @attempts, wall_limit_ms = @wall, phases = @phases, retrains = @retrains,
                   execution = CASE WHEN @change = 1 THEN @execution ELSE execution END,
                   device = CASE WHEN @change = 1 THEN @device ELSE device END
             WHERE run_id = @run
            """,
            ("@run", run.RunId), ("@attempts", plan.MaxAttempts), ("@wall", (long?)plan.WallLimit?.TotalMilliseconds), ("@phases", run.Phases), ("@retrains", run.Retrains.Count),
            ("@change", plan.Execution.AllowNumericsChange ? 1 : 0), ("@execution", Columns.Json(plan.Execution)), ("@device", plan.Execution.Device));
        var device = plan.Execution.AllowNumericsChange ? plan.Execution.Device : stored.Device;
        QueueRows.Move(sql, run.RunId, device == plan.Execution.Device ? queue : QueueRows.Of(sql, plan.SweepId, device, plan.Resources));
        if (plan.Execution.AllowNumericsChange)
        {
            sql.Post("UPDATE unit SET hold = NULL, reason = NULL, reason_text = NULL WHERE run_id = @run AND hold = 'numerics-mismatch'",
                ("@run", run.RunId));
        }
    }

    private static void WriteRetrains(SqlSession sql, SweepPlan plan)
    {
        var jobs = plan.Runs.SelectMany(run => run.Retrains.Select(job => (run.RunId, Job: job))).ToList();
        sql.PostEach("INSERT INTO retrain (retrain_id, run_id, seed, spec) VALUES (@id, @run, @seed, @spec) ON CONFLICT (retrain_id) DO NOTHING",
            jobs.Select<(string RunId, PlannedRetrain Job), (string, object?)[]>(r =>
                [("@id", r.Job.RetrainId), ("@run", r.RunId), ("@seed", r.Job.RetrainSeed), ("@spec", Columns.Json(r.Job.Spec))]));
        sql.PostEach("INSERT INTO sweep_retrain (sweep_id, retrain_id, position) VALUES (@sweep, @id, @position) ON CONFLICT (sweep_id, retrain_id) DO NOTHING",
            jobs.Select<(string RunId, PlannedRetrain Job), (string, object?)[]>((r, position) =>
                [("@sweep", plan.SweepId), ("@id", r.Job.RetrainId), ("@position", position)]));
    }

    private static bool IsOpen(PlannedRun run, SweepLooks? looks) => looks is null || run.Look <= looks.Open;

    /// <summary>The first unit of a run, and what it waits for: the sources it draws from, an earlier look, or nothing.</summary>
    private static (string RunId, UnitSpec Unit, WaitReason? Hold, string? HoldText) First(PlannedRun run, SweepPlan plan, SweepLooks? looks)
    {
        var first = NextUnits.First(run.RunId, run.Spec);
        return run.Spec.PlaceboSources.Count > 0 ? (run.RunId, first, WaitReason.PlaceboSources, null)
            : IsOpen(run, looks) ? (run.RunId, first, null, null)
            : (run.RunId, first, WaitReason.Look, LookRows.Sentence(run.Look, looks!.Seeds, plan.Comparison));
    }

    /// <param name="sql">The transaction.</param>
    /// <param name="run">A known run.</param>
    /// <param name="stored">What is known of it.</param>
    /// <param name="held">Why it waits for a look; null: it does not.</param>
    private static void GoOn(SqlSession sql, PlannedRun run, StoredRun stored, string? held)
    {
        // What waits for its sources, or for numerics, goes on doing so.
        var revived = sql.Execute(
            $"""
            UPDATE unit SET state = 'waiting', reason = NULL, reason_text = @text, not_before = @now,
                   hold = CASE WHEN hold IS NULL OR hold = '{LookRows.Hold}' THEN @hold ELSE hold END
             WHERE run_id = @run AND state = 'cancelled' AND (kind = 'search' OR unit_id IN (
               SELECT w.retrain_id FROM sweep_retrain w JOIN sweep s ON s.sweep_id = w.sweep_id JOIN sweep_run x ON x.sweep_id = w.sweep_id AND x.run_id = unit.run_id
                WHERE w.retrain_id = unit.unit_id AND {LookRows.Needs}))
            """,
            ("@run", run.RunId), ("@now", sql.Now), ("@text", held), ("@hold", held is null ? null : LookRows.Hold));
        if (revived > 0)
            sql.Post("UPDATE seed_run SET search_state = 'open' WHERE run_id = @run AND search_state = 'cancelled'", ("@run", run.RunId));
        if (stored is { SearchState: "finished", Diverged: false, Genotype: { } genotype })
        {
            foreach (var job in run.Retrains)
                UnitRows.Enqueue(sql, run.RunId, NextUnits.Retrain(run.Spec, genotype, job), held is null ? null : WaitReason.Look, held);
            if (run.Look > 1)
                LookRows.HoldRetrains(sql, run.RunId);
        }
    }

    private static void ConnectPlacebo(SqlSession sql, PlannedRun run, Dictionary<string, StoredRun> known)
    {
        foreach (var source in run.Spec.PlaceboSources)
        {
            if (!known.ContainsKey(source))
                throw new InvalidDataException($"Run {run.RunId} of arm '{run.Arm}' draws its stops from run {source}, which is neither in the plan nor in the store.");
            sql.Post("INSERT INTO placebo_source (run_id, source_id) VALUES (@run, @source) ON CONFLICT (run_id, source_id) DO NOTHING",
                ("@run", run.RunId), ("@source", source));
        }
        UnitRows.ReviewPlacebo(sql, run.RunId);
    }
}
