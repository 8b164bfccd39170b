using NasFarm.Farm.Control;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Store.Sqlite;

namespace NasFarm.Cli;

/// <summary>Where a farm lives: a folder with its checkpoints and reports, and its store, which is a file in the folder or a PostgreSQL database.</summary>
/// <param name="Folder">Absolute path.</param>
/// <param name="Server">Address of the PostgreSQL store; null: the SQLite file.</param>
public sealed record FarmHome(string Folder, string? Server = null)
{
    /// <summary>Environment variable that names the folder.</summary>
    public const string Variable = "NASFARM_HOME";

    /// <summary>Environment variable with the address of a PostgreSQL store.</summary>
    public const string StoreVariable = "NASFARM_STORE";

    /// <summary>What is given, else what the environment says, else <c>.nasfarm</c> in the current folder with the store inside.
    /// Throws <see cref="InputException"/> for an address of another kind.</summary>
    public static FarmHome Of(string? folder, string? server)
    {
        var address = server ?? Set(StoreVariable);
        return address is null || PostgresAddress.Is(address)
            ? new(Path.GetFullPath(folder ?? Set(Variable) ?? ".nasfarm"), address)
            : throw new InputException(
                $"--store and {StoreVariable} take postgres://user@host/database or an Npgsql connection string. Without them the store is a SQLite file in the farm's folder (--home).");
    }

    /// <summary>The SQLite file.</summary>
    public string Database => Path.Combine(Folder, "farm.db");

    /// <summary>Checkpoints, unless <c>NASFARM_ARTIFACTS</c> names another place.</summary>
    public string Artifacts => Path.Combine(Folder, "artifacts");

    /// <summary>What repeats quarantined units, a folder for each.</summary>
    public string Quarantine => Path.Combine(Folder, "quarantine");

    /// <summary>Reports by sweep name.</summary>
    public string Report(string sweepName) => Path.Combine(Folder, "reports", $"{sweepName}.html");

    /// <summary>The store in words, without password.</summary>
    public string Store => Server is null ? Database : PostgresAddress.Parse(Server).ToString();

    /// <summary>Opens the store and brings its schema up to date.</summary>
    /// <param name="create">Makes the folder and an empty store when they are not there; else their absence is an <see cref="InputException"/>.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IFarmStore> OpenAsync(bool create, CancellationToken cancel)
    {
        if (!create && (await ReadSchemaAsync(cancel)).Level == 0)
        {
            throw new InputException(Server is null
                ? $"There is no farm in {Folder}: nothing has been run there yet. Give --home or set {Variable}, or start with 'nasfarm run'."
                : $"The {Store} holds no farm yet: start with 'nasfarm run', or make its tables with 'nasfarm db migrate'.");
        }
        Directory.CreateDirectory(Folder);
        return Server is null
            ? await SqliteFarmStore.OpenAsync(Database, TimeProvider.System, cancel: cancel)
            : await PostgresFarmStore.OpenAsync(Server, TimeProvider.System, cancel: cancel);
    }

    /// <summary>How far the store's schema is; nothing is changed.</summary>
    public async Task<SchemaLevel> ReadSchemaAsync(CancellationToken cancel) => Server is null
        ? SqliteFarmStore.ReadSchema(Database)
        : await PostgresFarmStore.ReadSchemaAsync(Server, TimeProvider.System, cancel: cancel);

    /// <summary>The sweep meant by an id, the start of an id, or a name; null: the newest one.</summary>
    public static async Task<SweepSummary> FindSweepAsync(IFarmStore store, string? wanted, CancellationToken cancel)
    {
        var answer = SweepText.Find(wanted, await store.ListSweepsAsync(cancel));
        return answer.Sweep ?? throw new InputException(answer.Problem!);
    }

    private static string? Set(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
