using NasFarm.Catalog.Results;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Where a run of a sweep stands, and what came of it.</summary>
/// <param name="Accuracy">Mean of its retrain jobs that are done and wanted; null: none is.</param>
/// <param name="Genotype">Final genotype; null before the search has finished.</param>
internal sealed record Standing(string RunId, string Arm, SeedRunState State, bool Diverged, double? Accuracy, string? Genotype);

/// <summary>Where the runs of a sweep stand: less than a comparison reads, so that ten thousand come in a moment.</summary>
internal static class StandingReading
{
    private sealed record RunState(string RunId, int Position, string State);

    /// <summary>All of them, in plan order: of each the state, from an index, and more only where a run was not finished when it was read before.
    /// Null: no such sweep.</summary>
    /// <param name="sql">The transaction.</param>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="finished">What is known of finished runs already.</param>
    public static IReadOnlyList<Standing>? All(SqlSession sql, string sweepId, FinishedRuns finished)
    {
        var plan = sql.First(
            "SELECT accepted_at, (SELECT COUNT(*) FROM sweep_retrain w WHERE w.sweep_id = @sweep) AS retrains FROM sweep WHERE sweep_id = @sweep",
            row => new FinishedRuns.Plan(row.Long("accepted_at"), row.Long("retrains")), ("@sweep", sweepId));
        if (plan is null)
            return null;
        var known = finished.Of(sweepId, plan);
        var states = States(sql, sweepId, null);
        var unknown = states.Where(run => run.State != FinishedRuns.State || !known.ContainsKey(run.RunId)).ToList();
        var read = Read(sql, sweepId, unknown.Count == states.Count ? null : [.. unknown.Select(run => run.RunId)], unknown);
        finished.Keep(sweepId, plan, known, read.Values.Where(run => run.State == SeedRunState.Finished));
        return [.. states.Select(run => read.TryGetValue(run.RunId, out var now) ? now : known[run.RunId])];
    }

    /// <summary>Some of them, in plan order; those that are not the sweep's are passed over. Null: no such sweep.</summary>
    public static IReadOnlyList<Standing>? Some(SqlSession sql, string sweepId, IReadOnlyList<string> runIds)
    {
        if (!sql.Any("SELECT 1 FROM sweep WHERE sweep_id = @sweep", ("@sweep", sweepId)))
            return null;
        var states = States(sql, sweepId, runIds);
        var read = Read(sql, sweepId, runIds, states);
        return [.. states.Select(run => read[run.RunId])];
    }

    private static List<RunState> States(SqlSession sql, string sweepId, IReadOnlyList<string>? runIds)
    {
        var states = SweepReading.Ask(sql, $"SELECT x.run_id, x.position, x.state FROM sweep_run x WHERE x.sweep_id = @sweep{SweepReading.Among(runIds)}",
            sweepId, runIds, row => new RunState(row.Must("run_id"), row.Int("position"), row.Must("state")));
        states.Sort((one, other) => one.Position.CompareTo(other.Position));
        return states;
    }

    private static Dictionary<string, Standing> Read(SqlSession sql, string sweepId, IReadOnlyList<string>? runIds, IReadOnlyList<RunState> states)
    {
        if (states.Count == 0)
            return [];
        var running = SweepReading.Running(sql, sweepId).ToHashSet();
        var accuracies = SweepReading.Accuracies(sql, sweepId, runIds);
        var byId = states.ToDictionary(run => run.RunId);
        return SweepReading.Ask(sql,
            $"SELECT x.run_id, x.arm, r.genotype, r.diverged FROM sweep_run x JOIN seed_run r ON r.run_id = x.run_id WHERE x.sweep_id = @sweep{SweepReading.Among(runIds)}",
            sweepId, runIds, row =>
            {
                var run = byId[row.Must("run_id")];
                return new Standing(run.RunId, row.Must("arm"), State(run, running), row.Flag("diverged"), SweepReading.Mean(accuracies[run.RunId]), row.Text("genotype"));
            }).ToDictionary(run => run.RunId);
    }

    private static SeedRunState State(RunState run, HashSet<string> running) =>
        run.State is not SweepReading.Opened and var over ? Columns.Value<SeedRunState>(over)
        : running.Contains(run.RunId) ? SeedRunState.Running : SeedRunState.Waiting;
}
