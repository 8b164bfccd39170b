using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace NasFarm.Farm.Store.Sqlite;

/// <summary>SQLite's own library, set up once for the process.</summary>
internal static class SqliteLibrary
{
    private const int MemoryStatus = 9;   // SQLITE_CONFIG_MEMSTATUS
    private const int StablePlans = 1007;   // SQLITE_DBCONFIG_ENABLE_QPSG

    private static readonly Lazy<int> Loaded = new(() =>
    {
        Batteries_V2.Init();
        // Nobody asks how much memory it has; counting it makes all connections of the process take turns at every allocation. A library that
        // somebody else has begun to use refuses, and counts.
        return raw.sqlite3_config(MemoryStatus, 0);
    });

    /// <summary>Before the first connection.</summary>
    public static void Load() => _ = Loaded.Value;

    /// <summary>A prepared statement stays prepared whatever values are bound to it. Otherwise one that compares a parameter with the column of a
    /// partial index is compiled anew for each value.</summary>
    public static void KeepPlans(SqliteConnection connection) => raw.sqlite3_db_config(connection.Handle!, StablePlans, 1, out _);
}
