using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Orleans.Schema;
using Npgsql;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Runtime;
using Orleans.Runtime.Membership;
using Orleans.Runtime.MembershipService;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace NasFarm.Orleans.Tests.Schema;

/// <summary>Orleans' own ADO.NET providers over our tables, without a silo.</summary>
internal static class Providers
{
    public const string Invariant = "Npgsql";

    private static readonly ServiceProvider Services = new ServiceCollection().AddLogging().AddSerializer().BuildServiceProvider();

    /// <summary>Address of a schema that has our tables and nothing else.</summary>
    public static async Task<string> NewTablesAsync(this PostgresServer server)
    {
        var address = await server.NewSchemaAsync();
        await OrleansSchema.ApplyAsync(address);
        return address;
    }

    /// <summary>A storage that is ready, as one silo has it.</summary>
    public static async Task<IGrainStorage> StorageAsync(NpgsqlDataSource source, bool deletes = false)
    {
        var options = new AdoNetGrainStorageOptions
        {
            Invariant = Invariant, DataSource = source, DeleteStateOnClear = deletes, GrainStorageSerializer = new PlainJson(),
        };
        var storage = new AdoNetGrainStorage(Services.GetRequiredService<IActivatorProvider>(), NullLogger<AdoNetGrainStorage>.Instance,
            Options.Create(options), Cluster("any"), "states");
        var lifecycle = new SiloLifecycleSubject(NullLogger<SiloLifecycleSubject>.Instance);
        storage.Participate(lifecycle);
        await lifecycle.OnStart(CancellationToken.None);
        return storage;
    }

    /// <summary>A membership table whose cluster has begun.</summary>
    public static async Task<IMembershipTable> MembershipAsync(string address, string cluster)
    {
        var table = new AdoNetClusteringTable(Services, Cluster(cluster),
            Options.Create(new AdoNetClusteringSiloOptions { Invariant = Invariant, ConnectionString = address }), NullLogger<AdoNetClusteringTable>.Instance);
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, CancellationToken.None);
        return table;
    }

    /// <summary>Where a client learns of gateways.</summary>
    public static async Task<IGatewayListProvider> GatewaysAsync(string address, string cluster)
    {
        var list = new AdoNetGatewayListProvider(NullLogger<AdoNetGatewayListProvider>.Instance, Services,
            Options.Create(new AdoNetClusteringClientOptions { Invariant = Invariant, ConnectionString = address }),
            Options.Create(new GatewayOptions()), Cluster(cluster));
        await list.InitializeGatewayListProvider();
        return list;
    }

    /// <summary>Every row of the tables that hold something, in an order of their own.</summary>
    public static Task<string> RowsAsync(this PostgresServer server, string address) => server.ScalarAsync<string>(
        "SELECT COALESCE(string_agg(row, ' ' ORDER BY row), '') FROM (SELECT to_jsonb(c)::TEXT FROM orleans_cluster c UNION ALL SELECT to_jsonb(m)::TEXT FROM orleans_member m UNION ALL SELECT to_jsonb(s)::TEXT FROM orleans_state s) AS rows (row)",
        address);

    /// <summary>Waits until a statement of the schema waits for another's lock, or <paramref name="work"/> is over without.</summary>
    public static async Task WaitUntilBlockedAsync(this PostgresServer server, Task work)
    {
        while (!work.IsCompleted && await server.ScalarAsync<long>("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == 0)
            await Task.Yield();
    }

    private static IOptions<ClusterOptions> Cluster(string cluster) => Options.Create(new ClusterOptions { ClusterId = cluster, ServiceId = "farm" });

    private sealed class PlainJson : IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input));

        public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span)!;
    }
}
