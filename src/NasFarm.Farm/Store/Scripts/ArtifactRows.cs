using System.Text.Json;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Checkpoint rows. One epoch may have several: at its start, and inside it after a stop; the last written is the newest.</summary>
internal static class ArtifactRows
{
    public static CheckpointRef File(SqlRow row) => new(
        row.Must("path"), row.Must("sha256"), row.Long("bytes"), row.Long("trained"), row.Int("epoch"), row.Flag("end_of_unit"));

    public static void Insert(SqlSession sql, AttemptKey attempt, CheckpointRef file) => sql.Post(
        """
        INSERT INTO artifact (unit_id, fence, path, sha256, bytes, trained, epoch, end_of_unit, written_at, ordinal)
        SELECT @unit, @fence, @path, @sha, @bytes, @trained, @epoch, @end, @now, COALESCE(MAX(ordinal), 0) + 1 FROM artifact WHERE unit_id = @unit
        ON CONFLICT (unit_id, fence, path) DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes, trained = excluded.trained,
           epoch = excluded.epoch, end_of_unit = excluded.end_of_unit
        """,
        ("@unit", attempt.UnitId), ("@fence", attempt.Fence), ("@path", file.Path), ("@sha", file.Sha256), ("@bytes", file.Bytes),
        ("@trained", file.Trained), ("@epoch", file.Epoch), ("@end", file.EndOfUnit ? 1 : 0), ("@now", sql.Now));

    /// <summary>A checkpoint of a unit that goes on: whoever resumes it needs the numerics that wrote it.</summary>
    public static void InsertNewest(SqlSession sql, AttemptKey attempt, CheckpointRef file)
    {
        Insert(sql, attempt, file);
        sql.Post("UPDATE unit SET fingerprint = (SELECT a.fingerprint FROM attempt a WHERE a.unit_id = @unit AND a.fence = @fence) WHERE unit_id = @unit",
            ("@unit", attempt.UnitId), ("@fence", attempt.Fence));
    }

    /// <summary>Units with more rows than a finished unit keeps, or with void rows, or whose run is finished and whose rows are all older
    /// than asked: nothing starts from their ends any more.</summary>
    public static IReadOnlyList<UnitArtifacts> Collectable(SqlSession sql, DateTimeOffset? endsBefore) => [.. sql.Query(
        """
        SELECT a.*, u.kind, u.state, r.spec,
               CASE WHEN c.newest < @ends AND r.search_state = 'finished'
                     AND NOT EXISTS (SELECT 1 FROM unit o WHERE o.run_id = r.run_id AND o.state <> 'done') THEN 1 ELSE 0 END AS end_may_go
          FROM (SELECT unit_id, MAX(written_at) AS newest FROM artifact WHERE collected = 0 GROUP BY unit_id
                HAVING COUNT(*) > 1 OR MAX(void) = 1 OR MAX(written_at) < @ends) c
          JOIN artifact a ON a.unit_id = c.unit_id AND a.collected = 0
          JOIN unit u ON u.unit_id = a.unit_id JOIN seed_run r ON r.run_id = u.run_id
         ORDER BY a.unit_id, a.trained DESC, a.ordinal DESC
        """,
        row => (
            Row: new ArtifactRow(new(row.Must("unit_id"), row.Long("fence")), File(row), row.Flag("void")),
            Kind: row.Must("kind"), Done: row.Must("state") == "done", Spec: row.Must("spec"), EndMayGo: row.Flag("end_may_go")),
        ("@ends", endsBefore?.ToUnixTimeMilliseconds() ?? 0))
        .GroupBy(r => r.Row.Key.UnitId)
        .Select(unit => new UnitArtifacts(
            unit.Key, unit.First().Kind == "search" ? UnitKind.Search : UnitKind.Retrain, Method(unit.First().Spec), unit.First().Done,
            unit.First().EndMayGo, [.. unit.Select(r => r.Row)]))];

    public static void MarkCollected(SqlSession sql, IReadOnlyList<ArtifactRow> rows)
    {
        foreach (var row in rows.OrderBy(r => r.File.Path, StringComparer.Ordinal))
        {
            sql.Post("UPDATE artifact SET collected = 1 WHERE unit_id = @unit AND fence = @fence AND path = @path",
                ("@unit", row.Key.UnitId), ("@fence", row.Key.Fence), ("@path", row.File.Path));
        }
    }

    /// <summary>Void rows keep nothing alive.</summary>
    public static IReadOnlySet<string> Referenced(SqlSession sql, IReadOnlyList<string> paths)
    {
        var needed = sql.QueryEach("SELECT path FROM artifact WHERE path IN (@ids) AND collected = 0 AND void = 0", paths, row => row.Must("path"))
            .ToHashSet(StringComparer.Ordinal);
        needed.UnionWith(paths.Where(path => !needed.Contains(path) && MayBeReferencedSoon(sql, path)));
        return needed;
    }

    /// <summary>A living attempt has written the file and not yet told: how old it seems says nothing when a clock has jumped.</summary>
    private static bool MayBeReferencedSoon(SqlSession sql, string path) =>
        ArtifactPath.AttemptOf(path) is { } attempt
        && sql.Any("SELECT 1 FROM unit WHERE unit_id = @unit AND fence = @fence AND state = 'running'", ("@unit", attempt.UnitId), ("@fence", attempt.Fence))
        && !sql.Any("SELECT 1 FROM artifact WHERE unit_id = @unit AND fence = @fence AND path = @path",
            ("@unit", attempt.UnitId), ("@fence", attempt.Fence), ("@path", path));

    private static string Method(string spec)
    {
        using var json = JsonDocument.Parse(spec);
        return json.RootElement.GetProperty("method").GetString()!;
    }
}
