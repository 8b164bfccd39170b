using System.Text.Json;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>What runs recorded, effective rows only, by run.</summary>
internal sealed record RunRecords(
    ILookup<string, RunRecords.Unit> Units, ILookup<string, MetricRow> Metrics, ILookup<string, RunRecords.Decision> Decisions, ILookup<string, AttemptTime> Attempts)
{
    public readonly record struct Unit(string UnitId, UnitKind Kind, int Phase, string State, string? Outcome);

    public readonly record struct Decision(string UnitId, UnitKind Kind, DecisionRecord Row);

    /// <summary>Of many runs, a few questions for all of them.</summary>
    public static RunRecords Read(SqlSession sql, IReadOnlyCollection<string> runIds)
    {
        ILookup<string, T> Each<T>(string query, Func<SqlRow, T> row) =>
            sql.QueryEach(query, runIds, at => (RunId: at.Must("run_id"), Row: row(at))).ToLookup(at => at.RunId, at => at.Row);

        return new(
            Each("SELECT run_id, unit_id, kind, phase, state, outcome FROM unit WHERE run_id IN (@ids)",
                row => new Unit(row.Must("unit_id"), SweepReading.Kind(row.Must("kind")), row.Int("phase"), row.Must("state"), row.Text("outcome"))),
            Each("SELECT u.run_id, m.* FROM unit u JOIN metric m ON m.unit_id = u.unit_id WHERE u.run_id IN (@ids) AND m.void = 0",
                row => new MetricRow(row.Must("unit_id"), row.Long("step"), row.Must("name"), row.Long("fence"), row.Int("epoch"), row.Double("value"), row.Flag("timing"))),
            Each(
                """
                SELECT u.run_id, u.kind, e.unit_id, u.phase, e.step, e.epoch, e.name, e.detail FROM unit u JOIN event e ON e.unit_id = u.unit_id
                 WHERE u.run_id IN (@ids) AND e.kind = 'decision' AND e.void = 0 ORDER BY u.kind DESC, u.phase, e.step, e.seq
                """,
                row => new Decision(row.Must("unit_id"), SweepReading.Kind(row.Must("kind")),
                    new(row.Int("phase"), row.Long("step"), row.Int("epoch"), row.Must("name"), row.Json<JsonElement>("detail")))),
            Each("SELECT u.run_id, a.unit_id, a.fence, a.claimed_at, a.ended_at, a.ending FROM attempt a JOIN unit u ON u.unit_id = a.unit_id WHERE u.run_id IN (@ids) AND a.ended_at IS NOT NULL",
                row => new AttemptTime(row.Must("unit_id"), row.Long("fence"), (row.Long("ended_at") - row.Long("claimed_at")) / 1000.0, row.Must("ending") == "done")));
    }

    /// <summary>Metrics of the search by name, timings left out.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<TrajectoryPoint>> Trajectories(string runId) => Of(runId, Searches(runId)).Metrics
        .Where(m => !m.Timing).GroupBy(m => m.Name).ToDictionary(
            g => g.Key, IReadOnlyList<TrajectoryPoint> (g) => [.. g.OrderBy(m => m.Step).Select(m => new TrajectoryPoint(m.Step, m.Epoch, m.Value))]);

    /// <summary>Decisions of the search, in order.</summary>
    public IReadOnlyList<DecisionRecord> SearchDecisions(string runId) => [.. Decisions[runId].Where(d => d.Kind == UnitKind.Search).Select(d => d.Row)];

    /// <summary>What a comparison needs of a search.</summary>
    public StoredDigest Digest(string runId)
    {
        var (metrics, attempts) = Of(runId, Searches(runId));
        return StoredDigest.Of(CostAccounting.OfSearch(metrics, attempts), SearchDigest.Of(Trajectories(runId), SearchDecisions(runId)));
    }

    /// <summary>What a retrain job cost so far.</summary>
    public RetrainCost RetrainCost(string runId, string retrainId)
    {
        var (metrics, attempts) = Of(runId, [retrainId]);
        return CostAccounting.OfRetrain(metrics, attempts);
    }

    private HashSet<string> Searches(string runId) => [.. Units[runId].Where(u => u.Kind == UnitKind.Search).Select(u => u.UnitId)];

    private (List<MetricRow> Metrics, List<AttemptTime> Attempts) Of(string runId, HashSet<string> units) =>
        ([.. Metrics[runId].Where(m => units.Contains(m.UnitId))], [.. Attempts[runId].Where(a => units.Contains(a.UnitId))]);
}

/// <summary>The digest of a finished search as its row keeps it: λmax column by column, which is shorter and sooner read than point by point.</summary>
internal sealed record StoredDigest(
    RunCost Cost, IReadOnlyDictionary<string, double> Final, long[] LambdaSteps, int[] LambdaEpochs, double[] LambdaMax,
    IReadOnlyList<EdgeDecisionPoint> EdgeDecisions, int Triggers, int Rollbacks)
{
    public static StoredDigest Of(RunCost cost, SearchDigest search) => new(
        cost, search.Final, [.. search.LambdaMax.Select(p => p.Step)], [.. search.LambdaMax.Select(p => p.Epoch)], [.. search.LambdaMax.Select(p => p.Value)],
        search.EdgeDecisions, search.Triggers, search.Rollbacks);

    public SearchDigest ToSearch() => new()
    {
        Final = Final, EdgeDecisions = EdgeDecisions, Triggers = Triggers, Rollbacks = Rollbacks,
        LambdaMax = [.. LambdaSteps.Select((step, at) => new TrajectoryPoint(step, LambdaEpochs[at], LambdaMax[at]))],
    };
}
