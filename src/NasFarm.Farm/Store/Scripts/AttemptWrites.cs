using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>What a living attempt writes. Each script begins with the proof of its fence.</summary>
internal static class AttemptWrites
{
    public static async ValueTask<FenceAnswer> Started(SqlSession sql, AttemptKey attempt, TrainerEvent.Started started)
    {
        if (await Ownership.AskOwns(sql, attempt) is [])
            return FenceAnswer.FenceLost;
        var hash = started.Fingerprint.Hash();
        var notable = started.NumericsChanged || started.DamagedCheckpoints.Count > 0;
        if (notable && sql.Any("SELECT 1 FROM attempt WHERE unit_id = @unit AND fence = @fence AND resumed_at = @trained AND fingerprint = @hash AND started_at IS NOT NULL",
            ("@unit", attempt.UnitId), ("@fence", attempt.Fence), ("@trained", started.Trained), ("@hash", hash)))
        {
            return FenceAnswer.Held;   // Noted before: the answer was lost on its way.
        }
        sql.Post("INSERT INTO fingerprint (hash, body) VALUES (@hash, @body) ON CONFLICT (hash) DO NOTHING",
            ("@hash", hash), ("@body", Columns.Json(started.Fingerprint)));
        sql.Post(
            """
            UPDATE attempt SET started_at = @now, resumed_at = @trained, resumed_from = @from, fingerprint = @hash, code_version = @version,
                   device_model = @model WHERE unit_id = @unit AND fence = @fence
            """,
            ("@unit", attempt.UnitId), ("@fence", attempt.Fence), ("@now", sql.Now), ("@trained", started.Trained),
            ("@from", started.ResumedFrom?.Sha256), ("@hash", hash), ("@version", started.CodeVersion), ("@model", started.DeviceModel));
        // Only where it changes: otherwise every start of a slot would write its row, and wait for whoever announces it.
        sql.Post("UPDATE slot SET fingerprint = @hash WHERE slot_id = (SELECT slot_id FROM unit WHERE unit_id = @unit) AND fingerprint IS DISTINCT FROM @hash",
            ("@unit", attempt.UnitId), ("@hash", hash));
        if (started.NumericsChanged)
        {
            sql.Post("UPDATE seed_run SET numerics_changed = 1 WHERE run_id = (SELECT run_id FROM unit WHERE unit_id = @unit)", ("@unit", attempt.UnitId));
            Note(sql, attempt, started.Trained, "numerics-changed", new { fingerprint = hash });
        }
        foreach (var sentence in started.DamagedCheckpoints)
            Note(sql, attempt, started.Trained, "damaged-checkpoint", new { text = sentence });
        if (attempt.Fence > 1)
            Supersede(sql, attempt, started);
        return FenceAnswer.Held;
    }

    public static IReadOnlyList<FenceAnswer> Append(SqlSession sql, IReadOnlyList<AttemptRows> batch)
    {
        var owned = Ownership.Owned(sql, [.. batch.Select(of => of.Attempt)]);
        var living = batch.Where(of => owned.Contains(of.Attempt)).ToList();
        List<(AttemptKey Attempt, TrainerEvent.Metric Metric)> metrics =
            [.. living.SelectMany(of => of.Rows.OfType<TrainerEvent.Metric>().Select(metric => (of.Attempt, metric)))];
        var copied = sql.Copy is { } copy && metrics.Count >= copy.From;
        if (copied)
            sql.Copy!.Append(metrics);
        var written = new List<(Posted Insert, Action MustAgree)>();
        foreach (var (attempt, rows) in living)
        {
            foreach (var row in rows)
            {
                switch (row)
                {
                    case TrainerEvent.Metric when copied: break;
                    case TrainerEvent.Metric metric: written.Add(Insert(sql, attempt, metric)); break;
                    case TrainerEvent.Decision decision: written.Add(Insert(sql, attempt, decision)); break;
                    case TrainerEvent.Checkpoint checkpoint: ArtifactRows.InsertNewest(sql, attempt, checkpoint.File); break;
                    default: throw new ArgumentException($"A {row.GetType().Name} is not a row; only metrics, decisions and checkpoints are.", nameof(batch));
                }
            }
        }
        foreach (var (_, mustAgree) in written.Where(w => w.Insert.Count == 0))
            mustAgree();
        return [.. batch.Select(of => owned.Contains(of.Attempt) ? FenceAnswer.Held : FenceAnswer.FenceLost)];
    }

    public static async ValueTask<FenceAnswer> Complete(SqlSession sql, AttemptKey attempt, TrainerEvent.Done done, IReadOnlyList<string> log)
    {
        var asked = sql.Ask(
            $"""
            SELECT run_id, spec, (SELECT a.fingerprint FROM attempt a WHERE a.unit_id = @unit AND a.fence = @fence) AS fingerprint
              FROM unit WHERE unit_id = @unit AND fence = @fence AND state = 'running'{sql.Lock}
            """,
            row => new { RunId = row.Must("run_id"), Unit = row.Json<UnitSpec>("spec"), Fingerprint = row.Text("fingerprint") },
            ("@unit", attempt.UnitId), ("@fence", attempt.Fence));
        var leaving = SlotRows.AskLeaving(sql, attempt.UnitId);
        if (await asked is not [var owned])
        {
            // The answer to the first call may have been lost on its way.
            return sql.Any("SELECT 1 FROM unit WHERE unit_id = @unit AND fence = @fence AND state = 'done'",
                ("@unit", attempt.UnitId), ("@fence", attempt.Fence)) ? FenceAnswer.Held : FenceAnswer.FenceLost;
        }
        var unit = owned.Unit;
        object outcome = (unit.Kind, done.Search, done.Retrain) switch
        {
            (UnitKind.Search, { } search, null) => search,
            (UnitKind.Retrain, null, { } retrain) => retrain,
            _ => throw new InvalidDataException($"The trainer ended {unit.Kind} unit {attempt.UnitId} without exactly one {unit.Kind} outcome."),
        };
        ArtifactRows.Insert(sql, attempt, done.File);
        if (SlotRows.Freed(sql, leaving) is { } place)
            SlotTroubles.Forget(sql, place);
        sql.Post("UPDATE attempt SET ended_at = @now, ending = 'done', log = @log WHERE unit_id = @unit AND fence = @fence",
            ("@unit", attempt.UnitId), ("@fence", attempt.Fence), ("@now", sql.Now), ("@log", Columns.Json(log)));
        // What follows comes first: the run is open all the time.
        if (outcome is SearchOutcome found)
            GoOn(sql, owned.RunId, unit, found, owned.Fingerprint);
        sql.Post(
            """
            UPDATE unit SET state = 'done', outcome = @outcome, fingerprint = @fingerprint, owner = NULL, slot_id = NULL, lease_until = NULL,
                   stop_for = NULL, paused = NULL WHERE unit_id = @unit
            """,
            ("@unit", attempt.UnitId), ("@fingerprint", owned.Fingerprint), ("@outcome", JsonSerializer.Serialize(outcome, CatalogJson.Compact)));
        return FenceAnswer.Held;
    }

    /// <summary>The next phase starts from this one's end, and so from its numerics.</summary>
    private static void GoOn(SqlSession sql, string runId, UnitSpec unit, SearchOutcome found, string? fingerprint)
    {
        if (found.SearchFinished || found.Diverged)
        {
            sql.Post("UPDATE seed_run SET search_state = 'finished', genotype = @genotype, diverged = @diverged WHERE run_id = @run",
                ("@run", runId), ("@genotype", found.Genotype), ("@diverged", found.Diverged ? 1 : 0));
        }
        var follow = NextUnits.AfterSearchPhase(runId, unit, found, found.SearchFinished ? UnitRows.WantedRetrains(sql, runId) : []);
        foreach (var next in follow)
            UnitRows.Enqueue(sql, runId, next, fingerprint: next.Kind == UnitKind.Search ? fingerprint : null);
        if (follow.Any(next => next.Kind == UnitKind.Retrain))
            LookRows.HoldRetrains(sql, runId);
        if (found.SearchFinished || found.Diverged)
            UnitRows.ReviewPlacebosOf(sql, runId);
    }

    /// <summary>Voids what older fences wrote about training that this attempt does again, and says so.</summary>
    private static void Supersede(SqlSession sql, AttemptKey attempt, TrainerEvent.Started started)
    {
        (string, object?)[] older = [("@unit", attempt.UnitId), ("@fence", attempt.Fence), ("@trained", started.Trained)];
        var rows = sql.Execute("UPDATE metric SET void = 1 WHERE unit_id = @unit AND fence < @fence AND step >= @trained AND void = 0", older)
            + sql.Execute("UPDATE event SET void = 1 WHERE unit_id = @unit AND fence < @fence AND step >= @trained AND void = 0 AND kind = 'decision'", older);
        // A checkpoint at exactly this position is what we go on from; an end of the unit is to be reached again.
        rows += sql.Execute(
            """
            UPDATE artifact SET void = 1 WHERE unit_id = @unit AND fence < @fence AND void = 0
               AND (trained > @trained OR (trained = @trained AND end_of_unit = 1))
            """, older);
        if (rows > 0)
            Note(sql, attempt, started.Trained, "superseded", new { fromStep = started.Trained, rows });
    }

    /// <summary>A row that was there already must say the same.</summary>
    private static (Posted Insert, Action MustAgree) Insert(SqlSession sql, AttemptKey attempt, TrainerEvent.Metric metric)
    {
        (string, object?)[] key = [("@unit", attempt.UnitId), ("@step", metric.Step), ("@name", metric.Name), ("@fence", attempt.Fence)];
        // SQLite has no not-a-number: an empty value stands for it.
        object? value = double.IsNaN(metric.Value) ? null : metric.Value;
        if (attempt.Fence > 1)
            sql.Post("UPDATE metric SET void = 1 WHERE unit_id = @unit AND step = @step AND name = @name AND fence < @fence AND void = 0", key);
        var insert = sql.Post(
            "INSERT INTO metric (unit_id, step, name, fence, epoch, value, timing) VALUES (@unit, @step, @name, @fence, @epoch, @value, @timing) ON CONFLICT DO NOTHING",
            [.. key, ("@epoch", metric.Epoch), ("@value", value), ("@timing", metric.Timing ? 1 : 0)]);
        return (insert, () =>
        {
            if (!sql.Any(
                "SELECT 1 FROM metric WHERE unit_id = @unit AND step = @step AND name = @name AND fence = @fence AND epoch = @epoch AND value IS NOT DISTINCT FROM @value",
                [.. key, ("@epoch", metric.Epoch), ("@value", value)]))
            {
                throw MeasuredTwice(attempt, metric);
            }
        }
        );
    }

    /// <summary>One fence has said two things under one key.</summary>
    public static InvalidDataException MeasuredTwice(AttemptKey attempt, TrainerEvent.Metric second) => new(
        string.Create(CultureInfo.InvariantCulture, $"{attempt} measured '{second.Name}' at step {second.Step} twice, the second time {second.Value:R} in epoch {second.Epoch}."));

    private static (Posted Insert, Action MustAgree) Insert(SqlSession sql, AttemptKey attempt, TrainerEvent.Decision decision)
    {
        (string, object?)[] key = [("@unit", attempt.UnitId), ("@step", decision.Step), ("@name", decision.Name), ("@fence", attempt.Fence)];
        var detail = JsonSerializer.Serialize(decision.Detail, CatalogJson.Compact);
        sql.Post("UPDATE event SET void = 1 WHERE unit_id = @unit AND step = @step AND name = @name AND fence < @fence AND void = 0 AND kind = 'decision'", key);
        var insert = sql.Post(
            """
            INSERT INTO event (unit_id, kind, step, name, fence, epoch, detail, at)
            VALUES (@unit, 'decision', @step, @name, @fence, @epoch, @detail, @now) ON CONFLICT DO NOTHING
            """, [.. key, ("@epoch", decision.Epoch), ("@detail", detail), ("@now", sql.Now)]);
        return (insert, () =>
        {
            if (!sql.Any(
                "SELECT 1 FROM event WHERE unit_id = @unit AND step = @step AND name = @name AND fence = @fence AND kind = 'decision' AND detail = @detail",
                [.. key, ("@detail", detail)]))
            {
                throw new InvalidDataException($"{attempt} decided '{decision.Name}' at step {decision.Step} twice, the second time {detail}.");
            }
        }
        );
    }

    private static void Note(SqlSession sql, AttemptKey attempt, long step, string name, object detail) => sql.Post(
        "INSERT INTO event (unit_id, kind, step, name, fence, epoch, detail, at) VALUES (@unit, 'note', @step, @name, @fence, 0, @detail, @now)",
        ("@unit", attempt.UnitId), ("@step", step), ("@name", name), ("@fence", attempt.Fence),
        ("@detail", JsonSerializer.Serialize(detail, CatalogJson.Compact)), ("@now", sql.Now));
}
