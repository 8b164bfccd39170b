using System.Collections.Concurrent;
using System.Data.Common;
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

    private static readonly ConcurrentDictionary<string, Statement> Statements = new(StringComparer.Ordinal);

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

    protected override DbDataReader Read(string sql, ReadOnlySpan<(string Name, object? Value)> values) => Send(Command(sql, values));

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

    [GeneratedRegex(@"@\w+")]
    private static partial Regex ParameterName();

    private sealed record Statement(string Text, string[] Names);

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
