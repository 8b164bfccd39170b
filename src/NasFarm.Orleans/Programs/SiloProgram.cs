using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.Benchmarks;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Trainers;
using NasFarm.Orleans.Grains;
using NasFarm.Orleans.Hosting;
using NasFarm.Orleans.Security;
using NasFarm.Server.Hosting;
using NasFarm.Server.Telemetry;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;

namespace NasFarm.Orleans.Programs;

/// <summary>Runs a silo over PostgreSQL: membership, grain storage and the farm's store are one database.</summary>
public static class SiloProgram
{
    /// <summary>ADO.NET's name of the driver.</summary>
    public const string Invariant = "Npgsql";

    /// <summary>Connections of the membership and the grain storage together; the store has its own.</summary>
    private const int Connections = 8;

    /// <summary>Runs until the process is asked to stop (SIGTERM, SIGINT): then slots drain within their time, grains leave, and the silo says good-bye.</summary>
    /// <param name="settings">Checked ones.</param>
    /// <param name="launcher">Starts trainers. Null: the program that the settings name.</param>
    public static async Task RunAsync(SiloSettings settings, ITrainerLauncher? launcher = null)
    {
        var lines = new FarmLines(TimeProvider.System, Console.Out, settings.Json);
        var (store, connection) = await StoreOpening.OpenAsync(settings, lines, CancellationToken.None);
        await using var closing = store;
        if (settings.ParsedRole.HasFlag(SiloRole.Gpu) && ArtifactLocation.Parse(settings.Artifacts) is ArtifactLocation.OfHome)
            lines.Say("warning", $"checkpoints go to {settings.Farm("").Artifacts}, a folder of this machine: no other machine can go on with what this silo began. {ArtifactLocation.Variable} names a place that all of them reach.");
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(settings.DrainSeconds + 10));
        await using var telemetry = FarmTelemetry.Start(store, TimeProvider.System, "nasfarm-silo", $"{settings.Address}:{settings.SiloPort}");
        telemetry.AddTo(builder.Logging);
        var tell = telemetry.Before(lines.Tell);
        builder.UseOrleans(silo =>
        {
            Configure(silo, settings, connection, store, tell, launcher);
            if (FarmTelemetry.HasCollector)
                silo.AddActivityPropagation();
        });
        using var host = builder.Build();
        // Whoever asks is answered from the beginning: that the silo is not a member yet, and from the store.
        var silo = new SiloHealth(host.Services);
        using var cluster = new SiloMeter(host.Services, settings.ExpectedSilos);
        await using var health = settings.HealthUrl is { Length: > 0 } at ? await HealthWeb.StartAsync(store, silo.Problem, telemetry, FarmWeb.Addresses(at), CancellationToken.None) : null;
        var unanswered = new Seldom(TimeProvider.System, text => lines.Say("cluster", text));
        await using var people = settings.WebAddresses.Length > 0
            ? await PeopleWeb.StartAsync(settings, store, new ClusterHost(() => silo.Grains, store, TimeProvider.System, unanswered.Say), telemetry, lines) : null;
        await host.StartAsync();
        lines.Say("ready", $"{settings.Role} silo {settings.Address}:{settings.SiloPort} of cluster {settings.ClusterId}, clients at port {settings.GatewayPort}");
        await host.WaitForShutdownAsync();
        // Who looks on while the slots drain is answered until the end.
        if (people is not null)
            await people.StopAsync();
        lines.Say("left", "nothing runs here any more");
    }

    private static void Configure(ISiloBuilder silo, SiloSettings settings, string connection, PostgresFarmStore store, Action<FarmEvent> tell, ITrainerLauncher? launcher)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (settings.ClusterId, settings.ServiceId));
        silo.ConfigureEndpoints(IPAddress.Parse(settings.Address), settings.SiloPort, settings.GatewayPort, listenOnAnyHostAddress: true);
        if (settings.Tls is { } certificate)
            silo.UseTls(certificate);
        silo.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = (Invariant, connection));
        silo.AddAdoNetGrainStorage(Storage.Name, storage =>
        {
            (storage.Invariant, storage.ConnectionString) = (Invariant, connection);
            storage.GrainStorageSerializer = new StateJson();
        });
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(settings.ProbeSeconds);
            membership.NumMissedProbesLimit = 2;
            // After a power cut the dead are in the table as members: whoever has not been heard of for three of these is not waited for.
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(2 * settings.ProbeSeconds);
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(Math.Max(5, 5 * settings.ProbeSeconds));
        });
        // Calls are short: whoever waits longer than this waits for a silo that is gone.
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(10));
        silo.UseFarm(new()
        {
            Role = settings.ParsedRole, Store = store, OpenArtifacts = settings.OpenArtifacts, Farm = settings.Farm, Launcher = launcher, Tell = tell,
            LookRule = Looks(),
        });
    }

    /// <summary>As <c>nasfarm</c> judges them. A table is read when a look first asks for it.</summary>
    private static LookRule Looks()
    {
        var tables = new BenchmarkTables();
        return new(SequentialLooks.Decide, (run, genotype) => tables.Values(run.Space.Name, genotype));
    }

    /// <summary>The store's database with few connections.</summary>
    public static string OrleansConnection(string store) =>
        PostgresAddress.Parse(store).ForOthers(Connections);
}
