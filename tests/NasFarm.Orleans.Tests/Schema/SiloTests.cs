using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NasFarm.Farm.Tests.Store.Postgres;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Placement;
using Orleans.Runtime;

namespace NasFarm.Orleans.Tests.Schema;

/// <summary>Silos and a client that find each other over our tables.</summary>
[Collection(PostgresCollection.Name)]
public sealed class SiloTests(SharedPostgres shared)
{
    [PostgresFact]
    public async Task Two_silos_and_a_client_are_a_cluster_and_a_grain_outlives_its_silo()
    {
        var address = $"{await shared.Server.NewTablesAsync()};Maximum Pool Size=8";
        using var first = await StartAsync(address);
        using var second = await StartAsync(address);
        using var client = new HostBuilder().ConfigureLogging(log => log.ClearProviders()).UseOrleansClient(builder => builder
            .Configure<ClusterOptions>(Name)
            .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Providers.Invariant, address))).Build();
        await client.StartAsync();
        Assert.Equal(2, await shared.Server.ScalarAsync<long>("SELECT COUNT(*) FROM orleans_member WHERE status = 3", address));

        // A grain that a silo asks for is made there.
        var home = first.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        await first.Services.GetRequiredService<IGrainFactory>().GetGrain<ITally>("t").AddAsync(3);
        var tally = client.Services.GetRequiredService<IGrainFactory>().GetGrain<ITally>("t");
        Assert.Equal(8, await tally.AddAsync(5));
        Assert.Equal(home.ToString(), await tally.WhereAsync());

        await first.StopAsync();

        Assert.Equal(10, await tally.AddAsync(2));
        Assert.Equal(second.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToString(), await tally.WhereAsync());
        await tally.ForgetAsync();
        Assert.Equal(1, await tally.AddAsync(1));
        Assert.Equal(1, await shared.Server.ScalarAsync<long>("SELECT COUNT(*) FROM orleans_state", address));
        Assert.Equal(1, await shared.Server.ScalarAsync<long>(
            string.Create(CultureInfo.InvariantCulture, $"SELECT COUNT(*) FROM orleans_member WHERE status = 6 AND port = {home.Endpoint.Port}"), address));
        await client.StopAsync();
        await second.StopAsync();
    }

    private static async Task<IHost> StartAsync(string address)
    {
        var ports = FreePorts();
        var host = new HostBuilder().ConfigureLogging(log => log.ClearProviders()).UseOrleans(silo => silo
            .Configure<ClusterOptions>(Name)
            .ConfigureEndpoints(IPAddress.Loopback, ports[0], ports[1])
            .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Providers.Invariant, address))
            .AddAdoNetGrainStorage("states", options => (options.Invariant, options.ConnectionString) = (Providers.Invariant, address))).Build();
        await host.StartAsync();
        return host;
    }

    private static void Name(ClusterOptions options) => (options.ClusterId, options.ServiceId) = ("tests", "farm");

    private static int[] FreePorts()
    {
        using TcpListener one = new(IPAddress.Loopback, 0), other = new(IPAddress.Loopback, 0);
        one.Start();
        other.Start();
        return [((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)other.LocalEndpoint).Port];
    }
}

/// <summary>A sum that is kept.</summary>
public interface ITally : IGrainWithStringKey
{
    /// <summary>Adds to the sum and returns it.</summary>
    Task<int> AddAsync(int number);

    /// <summary>The address of its silo.</summary>
    Task<string> WhereAsync();

    Task ForgetAsync();
}

/// <inheritdoc/>
[PreferLocalPlacement]
public sealed class TallyGrain([PersistentState("sum", "states")] IPersistentState<Tally> sum, ILocalSiloDetails silo) : Grain, ITally
{
    public async Task<int> AddAsync(int number)
    {
        sum.State.Sum += number;
        await sum.WriteStateAsync();
        return sum.State.Sum;
    }

    public Task<string> WhereAsync() => Task.FromResult(silo.SiloAddress.ToString());

    public Task ForgetAsync() => sum.ClearStateAsync();
}

/// <summary>What the grain keeps.</summary>
public sealed class Tally
{
    public int Sum { get; set; }
}
