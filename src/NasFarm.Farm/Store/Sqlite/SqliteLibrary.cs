using SQLitePCL;

namespace NasFarm.Farm.Store.Sqlite;

/// <summary>SQLite's own library, set up once for the process.</summary>
internal static class SqliteLibrary
{
    private const int MemoryStatus = 9;   // SQLITE_CONFIG_MEMSTATUS

    private static readonly Lazy<int> Loaded = new(() =>
    {
        Batteries_V2.Init();
        // Nobody asks how much memory it has; counting it makes all connections of the process take turns at every allocation. A library that
        // somebody else has begun to use refuses, and counts.
        return raw.sqlite3_config(MemoryStatus, 0);
    });

    /// <summary>Before the first connection.</summary>
    public static void Load() => _ = Loaded.Value;
}
