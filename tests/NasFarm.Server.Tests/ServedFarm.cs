using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Plans;
using NasFarm.Farm.Tests.Store;
using NasFarm.Server.Auth;

namespace NasFarm.Server.Tests;

/// <summary>A farm in a folder of its own, and a server over it that is asked without a network.</summary>
internal sealed class ServedFarm : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private WebApplication app = null!;
    private StoreThatMayGo served = null!;
    private int ids;

    /// <summary>The store, also while the server's is away.</summary>
    public SqliteFarmStore Store { get; private set; } = null!;

    /// <summary>Asks the server.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <param name="auth">How callers prove who they are; null: whoever asks is the local admin.</param>
    /// <param name="time">The clock of store and server; null: the system's.</param>
    public static async Task<ServedFarm> StartAsync(FarmAuthOptions? auth = null, TimeProvider? time = null)
    {
        var farm = new ServedFarm();
        farm.Store = await SqliteFarmStore.OpenAsync(farm.folder.File("farm.db"), time ?? TimeProvider.System);
        var store = DispatchProxy.Create<IFarmStore, StoreThatMayGo>();
        farm.served = (StoreThatMayGo)(object)store;
        farm.served.Inner = farm.Store;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddFarmServer(new()
        {
            Store = store, Host = new EmbeddedHost(store, TimeProvider.System, TimeSpan.FromMilliseconds(50)), Data = new FakeDataSets(), CodeVersion = "0.1.0+test",
            Time = time ?? TimeProvider.System, NewId = () => $"id-{Interlocked.Increment(ref farm.ids)}",
            Auth = auth ?? new() { LocalAdmin = "tester" },
        });
        farm.app = builder.Build();
        farm.app.MapFarmServer();
        await farm.app.StartAsync();
        farm.Client = farm.app.GetTestClient();
        return farm;
    }

    /// <summary>From now on the server's store answers nothing.</summary>
    public void TakeStoreAway() => served.IsAway = true;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        await Store.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>A store that can be away.</summary>
    public class StoreThatMayGo : DispatchProxy
    {
        public IFarmStore Inner { get; set; } = null!;

        public bool IsAway { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            IsAway ? throw new StoreUnavailableException("the test took it away") : targetMethod!.Invoke(Inner, args);
    }
}
