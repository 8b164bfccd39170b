using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using NasFarm.Catalog;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Runs as a grid shows them: less than a comparison reads, so that ten thousand come in a moment.</summary>
internal static class GridReading
{
    /// <param name="sql">The transaction.</param>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="runIds">Runs of it, others are passed over; null: all.</param>
    /// <param name="places">What is known of specifications already.</param>
    public static IReadOnlyList<GridRun>? Runs(SqlSession sql, string sweepId, IReadOnlyList<string>? runIds, GridPlaces places)
    {
        if (!sql.Any("SELECT 1 FROM sweep WHERE sweep_id = @sweep", ("@sweep", sweepId)))
            return null;
        var running = SweepReading.Running(sql, sweepId).ToHashSet();
        var accuracies = SweepReading.Accuracies(sql, sweepId, runIds);
        var rows = SweepReading.Ask(sql,
            $"""
            SELECT x.run_id, x.arm, x.state, x.position, r.genotype, r.diverged FROM sweep_run x JOIN seed_run r ON r.run_id = x.run_id
             WHERE x.sweep_id = @sweep{SweepReading.Among(runIds)} ORDER BY x.position
            """, sweepId, runIds, row => (Position: row.Int("position"), RunId: row.Must("run_id"), Arm: row.Must("arm"), State: row.Must("state"),
                Genotype: row.Text("genotype"), Diverged: row.Flag("diverged")));
        places.Learn(sql, rows.Select(row => row.RunId));
        return [.. rows.OrderBy(row => row.Position).Select(row =>
        {
            var place = places.Of(row.RunId);
            var state = row.State is not SweepReading.Opened and var over ? Columns.Value<SeedRunState>(over)
                : running.Contains(row.RunId) ? SeedRunState.Running : SeedRunState.Waiting;
            return new GridRun(row.RunId, row.Arm, place.Space, place.Data.Name, place.SearchSeed, place.DataOrderSeed, state, row.Diverged,
                SweepReading.Mean(accuracies[row.RunId]), row.Genotype);
        })];
    }
}

/// <summary>Where runs stand in grids. It follows from their specifications, which are long and never change: each is read once.</summary>
internal sealed class GridPlaces
{
    private const int Most = 250_000;

    private readonly ConcurrentDictionary<string, Place> known = new(StringComparer.Ordinal);

    /// <summary>Of a specification, what a grid asks.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    public sealed record Place(SpaceSpec Space, DataName Data, long SearchSeed, long DataOrderSeed);

    /// <summary>Of its data.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    public sealed record DataName(string Name);

    /// <summary>Of a run that was learned.</summary>
    public Place Of(string runId) => known[runId];

    /// <summary>Reads those that are not known yet.</summary>
    public void Learn(SqlSession sql, IEnumerable<string> runIds)
    {
        var ids = runIds.ToList();
        if (known.Count + ids.Count > Most)
            known.Clear();
        foreach (var (runId, place) in sql.QueryEach("SELECT run_id, spec FROM seed_run WHERE run_id IN (@ids)", ids.Where(id => !known.ContainsKey(id)),
            row => (row.Must("run_id"), JsonSerializer.Deserialize<Place>(row.Utf8("spec")!, CatalogJson.Compact)!)))
            known[runId] = place;
    }
}
