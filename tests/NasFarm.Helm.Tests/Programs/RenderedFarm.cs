using System.Globalization;
using System.Text;
using NasFarm.Farm.Tests;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Store.Postgres;

namespace NasFarm.Helm.Tests.Programs;

/// <summary>The pods of a set of values as processes of this machine, over a PostgreSQL of their own.</summary>
internal sealed class RenderedFarm(Installed chart) : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private readonly List<RenderedProcess> started = [];
    private PostgresServer? postgres;
    private string schema = "";

    /// <summary>Why it cannot be started here; null: it can.</summary>
    public static string? Absent => ChartFixture.Absent ?? RenderedProcess.Absent ?? PostgresServer.Absent;

    /// <summary>The token that the release made.</summary>
    public string Token => Secret("farm-nasfarm-token", "token");

    /// <summary>A file with it.</summary>
    public string TokenFile => folder.File("token");

    public async Task StartDatabaseAsync()
    {
        postgres = await PostgresServer.StartAsync();
        var address = await postgres.NewSchemaAsync();
        schema = address.Split("Search Path=")[1].TrimEnd(';');
        await File.WriteAllTextAsync(TokenFile, Token);
    }

    /// <summary>Starts the pod of a part.</summary>
    public RenderedProcess Start(string part)
    {
        var process = RenderedProcess.Start(chart.Pod(part),
            [
                ("postgres://nasfarm@farm-nasfarm-database:5432/nasfarm", string.Create(CultureInfo.InvariantCulture, $"postgres://{PostgresServer.User}@127.0.0.1:{postgres!.Port}/postgres?search_path={schema}")),
                ("/var/lib/nasfarm-shared", folder.File("shared")), ("/var/lib/nasfarm", folder.File(part)), ("/etc/nasfarm/token", TokenFile), ("0.0.0.0", "127.0.0.1"),
            ],
            (name, key) => name == "farm-nasfarm-database" ? PostgresServer.Password : Secret(name, key), RepositoryFile.Path("src/NasFarm.Cli/bin/Release/net10.0/nasfarm"));
        started.Add(process);
        return process;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in started)
            await process.DisposeAsync();
        if (postgres is not null)
            await postgres.DisposeAsync();
        folder.Dispose();
    }

    private string Secret(string name, string key) => Encoding.UTF8.GetString(Convert.FromBase64String((string)chart.Find("Secret", name)["data"]![key]!));
}
