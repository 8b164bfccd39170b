using System.Text.Json;
using System.Text.Json.Serialization;
using NasFarm.Catalog;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Runs as a grid shows them: less than a comparison reads, so that ten thousand come in a moment.</summary>
internal static class GridReading
{
    public static IReadOnlyList<GridRun>? Runs(SqlSession sql, string sweepId, IReadOnlyList<string>? runIds)
    {
        if (!sql.Any("SELECT 1 FROM sweep WHERE sweep_id = @sweep", ("@sweep", sweepId)))
            return null;
        var running = SweepReading.Running(sql, sweepId).ToHashSet();
        var accuracies = SweepReading.Accuracies(sql, sweepId, runIds);
        var rows = SweepReading.Ask(sql,
            $"""
            SELECT x.run_id, x.arm, x.state, x.position, r.spec, r.genotype, r.diverged FROM sweep_run x JOIN seed_run r ON r.run_id = x.run_id
             WHERE x.sweep_id = @sweep{SweepReading.Among(runIds)} ORDER BY x.position
            """, sweepId, runIds, row => (Position: row.Int("position"), Run: Run(row, running, accuracies)));
        return [.. rows.OrderBy(row => row.Position).Select(row => row.Run)];
    }

    /// <summary>Of a specification, what a grid asks.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    private sealed record Spec(SpaceSpec Space, DataName Data, long SearchSeed, long DataOrderSeed);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    private sealed record DataName(string Name);

    private static GridRun Run(SqlRow row, HashSet<string> running, ILookup<string, double> accuracies)
    {
        var runId = row.Must("run_id");
        var spec = JsonSerializer.Deserialize<Spec>(row.Utf8("spec")!, CatalogJson.Compact)!;
        var state = row.Must("state") is not SweepReading.Opened and var over ? Columns.Value<SeedRunState>(over)
            : running.Contains(runId) ? SeedRunState.Running : SeedRunState.Waiting;
        return new(runId, row.Must("arm"), spec.Space, spec.Data.Name, spec.SearchSeed, spec.DataOrderSeed, state, row.Flag("diverged"),
            SweepReading.Mean(accuracies[runId]), row.Text("genotype"));
    }
}
