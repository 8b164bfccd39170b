using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Runs as a grid shows them.</summary>
internal static class GridReading
{
    /// <param name="sql">The transaction.</param>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="runIds">Runs of it, others are passed over; null: all.</param>
    /// <param name="finished">What is known of finished runs already.</param>
    /// <param name="places">What is known of specifications already.</param>
    public static IReadOnlyList<GridRun>? Runs(SqlSession sql, string sweepId, IReadOnlyList<string>? runIds, FinishedRuns finished, GridPlaces places)
    {
        if ((runIds is null ? StandingReading.All(sql, sweepId, finished) : StandingReading.Some(sql, sweepId, runIds)) is not { } runs)
            return null;
        places.Learn(sql, runs.Select(run => run.RunId));
        return [.. runs.Select(run => Placed(run, places.Of(run.RunId)))];
    }

    private static GridRun Placed(Standing run, GridPlaces.Place place) => new(
        run.RunId, run.Arm, place.Space, place.Data.Name, place.SearchSeed, place.DataOrderSeed, run.State, run.Diverged, run.Accuracy, run.Genotype);
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
