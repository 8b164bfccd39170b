using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Grafana;
using NasFarm.Orleans.Tests.Chaos;

namespace NasFarm.Operations.Tests.Telemetry;

/// <summary>A cluster of silos with scripted trainers over PostgreSQL, and a Prometheus that scrapes all of it every second with the farm's rules, sixty
/// times as fast. Everything listens on loopback and is gone afterwards.</summary>
internal sealed class ScrapedCluster : IAsyncDisposable
{
    /// <summary>By which the rules' spans are divided.</summary>
    public const double Faster = 60;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TestFolder folder = new();
    private readonly List<Process> all = [];
    private readonly string api = $"http://127.0.0.1:{Ports.Free()}";
    private PostgresServer postgres = null!;
    private int expected;
    private string[] trainer = [];

    /// <summary>Address of the store.</summary>
    public string Address { get; private set; } = "";

    public PostgresFarmStore Store { get; private set; } = null!;

    /// <summary>Asks Prometheus.</summary>
    public PrometheusClient Prometheus { get; private set; } = null!;

    /// <summary>Asks the role api.</summary>
    public HttpClient People { get; private set; } = null!;

    /// <summary>What the processes have said that is worth a look when a test fails.</summary>
    public ConcurrentQueue<string> Troubles { get; } = [];

    /// <param name="silos">All that there should be; each is started with <see cref="StartAsync(SiloPlace)"/>.</param>
    /// <param name="epochs">Of a unit.</param>
    /// <param name="seconds">Of an epoch.</param>
    public static async Task<ScrapedCluster> StartAsync(IReadOnlyList<SiloPlace> silos, int epochs, string seconds)
    {
        var cluster = new ScrapedCluster { postgres = await PostgresServer.StartAsync(), expected = silos.Count, trainer = MeasuredFarm.Trainer(epochs, seconds) };
        cluster.Address = cluster.postgres.Address("postgres");
        cluster.Store = await PostgresFarmStore.OpenAsync(cluster.Address, TimeProvider.System);
        // The first one makes Orleans' tables.
        await cluster.StartAsync(silos[0]);
        await cluster.LaunchAsync("dotnet", [Silo], [("ROLE", "api"), ("URLS", cluster.api)], " ready ");
        cluster.People = new() { BaseAddress = new(cluster.api) };
        await cluster.ScrapeAsync([.. silos.Select(silo => silo.Health), cluster.api]);
        return cluster;
    }

    /// <summary>Starts a silo and waits until it is a member.</summary>
    public Task<Process> StartAsync(SiloPlace silo) => LaunchAsync("dotnet", [Silo],
    [
        ("ROLE", silo.Role), ("CPUSLOTS", $"{silo.Slots}"), ("SILOPORT", silo.Port), ("GATEWAYPORT", silo.Gateway), ("HEALTHURL", silo.Health), ("EXPECTEDSILOS", $"{expected}"),
        ("PROBESECONDS", "1"), ("DRAINSECONDS", "5"), ("TRAINER", "bash"), ("TRAINERARGUMENTS", string.Join(' ', trainer)),
    ], " ready ");

    public async ValueTask DisposeAsync()
    {
        People?.Dispose();
        Prometheus?.Dispose();
        foreach (var process in all)
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        if (Store is not null)
            await Store.DisposeAsync();
        await postgres.DisposeAsync();
        folder.Dispose();
    }

    private static string Silo => Path.Combine(AppContext.BaseDirectory, "nasfarm-silo.dll");

    private async Task ScrapeAsync(IReadOnlyList<string> targets)
    {
        await File.WriteAllTextAsync(folder.File("rules.yaml"), RuleFile.Text(AlertRules.All, Faster, TimeSpan.FromSeconds(5)));
        await File.WriteAllTextAsync(folder.File("prometheus.yaml"),
            $"""
            global: {"{"} scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s {"}"}
            rule_files: [rules.yaml]
            scrape_configs:
              - job_name: nasfarm
                static_configs: [{"{"} targets: [{string.Join(", ", targets.Select(target => $"'{new Uri(target).Authority}'"))}] {"}"}]

            """);
        var port = Ports.Free();
        Prometheus = new(new Uri($"http://127.0.0.1:{port}"));
        await LaunchAsync(PrometheusTools.Server,
            [$"--config.file={folder.File("prometheus.yaml")}", $"--storage.tsdb.path={folder.File("tsdb")}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"], [], ready: null);
        await Prometheus.ReadyAsync(Patience);
    }

    private async Task ListenAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(" lease-expired ", StringComparison.Ordinal) || line.Contains(" ended ", StringComparison.Ordinal) || line.Contains(" store-away ", StringComparison.Ordinal))
                Troubles.Enqueue(line);
        }
    }

    private async Task<Process> LaunchAsync(string program, string[] arguments, IReadOnlyList<(string Name, string Value)> settings, string? ready)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Path };
        foreach (var (name, value) in settings.Prepend(("ADDRESS", "127.0.0.1")))
            start.Environment["NASFARM_SILO_" + name] = value;
        start.Environment["NASFARM_STORE"] = Address;
        start.Environment["NASFARM_HOME"] = folder.File("home");
        var process = Process.Start(start)!;
        lock (all)
            all.Add(process);
        var errors = process.StandardError.ReadToEndAsync();
        if (ready is null)
        {
            _ = process.StandardOutput.ReadToEndAsync();
            return process;
        }
        using var patience = new CancellationTokenSource(Patience);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (!line.Contains(ready, StringComparison.Ordinal))
                continue;
            _ = ListenAsync(process);
            return process;
        }
        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended before it was ready: {await errors}");
    }
}

/// <summary>Where a silo of a test listens, and what it is for.</summary>
internal sealed record SiloPlace(string Role, int Slots)
{
    public string Port { get; } = Ports.Free();

    public string Gateway { get; } = Ports.Free();

    public string Health { get; } = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Ports.Free()}");
}
