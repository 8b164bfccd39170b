using Npgsql;
using NpgsqlTypes;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Store.Scripts;

namespace NasFarm.Farm.Store.Postgres;

/// <summary>COPY into a temporary table of the connection, then one insertion under the fence lock that the transaction holds.</summary>
internal sealed class PostgresMetricCopy(NpgsqlConnection connection, PostgresSession sql) : IMetricCopy
{
    /// <inheritdoc/>
    public int From => 48;

    /// <inheritdoc/>
    public void Append(AttemptKey attempt, IReadOnlyList<TrainerEvent.Metric> metrics)
    {
        sql.Post(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS metric_batch (
              step BIGINT, name TEXT COLLATE "C", epoch INTEGER, value DOUBLE PRECISION, timing SMALLINT) ON COMMIT DELETE ROWS
            """);
        sql.Flush();
        using (var copy = connection.BeginBinaryImport("COPY metric_batch (step, name, epoch, value, timing) FROM STDIN (FORMAT BINARY)"))
        {
            foreach (var metric in metrics)
            {
                copy.StartRow();
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
        (string, object?)[] key = [("@unit", attempt.UnitId), ("@fence", attempt.Fence)];
        if (attempt.Fence > 1)
        {
            sql.Post(
                """
                UPDATE metric SET void = 1 FROM metric_batch b
                 WHERE metric.unit_id = @unit AND metric.step = b.step AND metric.name = b.name AND metric.fence < @fence AND metric.void = 0
                """, key);
        }
        sql.Post(
            """
            INSERT INTO metric (unit_id, step, name, fence, epoch, value, timing)
            SELECT @unit, step, name, @fence, epoch, value, timing FROM metric_batch ON CONFLICT DO NOTHING
            """, key);
        var second = sql.First(
            """
            SELECT b.* FROM metric_batch b JOIN metric m ON m.unit_id = @unit AND m.step = b.step AND m.name = b.name AND m.fence = @fence
             WHERE m.epoch <> b.epoch OR m.value IS DISTINCT FROM b.value LIMIT 1
            """,
            row => new TrainerEvent.Metric(
                attempt.Fence, row.Long("step"), row.Int("epoch"), row.Must("name"), row["value"] is double value ? value : double.NaN, row.Flag("timing")), key);
        if (second is not null)
            throw AttemptWrites.MeasuredTwice(attempt, second);
    }
}
