using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Orleans.Programs;
using NasFarm.Orleans.Schema;
using NasFarm.Orleans.Tests.Chaos;
using Npgsql;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;

namespace NasFarm.Orleans.Tests.Programs;

/// <summary>Silos as processes of this machine, over one PostgreSQL, and a client.</summary>
internal sealed class SiloProcesses : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<Process> all = [];
    private PostgresServer postgres = null!;
    private string address = "";
    private IHost? client;

    /// <summary>The store.</summary>
    public PostgresFarmStore Store { get; private set; } = null!;

    /// <summary>The client's grains.</summary>
    public IGrainFactory Grains => client!.Services.GetRequiredService<IClusterClient>();

    /// <summary>The database of the membership.</summary>
    public string OrleansConnection => PostgresAddress.Parse(address).ForOthers(4);

    /// <summary>Silos, in the order of their start.</summary>
    public IReadOnlyList<Process> All => all;

    /// <summary>Lines that they all have said so far.</summary>
    public ConcurrentQueue<string> Said { get; } = [];

    public static Task<SiloProcesses> StartAsync(TestFolder folder, IReadOnlyList<(string Name, string Value)[]> silos, params string[] behaviour) =>
        StartAsync(typeof(SiloProgram).Assembly.Location, folder, silos, behaviour);

    public static async Task<SiloProcesses> StartAsync(
        string assembly, TestFolder folder, IReadOnlyList<(string Name, string Value)[]> silos, params string[] behaviour)
    {
        var processes = new SiloProcesses { postgres = await PostgresServer.StartAsync() };
        processes.address = await processes.postgres.NewSchemaAsync();
        var connection = processes.OrleansConnection;
        // An older build begins with its own tables: those of this one come while it runs, as in an upgrade.
        if (assembly == typeof(SiloProgram).Assembly.Location)
            await processes.OpenStoreAsync();
        await Task.WhenAll(silos.Select(settings => processes.StartAsync(assembly, folder, settings, behaviour)));
        if (processes.Store is null)
            await processes.OpenStoreAsync();
        // Without a silo there is nothing for a client to find.
        if (silos.Count == 0)
            return processes;
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleansClient(client => client
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("nasfarm", "nasfarm"))
            .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(10))
            .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1))
            .UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = (SiloProgram.Invariant, connection)));
        processes.client = builder.Build();
        await processes.client.StartAsync();
        return processes;
    }

    /// <summary>Starts one more and waits until it is a member.</summary>
    public Task<Process> StartAsync(TestFolder folder, IReadOnlyList<(string Name, string Value)> settings, params string[] behaviour) =>
        StartAsync(typeof(SiloProgram).Assembly.Location, folder, settings, behaviour);

    /// <summary>The same of another build.</summary>
    public async Task<Process> StartAsync(string assembly, TestFolder folder, IReadOnlyList<(string Name, string Value)> settings, params string[] behaviour)
    {
        var start = new ProcessStartInfo("dotnet", [assembly]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[]
        {
            ("ADDRESS", "127.0.0.1"), ("SILOPORT", Ports.Free()), ("GATEWAYPORT", Ports.Free()), ("CPUSLOTS", "1"), ("TRAINER", "bash"), ("LEASESECONDS", "20"), ("PROBESECONDS", "1"),
            ("TRAINERARGUMENTS", string.Join(' ', [Path.Combine(AppContext.BaseDirectory, "Trainers", "fake-trainer.sh"), .. behaviour])), ("DRAINSECONDS", "5"),
        }.Concat(settings.Select(s => (s.Name, s.Value))))
        {
            // A variable that is no setting of a silo has an underscore.
            start.Environment[name.Contains('_', StringComparison.Ordinal) ? name : SiloSettings.Prefix + name] = value;
        }
        start.Environment["NASFARM_STORE"] = address;
        start.Environment["NASFARM_HOME"] = folder.File("home");
        var silo = Process.Start(start)!;
        lock (all)
            all.Add(silo);
        using var patience = new CancellationTokenSource(Patience);
        var errors = silo.StandardError.ReadToEndAsync(CancellationToken.None);
        while (await silo.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            Said.Enqueue(line);
            if (!line.Contains(" ready ", StringComparison.Ordinal))
                continue;
            _ = ListenAsync(silo.StandardOutput);
            return silo;
        }
        throw new InvalidOperationException($"The silo ended before it was ready: {await errors}");
    }

    private async Task OpenStoreAsync()
    {
        Store = await PostgresFarmStore.OpenAsync(address, TimeProvider.System);
        await OrleansSchema.ApplyAsync(OrleansConnection, CancellationToken.None);
    }

    /// <summary>Deletes the grains' storage; returns how many rows it had.</summary>
    public async Task<int> DeleteWhatGrainsKeptAsync()
    {
        await using var connection = new NpgsqlConnection(OrleansConnection);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("DELETE FROM orleans_state", connection);
        return await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (client is not null)
        {
            await client.StopAsync();
            client.Dispose();
        }
        foreach (var silo in all)
        {
            if (!silo.HasExited)
                silo.Kill(entireProcessTree: true);
            await silo.WaitForExitAsync();
            silo.Dispose();
        }
        await Store.DisposeAsync();
        await postgres.DisposeAsync();
    }

    private async Task ListenAsync(StreamReader output)
    {
        while (await output.ReadLineAsync(CancellationToken.None) is { } line)
            Said.Enqueue(line);
    }
}
