using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NasFarm.Farm.Store.Postgres;
using Npgsql;

namespace NasFarm.Farm.Tests.Store.Postgres;

/// <summary>A PostgreSQL of our own on loopback, gone when this process is gone.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>User, and password that no message may show.</summary>
    public const string User = "farm", Password = "tell-nobody-4711";

    private readonly Process shell;
    private readonly string data;
    private readonly string bin;
    private int schemas;

    private PostgresServer(Process shell, string data, string bin, int port) =>
        (this.shell, this.data, this.bin, Port) = (shell, data, bin, port);

    public int Port { get; }

    /// <summary>Why there is no server to start; null: there is.</summary>
    public static string? Absent => Programs is null ? "PostgreSQL's programs are not installed (apt-get install postgresql, or make install)." : null;

    private static string? Programs { get; } = FindPrograms();

    /// <summary>Starts a fresh server, without fsync: it outlives its own crashes, not the machine's.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var bin = Programs ?? throw new InvalidOperationException(Absent);
        var port = FreePort();
        // The shell waits for the end of its input, which comes with the end of this process however it ends.
        var start = new ProcessStartInfo(RepositoryFile.Path("eng/with-postgres.sh"),
            ["--no-fsync", "--port", port.ToString(CultureInfo.InvariantCulture), "sh", "-c", "echo \"started $PGDATA\"; cat >/dev/null"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, Environment = { ["PGPASSWORD"] = Password },
        };
        var shell = Process.Start(start)!;
        return await shell.StandardOutput.ReadLineAsync() is { } line && line.StartsWith("started ", StringComparison.Ordinal)
            ? new(shell, line["started ".Length..], bin, port)
            : throw new InvalidOperationException("PostgreSQL did not start; what it said is in the output of the test host.");
    }

    /// <summary>Address of a schema that holds nothing yet.</summary>
    /// <param name="settings">More keys of the connection string.</param>
    public async Task<string> NewSchemaAsync(string settings = "")
    {
        var schema = string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref schemas)}");
        await ExecuteAsync($"CREATE SCHEMA {schema}");
        return $"{Address("postgres")};Search Path={schema};{settings}";
    }

    public string Address(string database) => FormattableString.Invariant($"Host=127.0.0.1;Port={Port};Username={User};Password={Password};Database={database}");

    /// <summary>Ends the server as a crash would, and starts it again.</summary>
    public async Task CrashAndStartAsync()
    {
        using var restart = Process.Start(AsServerUser(Path.Combine(bin, "pg_ctl"), "restart", "-s", "-w", "-m", "immediate", "-D", data, "-l", Path.Combine(data, "..", "server.log")))!;
        await restart.WaitForExitAsync();
        Assert.Equal(0, restart.ExitCode);
    }

    /// <summary>A schema as statements.</summary>
    public async Task<string> DumpAsync(string database, string schema)
    {
        var start = AsServerUser(Path.Combine(bin, "pg_dump"), "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", User,
            "--inserts", "--no-owner", "-n", schema, database);
        (start.RedirectStandardOutput, start.Environment["PGPASSWORD"]) = (true, Password);
        using var dump = Process.Start(start)!;
        var lines = (await dump.StandardOutput.ReadToEndAsync()).Split('\n');
        await dump.WaitForExitAsync();
        Assert.Equal(0, dump.ExitCode);
        // Words for psql, and the versions of the programs.
        return string.Join('\n', lines.Where(line => line.Length > 0 && line[0] != '\\' && !line.StartsWith("--", StringComparison.Ordinal))) + "\n";
    }

    public async Task ExecuteAsync(string sql, string? address = null)
    {
        await using var connection = await ConnectAsync(address);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql, string? address = null)
    {
        await using var connection = await ConnectAsync(address);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A connection of its own.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(string? address = null)
    {
        var connection = new NpgsqlConnection($"{address ?? Address("postgres")};Pooling=false;Application Name=nasfarm");
        await connection.OpenAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
    }

    /// <summary>The server refuses to be root.</summary>
    private static ProcessStartInfo AsServerUser(string program, params string[] arguments) => Environment.UserName == "root"
        ? new("runuser", ["-u", "postgres", "--", program, .. arguments]) { WorkingDirectory = "/" }
        : new(program, arguments);

    private static string? FindPrograms() =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
            .FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")) && File.Exists(Path.Combine(bin, "pg_ctl")));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
