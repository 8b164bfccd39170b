using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using NasFarm.Farm.Store.Scripts;

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

    private const int RowsAtOnce = 100;

    private static readonly ConcurrentDictionary<string, Statement> Statements = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, Statement> ManyRows = new(StringComparer.Ordinal);

    private readonly NpgsqlConnection connection;
    private readonly List<NpgsqlBatchCommand> posted = [];

    /// <summary>Begins a transaction, takes the farm's lock and then looks at the server's clock, all in one round trip.</summary>
    private PostgresSession(NpgsqlConnection connection, string begin, FarmLock held)
    {
        this.connection = connection;
        posted.Add(new(begin));
        if (held != FarmLock.None)
            posted.Add(new($"SELECT pg_advisory_xact_lock{(held == FarmLock.Shared ? "_shared" : "")}({LockClass}, {FarmKey})"));
        using var reader = Send(new("SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)"));
        if (held != FarmLock.None)
            reader.NextResult();
        reader.Read();
        Now = reader.GetInt64(0);
        Copy = new PostgresMetricCopy(connection, this);
    }

    public override long Now { get; }

    // Not FOR UPDATE: rows that refer to this one by key may be inserted meanwhile.
    public override string Lock => " FOR NO KEY UPDATE";

    public override string LockFree => " FOR NO KEY UPDATE SKIP LOCKED";

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
        posted.Add(command);
        var waiting = new WaitingCount(this, command);
        if (posted.Count >= MostPosted)
            Flush();
        return waiting;
    }

    /// <summary>A hundred rows in a statement: it is planned once, and the server is told once.</summary>
    public override void PostEach(string insert, IEnumerable<(string Name, object? Value)[]> rows)
    {
        foreach (var some in rows.Chunk(RowsAtOnce))
        {
            if (some.Length < RowsAtOnce)
            {
                base.PostEach(insert, some);
                continue;
            }
            var many = ManyRows.GetOrAdd(insert, Repeated);
            var command = new NpgsqlBatchCommand(many.Text);
            foreach (var row in some)
            {
                foreach (var name in many.Names)
                    command.Parameters.Add(Parameter(Value(name, insert, row)));
            }
            posted.Add(command);
            // These are large: the server works while the next are made.
            Flush();
        }
    }

    /// <summary>Sends what is posted and commits.</summary>
    public void Commit()
    {
        posted.Add(new("COMMIT"));
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

    private NpgsqlDataReader Send(NpgsqlBatchCommand? last)
    {
        var batch = connection.CreateBatch();
        foreach (var command in posted)
            batch.BatchCommands.Add(command);
        if (last is not null)
            batch.BatchCommands.Add(last);
        posted.Clear();
        return batch.ExecuteReader();
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
        // Text cannot hold the zero character; a trainer's message may.
        string text => new NpgsqlParameter<string> { TypedValue = text.Contains('\0') ? text.Replace('\0', '\uFFFD') : text },
        long number => new NpgsqlParameter<long> { TypedValue = number },
        int number => new NpgsqlParameter<long> { TypedValue = number },
        double number => new NpgsqlParameter<double> { TypedValue = number },
        null => new NpgsqlParameter { Value = DBNull.Value },
        _ => throw new ArgumentException($"A {value.GetType().Name} has no column type here; text, whole numbers and doubles have."),
    };

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

    /// <summary>The same statement with its VALUES list a hundred times, each with parameters of its own.</summary>
    private static Statement Repeated(string sql)
    {
        var one = Statements.GetOrAdd(sql, Positional);
        var list = ValuesList().Match(one.Text).Groups[1];
        var lists = Enumerable.Range(0, RowsAtOnce).Select(row => ParameterNumber().Replace(
            list.Value, number => FormattableString.Invariant($"${int.Parse(number.ValueSpan[1..], CultureInfo.InvariantCulture) + row * one.Names.Length}")));
        return new(one.Text.Remove(list.Index, list.Length).Insert(list.Index, string.Join(", ", lists)), one.Names);
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex ParameterName();

    [GeneratedRegex(@"\$\d+")]
    private static partial Regex ParameterNumber();

    // Nothing in these lists has brackets of its own.
    [GeneratedRegex(@"VALUES (\([^()]*\))")]
    private static partial Regex ValuesList();

    private sealed record Statement(string Text, string[] Names)
    {
        public ColumnPlaces Places { get; } = new();
    }

    private sealed class WaitingCount(PostgresSession session, NpgsqlBatchCommand command) : Posted
    {
        public override int Count
        {
            get
            {
                if (session.posted.Contains(command))
                    session.Flush();
                return command.RecordsAffected;
            }
        }
    }
}
