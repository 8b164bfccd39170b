using NasFarm.Catalog.Units;
using NasFarm.Farm.Store.Scripts;
using Npgsql;
using NpgsqlTypes;

namespace NasFarm.Farm.Store.Postgres;

/// <summary>COPY into a temporary table of the connection, then one insertion under the fence locks that the transaction holds.</summary>
internal sealed class PostgresMetricCopy(NpgsqlConnection connection, PostgresSession sql) : IMetricCopy
{
    /// <inheritdoc/>
    public int From => 48;

    /// <inheritdoc/>
    public void Append(IReadOnlyList<(AttemptKey Attempt, TrainerEvent.Metric Metric)> metrics)
    {
        sql.Post(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS metric_batch (
              unit_id TEXT COLLATE "C", fence BIGINT, step BIGINT, name TEXT COLLATE "C", epoch INTEGER, value DOUBLE PRECISION, timing SMALLINT)
              ON COMMIT DELETE ROWS
            """);
        sql.Flush();
        using (var copy = connection.BeginBinaryImport("COPY metric_batch (unit_id, fence, step, name, epoch, value, timing) FROM STDIN (FORMAT BINARY)"))
        {
            foreach (var (attempt, metric) in metrics)
            {
                copy.StartRow();
                copy.Write(attempt.UnitId, NpgsqlDbType.Text);
                copy.Write(attempt.Fence, NpgsqlDbType.Bigint);
                copy.Write(metric.Step, NpgsqlDbType.Bigint);
                copy.Write(metric.Name, NpgsqlDbType.Text);
                copy.Write(metric.Epoch, NpgsqlDbType.Integer);
                if (double.IsNaN(metric.Value))
                    copy.WriteNull();
                else
                    copy.Write(metric.Value, NpgsqlDbType.Double);
                copy.Write((short)(metric.Timing ? 1 : 0), NpgsqlDbType.Smallint);
            }
            copy.Complete();
        }
        // One statement per attempt: the planner knows nothing of the temporary table, and a constant unit keeps it on the index.
        foreach (var attempt in metrics.Select(m => m.Attempt).Where(attempt => attempt.Fence > 1).Distinct())
        {
            sql.Post(
                """
                UPDATE metric SET void = 1 FROM metric_batch b
                 WHERE metric.unit_id = @unit AND metric.step = b.step AND metric.name = b.name AND metric.fence < @fence AND metric.void = 0
                   AND b.unit_id = @unit
                """, ("@unit", attempt.UnitId), ("@fence", attempt.Fence));
        }
        var inserted = sql.Execute(
            """
            INSERT INTO metric (unit_id, step, name, fence, epoch, value, timing)
            SELECT unit_id, step, name, fence, epoch, value, timing FROM metric_batch ON CONFLICT DO NOTHING
            """);
        if (inserted < metrics.Count)
            MustAgree([.. metrics.Select(m => m.Attempt).Distinct()]);
    }

    /// <summary>Rows that were there already must say the same.</summary>
    private void MustAgree(IReadOnlyList<AttemptKey> attempts)
    {
        foreach (var attempt in attempts)
        {
            var second = sql.First(
                """
                SELECT b.* FROM metric_batch b JOIN metric m ON m.unit_id = @unit AND m.step = b.step AND m.name = b.name AND m.fence = @fence
                 WHERE b.unit_id = @unit AND (m.epoch <> b.epoch OR m.value IS DISTINCT FROM b.value) LIMIT 1
                """,
                row => new TrainerEvent.Metric(
                    attempt.Fence, row.Long("step"), row.Int("epoch"), row.Must("name"), row.Double("value"), row.Flag("timing")),
                ("@unit", attempt.UnitId), ("@fence", attempt.Fence));
            if (second is not null)
                throw AttemptWrites.MeasuredTwice(attempt, second);
        }
    }
}
