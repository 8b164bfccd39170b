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
    /// <summary>Asks the database; the answer, called when the transaction is over, puts the result together.</summary>
    /// <param name="sql">The transaction.</param>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="table">Scores of cells, for runs that are scored by a table.</param>
    /// <param name="withCurves">Trajectories and decisions too; otherwise digests are enough, and rows are read only where a digest is missing.</param>
    public static Func<SweepResult?> Result(SqlSession sql, string sweepId, TableLookUp? table, bool withCurves)
    {
        if (SweepReading.Summary(sql, sweepId) is not { } summary)
            return () => null;
        // Long texts first: they are parsed while the rest is read.
        var parsed = new ParsedRuns();
        var runs = sql.Query(
            "SELECT r.run_id, r.spec, r.genotype, r.numerics_changed, r.digest FROM sweep_run x JOIN seed_run r ON r.run_id = x.run_id WHERE x.sweep_id = @sweep",
            row => new RunRow(row.Must("run_id"), parsed.Add(row.Utf8("spec")!, row.Utf8("digest")), row.Text("genotype"), row.Flag("numerics_changed")),
            ("@sweep", sweepId)).ToDictionary(r => r.RunId);
        var rows = SweepReading.Rows(sql, sweepId);
        var states = SweepReading.Status(sql, summary, rows).Runs;
        var retrains = sql.Query(
            """
            SELECT t.run_id, w.retrain_id, t.spec, t.seed, u.outcome, u.attempts, u.trained_seconds, u.wasted_seconds FROM sweep_retrain w
              JOIN retrain t ON t.retrain_id = w.retrain_id LEFT JOIN unit u ON u.unit_id = w.retrain_id WHERE w.sweep_id = @sweep ORDER BY w.position
            """,
            row => new RetrainRow(row.Must("run_id"), row.Must("retrain_id"), row.Must("spec"), row.Long("seed"), row.Text("outcome"),
                row.LongOrNull("attempts") is > 0, new(row.Double("trained_seconds"), row.Double("wasted_seconds"))), ("@sweep", sweepId)).ToLookup(r => r.RunId);
        var fingerprints = sql.Query(
            """
            SELECT DISTINCT f.hash, f.body FROM fingerprint f JOIN attempt a ON a.fingerprint = f.hash JOIN unit u ON u.unit_id = a.unit_id
              JOIN sweep_run x ON x.run_id = u.run_id WHERE x.sweep_id = @sweep ORDER BY f.hash
            """, row => (Hash: row.Must("hash"), Body: row.Json<NumericsFingerprint>("body")), ("@sweep", sweepId));
        var sweep = sql.First("SELECT manifest, arms, comparison, code_version FROM sweep WHERE sweep_id = @sweep", row => new SweepResult
        {
            SweepId = sweepId,
            Name = summary.Name,
            Manifest = row.Must("manifest"),
            Arms = row.Json<string[]>("arms"),
            Comparison = row.Json<ComparisonSpec>("comparison"),
            CodeVersion = row.Must("code_version"),
            Looks = summary.Looks,
            Runs = [],
            Fingerprints = fingerprints.ToDictionary(f => f.Hash, f => f.Body),
        }, ("@sweep", sweepId))!;
        parsed.Finish();
        var records = RunRecords.Read(sql, [.. runs.Values.Where(NeedsRecords).Select(run => run.RunId)]);
        return () => sweep with
        {
            Runs = [.. rows.Zip(states, (row, state) => Run(
                state, row, runs[row.RunId], [.. retrains[row.RunId]], table, withCurves, NeedsRecords(runs[row.RunId]) ? records : null))],
        };

        bool NeedsRecords(RunRow run) => withCurves || run.Parsed.Digest is null || retrains[run.RunId].Any(retrain => retrain.IsUndigested);
    }

    private sealed record RunRow(string RunId, ParsedRuns.Run Parsed, string? Genotype, bool NumericsChanged);

    private sealed record RetrainRow(string RunId, string RetrainId, string Spec, long Seed, string? Outcome, bool Tried, RetrainCost Cost)
    {
        public bool IsUndigested => Tried && double.IsNaN(Cost.Seconds);
    }

    /// <param name="status">Where the run stands.</param>
    /// <param name="row">Its row in the sweep.</param>
    /// <param name="run">Its own row.</param>
    /// <param name="retrains">Jobs that the sweep wants of it.</param>
    /// <param name="table">Scores of cells.</param>
    /// <param name="withCurves">Trajectories and decisions too.</param>
    /// <param name="records">What it recorded; null: its digest says enough.</param>
    private static SeedRunResult Run(
        RunStatus status, SweepReading.RunRow row, RunRow run, IReadOnlyList<RetrainRow> retrains, TableLookUp? table, bool withCurves, RunRecords? records)
    {
        var spec = run.Parsed.Spec;
        var (cost, search) = records is null ? run.Parsed.Digest!.Value : records.Digest(run.RunId) is var digest ? (digest.Cost, digest.ToSearch()) : default;
        var jobs = records is null
            ? retrains.Where(r => r.Tried).Select(r => r.Cost) : retrains.Select(r => records.RetrainCost(run.RunId, r.RetrainId));
        return new SeedRunResult
        {
            RunId = status.RunId,
            Arm = status.Arm,
            Spec = spec,
            Look = row.Look,
            State = status.State,
            Reason = status.Reason,
            ReasonText = status.ReasonText,
            Genotype = run.Genotype,
            SearchDiverged = status.Diverged,
            Retrains = [.. retrains.Where(r => r.Outcome is not null).Select(r => Retrained(r, Parse<RetrainSpec>(r.Spec)))],
            Table = row.ByTable && table is not null && run.Genotype is not null && !status.Diverged ? table(spec, run.Genotype) : new Dictionary<string, double>(),
            Search = search,
            Trajectories = withCurves ? records!.Trajectories(run.RunId) : new Dictionary<string, IReadOnlyList<TrajectoryPoint>>(),
            Decisions = withCurves ? records!.SearchDecisions(run.RunId) : [],
            Cost = CostAccounting.Sum(cost, jobs),
            Attempts = status.Attempts,
            NumericsChanged = run.NumericsChanged,
        };

        static RetrainResult Retrained(RetrainRow row, RetrainSpec spec) => new(row.RetrainId, spec.Data.Name, spec.Recipe, row.Seed, Parse<RetrainOutcome>(row.Outcome!), spec);
    }

    private static T Parse<T>(string json) => JsonSerializer.Deserialize<T>(json, CatalogJson.Compact)!;

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
        var records = RunRecords.Read(sql, [runId]);
        var metrics = records.Metrics[runId].Where(m => !m.Timing).ToLookup(m => m.UnitId);
        var decisions = records.Decisions[runId].ToLookup(d => d.UnitId);
        foreach (var unit in records.Units[runId].OrderBy(u => u.Kind).ThenBy(u => u.Phase).ThenBy(u => u.UnitId, StringComparer.Ordinal))
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
}
