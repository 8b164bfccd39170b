using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using NasFarm.Farm.Store.Scripts;
using Npgsql;

namespace NasFarm.Farm.Store.Postgres;

/// <summary>A transaction of PostgreSQL. Posted statements travel with the next one that is asked for an answer, so that a script costs
/// few round trips; the driver keeps what it has seen twice prepared on the connection.</summary>
internal sealed partial class PostgresSession : SqlSession
{
    /// <summary>"NFRM", the first half of the advisory keys; the second says which lock.</summary>
    public const int LockClass = 0x4E46524D;

    private const int FarmKey = 1;

    /// <summary>Posted statements that may wait: beyond it the server could work already.</summary>
    private const int MostPosted = 256;

    private const int RowsAtOnce = 1000;

    private static readonly ConcurrentDictionary<string, Statement> Statements = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, Statement> ManyRows = new(StringComparer.Ordinal);

    private readonly NpgsqlConnection connection;
    private readonly List<Waiting> posted = [];
    private readonly List<Action> parked = [];
    private long? now;

    /// <summary>A transaction that takes the farm's lock and then looks at the server's clock, in the round trip of its first question.</summary>
    private PostgresSession(NpgsqlConnection connection, string begin, FarmLock held)
    {
        this.connection = connection;
        posted.Add(new(new(begin)));
        if (held != FarmLock.None)
            posted.Add(new(new($"SELECT pg_advisory_xact_lock{(held == FarmLock.Shared ? "_shared" : "")}({LockClass}, {FarmKey})"), static _ => { }));
        posted.Add(new(new("SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)"), reader =>
        {
            reader.Read();
            now = reader.GetInt64(0);
        }));
        Copy = new PostgresMetricCopy(connection, this);
    }

    /// <summary>A statement on its way, and who hears the rows of its answer; null: it has none.</summary>
    private sealed record Waiting(NpgsqlBatchCommand Command, Action<NpgsqlDataReader>? Hear = null)
    {
        public bool IsSent { get; set; }
    }

    private sealed class Question(PostgresSession session, Waiting waiting) : IQuestion
    {
        public bool IsAnswered => waiting.IsSent;

        public void Send() => session.SeeSent(waiting);

        public void GoOnWhenAnswered(Action script) => session.parked.Add(script);
    }

    public override long Now
    {
        get
        {
            if (now is null)
                Flush();
            return now!.Value;
        }
    }

    // Not FOR UPDATE: rows that refer to this one by key may be inserted meanwhile.
    public override string Lock => " FOR NO KEY UPDATE";

    public override string LockFree => " FOR NO KEY UPDATE SKIP LOCKED";

    // A transaction that is still going on may have numbers that are lower than those of one that is over.
    private const string OldestGoingOn = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

    public override MoveRows.Words Moves { get; } = new(
        IsAfter: $"(writer, seq) > (@writer, @seq) AND writer < {OldestGoingOn}", IsUntil: "(writer, seq) <= (@writer, @seq)",
        Order: "writer, seq", Newest: "writer DESC, seq DESC",
        Now: $"SELECT {OldestGoingOn} - 1 AS writer, 9223372036854775807 AS seq");

    // An array, not a subquery: the planner takes it to the index.
    protected override string Among => "= ANY (ARRAY(SELECT json_array_elements_text(CAST(@ids AS json))))";

    public override IMetricCopy Copy { get; }

    /// <summary>READ COMMITTED: a statement sees what was committed before it, and what it waited for.</summary>
    public static PostgresSession Write(NpgsqlConnection connection, FarmLock held) =>
        new(connection, "BEGIN ISOLATION LEVEL READ COMMITTED", held);

    /// <summary>All statements see one moment.</summary>
    public static PostgresSession Read(NpgsqlConnection connection) =>
        new(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", FarmLock.None);

    public override int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = Command(sql, values);
        Send(command).Dispose();
        return command.RecordsAffected;
    }

    public override Posted Post(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = Command(sql, values);
        var waiting = Add(new(command));
        return new WaitingCount(this, waiting);
    }

    public override Asked<T> Ask<T>(string sql, Func<SqlRow, T> row, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var (rows, places) = (new List<T>(), Statements.GetOrAdd(sql, Positional).Places);
        var waiting = Add(new(Command(sql, values), reader =>
        {
            var at = new SqlRow(reader, places);
            while (at.Next())
                rows.Add(row(at));
        }));
        return new(rows, new Question(this, waiting));
    }

    /// <summary>What all of them ask travels together.</summary>
    public override void GoOn()
    {
        while (parked.Count > 0)
        {
            Flush();
            List<Action> ready = [.. parked];
            parked.Clear();
            foreach (var script in ready)
                script();
        }
    }

    private Waiting Add(Waiting waiting)
    {
        if (posted.Count >= MostPosted)
            Flush();
        posted.Add(waiting);
        return waiting;
    }

    /// <summary>Sends what waits, if this one does.</summary>
    private void SeeSent(Waiting waiting)
    {
        if (!waiting.IsSent)
            Flush();
    }

    /// <summary>A thousand rows in a statement, an array for each value: it is planned once, and the server is told once. It works while the
    /// next thousand are made.</summary>
    public override void PostEach(string insert, IEnumerable<(string Name, object? Value)[]> rows)
    {
        Flush();
        Task<int>? working = null;
        foreach (var some in rows.Chunk(RowsAtOnce))
        {
            var command = some.Length == 1 ? Command(insert, some[0]) : Unnest(insert, some);
            working?.GetAwaiter().GetResult();
            var batch = connection.CreateBatch();
            batch.BatchCommands.Add(command);
            working = batch.ExecuteNonQueryAsync();
        }
        working?.GetAwaiter().GetResult();
    }

    private static NpgsqlBatchCommand Unnest(string insert, (string Name, object? Value)[][] rows)
    {
        // Rows made by one expression have their values in the same places.
        var columns = rows[0].Select((value, at) => (value.Name, At: at)).ToDictionary(
            column => column.Name, column => rows.Select(row => row[column.At].Name == column.Name ? row[column.At].Value : Value(column.Name, insert, row)).ToList());
        var same = columns.Where(column => column.Value.TrueForAll(value => Equals(value, column.Value[0]))).ToDictionary(column => column.Key, column => column.Value[0]);
        var kinds = columns.Keys.ToDictionary(name => name, name => !same.TryGetValue(name, out var value) ? Spread.Each : value is null ? Spread.Null : Spread.Same);
        var many = ManyRows.GetOrAdd($"{insert} {string.Join(' ', kinds.Values)}", _ => Unnested(insert, kinds));
        var command = new NpgsqlBatchCommand(many.Text);
        foreach (var name in many.Names)
            command.Parameters.Add(kinds[name] == Spread.Same ? Parameter(same[name]) : Array(columns[name]));
        return command;
    }

    /// <summary>How a value goes through many rows: another in each, one for all of them, or none.</summary>
    private enum Spread { Each, Same, Null }

    // A tenth of the usual sample tells these plans apart; the server takes its own later.
    public override void HasGrown(params ReadOnlySpan<string> tables)
    {
        Post("SET LOCAL default_statistics_target = 10");
        Post($"ANALYZE {string.Join(", ", tables)}");
    }

    /// <summary>Sends what is posted and commits.</summary>
    public void Commit()
    {
        posted.Add(new(new("COMMIT")));
        Flush();
    }

    /// <summary>Sends what is posted.</summary>
    public void Flush()
    {
        if (posted.Count > 0)
            Send(null).Dispose();
    }

    protected override SqlRow Read(string sql, ReadOnlySpan<(string Name, object? Value)> values) =>
        new(Send(Command(sql, values)), Statements[sql].Places);

    /// <summary>Sends what waits and lets everybody hear their rows. Returns the reader at the answer of the last, which the caller disposes.</summary>
    private NpgsqlDataReader Send(NpgsqlBatchCommand? last)
    {
        var batch = connection.CreateBatch();
        foreach (var waiting in posted)
            batch.BatchCommands.Add(waiting.Command);
        if (last is not null)
            batch.BatchCommands.Add(last);
        List<Waiting> sent = [.. posted];
        posted.Clear();
        var reader = batch.ExecuteReader();
        try
        {
            // The reader passes over statements without rows.
            foreach (var waiting in sent)
            {
                waiting.IsSent = true;
                if (waiting.Hear is null)
                    continue;
                waiting.Hear(reader);
                reader.NextResult();
            }
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private static NpgsqlBatchCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var statement = Statements.GetOrAdd(sql, Positional);
        var command = new NpgsqlBatchCommand(statement.Text);
        foreach (var name in statement.Names)
            command.Parameters.Add(Parameter(Value(name, sql, values)));
        return command;
    }

    private static object? Value(string name, string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        foreach (var (given, value) in values)
        {
            if (given == name)
                return value;
        }
        throw new ArgumentException($"{name} has no value in: {sql}");
    }

    /// <summary>Three types are enough, so that a statement is prepared once whatever width a number has here.</summary>
    private static NpgsqlParameter Parameter(object? value) => value switch
    {
        string text => new NpgsqlParameter<string> { TypedValue = Storable(text)! },
        long number => new NpgsqlParameter<long> { TypedValue = number },
        int number => new NpgsqlParameter<long> { TypedValue = number },
        double number => new NpgsqlParameter<double> { TypedValue = number },
        null => new NpgsqlParameter { Value = DBNull.Value },
        _ => throw new ArgumentException($"A {value.GetType().Name} has no column type here; text, whole numbers and doubles have."),
    };

    /// <summary>Text cannot hold the zero character; a trainer's message may.</summary>
    private static string? Storable(string? text) => text is not null && text.Contains('\0') ? text.Replace('\0', '\uFFFD') : text;

    /// <summary>Names become $1, $2 … once; the driver would do it for every execution.</summary>
    private static Statement Positional(string sql)
    {
        var names = new List<string>();
        var text = ParameterName().Replace(sql, name =>
        {
            if (!names.Contains(name.Value))
                names.Add(name.Value);
            return FormattableString.Invariant($"${names.IndexOf(name.Value) + 1}");
        });
        return new(text, [.. names]);
    }

    /// <summary>One value of many rows, not all of them null.</summary>
    private static NpgsqlParameter Array(List<object?> values) => values.Find(value => value is not null) switch
    {
        string => new NpgsqlParameter<string?[]> { TypedValue = [.. values.Select(value => Storable((string?)value))] },
        int or long => new NpgsqlParameter<long?[]> { TypedValue = [.. values.Select(value => value is null ? (long?)null : Convert.ToInt64(value, CultureInfo.InvariantCulture))] },
        var other => throw new ArgumentException($"Many rows of {other?.GetType().Name ?? "nothing"} have no array type here; text and whole numbers have."),
    };

    /// <summary>The same statement for many rows: its VALUES list becomes a SELECT from arrays, and what is the same in all rows stays one value.
    /// Columns are called as in a VALUES list.</summary>
    private static Statement Unnested(string insert, Dictionary<string, Spread> kinds)
    {
        var list = ValuesList().Match(insert).Groups;
        var values = list[1].Value.Split(", ");
        var names = values.Where(value => value.StartsWith('@') && kinds[value] != Spread.Null).Distinct().ToList();
        var each = names.Where(name => kinds[name] == Spread.Each).ToList();
        var columns = values.Select((value, at) => Invariant($"{Column(value)} AS column{at + 1}"));
        var (arrays, places) = (each.Select(Parameter), each.Select((_, at) => Invariant($"v{at + 1}")));
        return new(insert.Replace(list[0].Value,
            $"SELECT {string.Join(", ", columns)} FROM unnest({string.Join(", ", arrays)}) AS each ({string.Join(", ", places)})", StringComparison.Ordinal), [.. names]);

        string Column(string value) => !value.StartsWith('@') ? value : kinds[value] switch
        {
            Spread.Null => "NULL",
            Spread.Same => Parameter(value),
            _ => Invariant($"each.v{each.IndexOf(value) + 1}"),
        };
        string Parameter(string name) => Invariant($"${names.IndexOf(name) + 1}");
        static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex ParameterName();

    // Nothing in these lists has brackets of its own.
    [GeneratedRegex(@"VALUES \(([^()]*)\)")]
    private static partial Regex ValuesList();

    private sealed record Statement(string Text, string[] Names)
    {
        public ColumnPlaces Places { get; } = new();
    }

    private sealed class WaitingCount(PostgresSession session, Waiting waiting) : Posted
    {
        public override int Count
        {
            get
            {
                session.SeeSent(waiting);
                return waiting.Command.RecordsAffected;
            }
        }
    }
}
