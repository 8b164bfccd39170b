using Microsoft.Data.Sqlite;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Simulation.Tests.World;

namespace NasFarm.Simulation.Tests.Store;

/// <summary>A real store and a real artifacts folder, both in memory, used by one world after the other.</summary>
internal sealed class Database : IDisposable
{
    private readonly DatabaseClock clock = new();
    private readonly SqliteConnection direct;
    private readonly Dictionary<string, SqliteCommand> prepared = [];
    private readonly SqliteCommand clean;
    private TimeSpan goneUntil;

    private Database(string folder)
    {
        Artifacts = folder;
        Store = SqliteFarmStore.InMemory(clock, new InPlace(), out direct);
        clean = direct.CreateCommand();
        clean.CommandText = $"BEGIN; {string.Concat(LeavesFirst().Select(table => $"DELETE FROM {table}; "))} COMMIT;";
    }

    /// <summary>The real store; its transactions run where they are called.</summary>
    public SqliteFarmStore Store { get; }

    /// <summary>Root of the checkpoints.</summary>
    public string Artifacts { get; }

    /// <summary>The database's clock now, milliseconds since 1970.</summary>
    public long Milliseconds => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public static Database Open()
    {
        var memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        return new(Path.Combine(memory, $"nasfarm-simulation-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}"));
    }

    /// <summary>Empty, for another world.</summary>
    public void Begin(SimulatedWorld world)
    {
        clean.ExecuteNonQuery();
        if (Directory.Exists(Artifacts))
            Directory.Delete(Artifacts, recursive: true);
        (clock.World, clock.Offset, goneUntil) = (world, TimeSpan.Zero, TimeSpan.Zero);
    }

    /// <summary>Does the database answer? It may go, or its clock jump, with any request.</summary>
    public bool IsThere(DiceStream dice)
    {
        if (clock.World!.Faults.Strike(Fault.DatabaseClockJump, dice, out var strength))
            clock.Offset += TimeSpan.FromSeconds(40 * (strength - 0.4));
        if (clock.World.Faults.Strike(Fault.DatabaseGone, dice, out strength))
            goneUntil = clock.World.Now + TimeSpan.FromSeconds(15 * strength);
        return clock.World.Now >= goneUntil;
    }

    /// <summary>Runs a statement past the store.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Command(sql, values).ExecuteNonQuery();

    /// <summary>Reads past the store.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var reader = Command(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(row(reader));
        return rows;
    }

    public void Dispose()
    {
        foreach (var command in prepared.Values)
            command.Dispose();
        clean.Dispose();
        Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        if (Directory.Exists(Artifacts))
            Directory.Delete(Artifacts, recursive: true);
    }

    /// <summary>Tables in an order in which nothing is deleted that another row refers to. Switching foreign keys off instead would have every
    /// statement prepared anew.</summary>
    private List<string> LeavesFirst()
    {
        var left = Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name", row => row.GetString(0));
        var references = left.ToDictionary(table => table, table => Query($"SELECT \"table\" FROM pragma_foreign_key_list('{table}')", row => row.GetString(0)));
        var order = new List<string>();
        while (left.Count > 0)
        {
            var leaf = left.First(table => left.TrueForAll(other => other == table || !references[other].Contains(table)));
            order.Add(leaf);
            left.Remove(leaf);
        }
        return order;
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            prepared[sql] = command = direct.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, _) in values)
                command.Parameters.Add(new SqliteParameter(name, null));
            command.Prepare();
        }
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i].Value ?? DBNull.Value;
        return command;
    }

    private sealed class DatabaseClock : TimeProvider
    {
        public SimulatedWorld? World { get; set; }

        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => SimulatedWorld.Epoch + (World?.Now ?? TimeSpan.Zero) + Offset;
    }

    /// <summary>Runs a transaction in the turn that asked for it.</summary>
    private sealed class InPlace : TaskScheduler
    {
        protected override void QueueTask(Task task) => TryExecuteTask(task);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => TryExecuteTask(task);

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
