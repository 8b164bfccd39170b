using System.Globalization;
using System.Text;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Results out of effective rows.</summary>
internal static class ResultReading
{
    public static SweepResult? Result(SqlSession sql, string sweepId, TableLookUp? table)
    {
        if (SweepReading.Status(sql, sweepId) is not { } status)
            return null;
        var rows = SweepReading.Rows(sql, sweepId).ToDictionary(r => r.RunId);
        var runs = status.Runs.Select(run => Run(sql, sweepId, run, rows[run.RunId].ByTable ? table : null) with { Look = rows[run.RunId].Look }).ToList();
        var fingerprints = sql.Query(
            """
            SELECT DISTINCT f.hash, f.body FROM fingerprint f JOIN attempt a ON a.fingerprint = f.hash JOIN unit u ON u.unit_id = a.unit_id
              JOIN sweep_run x ON x.run_id = u.run_id WHERE x.sweep_id = @sweep ORDER BY f.hash
            """, row => (Hash: row.Must("hash"), Body: row.Json<NumericsFingerprint>("body")), ("@sweep", sweepId));
        return sql.First("SELECT manifest, arms, comparison, code_version FROM sweep WHERE sweep_id = @sweep", row => new SweepResult
        {
            SweepId = sweepId,
            Name = status.Sweep.Name,
            Manifest = row.Must("manifest"),
            Arms = row.Json<string[]>("arms"),
            Comparison = row.Json<ComparisonSpec>("comparison"),
            CodeVersion = row.Must("code_version"),
            Looks = status.Sweep.Looks,
            Runs = runs,
            Fingerprints = fingerprints.ToDictionary(f => f.Hash, f => f.Body),
        }, ("@sweep", sweepId));
    }

    /// <summary>The canonical text of a run; every order in it is ordinal, so that no database's collation shows.</summary>
    public static string? History(SqlSession sql, string runId)
    {
        var run = sql.First("SELECT search_state, genotype, diverged FROM seed_run WHERE run_id = @run",
            row => new { State = row.Must("search_state"), Genotype = row.Text("genotype"), Diverged = row.Flag("diverged") }, ("@run", runId));
        if (run is null)
            return null;
        var text = new StringBuilder();
        Line($"run {runId} search {run.State} diverged {run.Diverged}");
        Line($"genotype {run.Genotype}");
        var metrics = Metrics(sql, runId).Where(m => !m.Timing).ToLookup(m => m.UnitId);
        var decisions = Decisions(sql, runId).ToLookup(d => d.UnitId);
        foreach (var unit in Units(sql, runId).OrderBy(u => u.Kind).ThenBy(u => u.Phase).ThenBy(u => u.UnitId, StringComparer.Ordinal))
        {
            Line($"unit {unit.UnitId} {unit.Kind} {unit.State}");
            foreach (var m in metrics[unit.UnitId].OrderBy(m => m.Step).ThenBy(m => m.Name, StringComparer.Ordinal))
                Line($"metric {m.Step} {m.Epoch} {m.Name} {m.Value:R}");
            foreach (var d in decisions[unit.UnitId].OrderBy(d => d.Row.Step).ThenBy(d => d.Row.Name, StringComparer.Ordinal))
                Line($"decision {d.Row.Step} {d.Row.Epoch} {d.Row.Name} {JsonSerializer.Serialize(d.Row.Detail, CatalogJson.Compact)}");
            if (unit.Outcome is not null)
                Line($"outcome {unit.Outcome}");
            var end = sql.Query("SELECT * FROM artifact WHERE unit_id = @unit AND void = 0 AND end_of_unit = 1 ORDER BY fence DESC LIMIT 1",
                ArtifactRows.File, ("@unit", unit.UnitId));
            foreach (var file in end)
                Line($"checkpoint {file.Sha256} bytes {file.Bytes} trained {file.Trained} epoch {file.Epoch}");
        }
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static SeedRunResult Run(SqlSession sql, string sweepId, RunStatus status, TableLookUp? table)
    {
        var (spec, genotype, numericsChanged) = sql.Query("SELECT spec, genotype, numerics_changed FROM seed_run WHERE run_id = @run",
            row => (row.Json<SeedRunSpec>("spec"), row.Text("genotype"), row.Flag("numerics_changed")), ("@run", status.RunId)).Single();
        var retrains = sql.Query(
            """
            SELECT w.retrain_id, t.spec, t.seed, u.outcome FROM sweep_retrain w JOIN retrain t ON t.retrain_id = w.retrain_id
              LEFT JOIN unit u ON u.unit_id = w.retrain_id WHERE w.sweep_id = @sweep AND t.run_id = @run ORDER BY w.position
            """,
            row => (Id: row.Must("retrain_id"), Spec: row.Json<RetrainSpec>("spec"), Seed: row.Long("seed"), Outcome: row.Text("outcome")),
            ("@sweep", sweepId), ("@run", status.RunId));
        var wanted = retrains.Select(r => r.Id).ToHashSet();
        var kinds = Units(sql, status.RunId).Where(u => u.Kind == UnitKind.Search || wanted.Contains(u.UnitId)).ToDictionary(u => u.UnitId, u => u.Kind);
        var metrics = Metrics(sql, status.RunId).Where(m => kinds.ContainsKey(m.UnitId)).ToList();
        var attempts = sql.Query(
            """
            SELECT a.unit_id, a.fence, a.claimed_at, a.ended_at, a.ending FROM attempt a JOIN unit u ON u.unit_id = a.unit_id
             WHERE u.run_id = @run AND a.ended_at IS NOT NULL
            """,
            row => new AttemptTime(row.Must("unit_id"), row.Long("fence"), (row.Long("ended_at") - row.Long("claimed_at")) / 1000.0, row.Must("ending") == "done"),
            ("@run", status.RunId)).Where(a => kinds.ContainsKey(a.UnitId)).ToList();
        return new SeedRunResult
        {
            RunId = status.RunId,
            Arm = status.Arm,
            Spec = spec,
            State = status.State,
            Reason = status.Reason,
            ReasonText = status.ReasonText,
            Genotype = genotype,
            SearchDiverged = status.Diverged,
            Retrains = [.. retrains.Where(r => r.Outcome is not null).Select(r => new RetrainResult(
                r.Id, r.Spec.Data.Name, r.Spec.Recipe, r.Seed, JsonSerializer.Deserialize<RetrainOutcome>(r.Outcome!, CatalogJson.Compact)!, r.Spec))],
            Table = table is not null && genotype is not null && !status.Diverged ? table(spec, genotype) : new Dictionary<string, double>(),
            Trajectories = metrics.Where(m => !m.Timing && kinds[m.UnitId] == UnitKind.Search).GroupBy(m => m.Name).ToDictionary(
                g => g.Key, IReadOnlyList<TrajectoryPoint> (g) => [.. g.OrderBy(m => m.Step).Select(m => new TrajectoryPoint(m.Step, m.Epoch, m.Value))]),
            Decisions = [.. Decisions(sql, status.RunId).Where(d => kinds.GetValueOrDefault(d.UnitId, UnitKind.Retrain) == UnitKind.Search).Select(d => d.Row)],
            Cost = CostAccounting.Of(kinds, metrics, attempts),
            Attempts = status.Attempts,
            NumericsChanged = numericsChanged,
        };
    }

    private static List<(string UnitId, UnitKind Kind, int Phase, string State, string? Outcome)> Units(SqlSession sql, string runId) => sql.Query(
        "SELECT unit_id, kind, phase, state, outcome FROM unit WHERE run_id = @run",
        row => (row.Must("unit_id"), SweepReading.Kind(row.Must("kind")), row.Int("phase"), row.Must("state"), row.Text("outcome")), ("@run", runId));

    private static List<MetricRow> Metrics(SqlSession sql, string runId) => sql.Query(
        "SELECT m.* FROM unit u JOIN metric m ON m.unit_id = u.unit_id WHERE u.run_id = @run AND m.void = 0",
        row => new MetricRow(row.Must("unit_id"), row.Long("step"), row.Must("name"), row.Long("fence"), row.Int("epoch"),
            row.Double("value"), row.Flag("timing")), ("@run", runId));

    private static List<(string UnitId, DecisionRecord Row)> Decisions(SqlSession sql, string runId) => sql.Query(
        """
        SELECT e.unit_id, u.phase, e.step, e.epoch, e.name, e.detail FROM unit u JOIN event e ON e.unit_id = u.unit_id
         WHERE u.run_id = @run AND e.kind = 'decision' AND e.void = 0 ORDER BY u.kind DESC, u.phase, e.step, e.seq
        """,
        row => (row.Must("unit_id"), new DecisionRecord(row.Int("phase"), row.Long("step"), row.Int("epoch"), row.Must("name"), row.Json<JsonElement>("detail"))),
        ("@run", runId));
}
