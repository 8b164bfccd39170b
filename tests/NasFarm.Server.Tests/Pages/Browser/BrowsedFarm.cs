using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Plans;
using NasFarm.Farm.Tests.Store;

namespace NasFarm.Server.Tests.Pages.Browser;

/// <summary>A farm in a folder of its own, and a server over it that a browser on this machine can reach.</summary>
internal sealed class BrowsedFarm : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private WebApplication app = null!;
    private int ids;

    /// <summary>The store behind the server.</summary>
    public SqliteFarmStore Store { get; private set; } = null!;

    /// <summary>The clock of both.</summary>
    public MovedTime Time { get; } = new();

    /// <summary>Where the server is.</summary>
    public string Url => app.Urls.Single();

    public static async Task<BrowsedFarm> StartAsync(string? database = null)
    {
        var farm = new BrowsedFarm();
        farm.Store = await SqliteFarmStore.OpenAsync(database ?? farm.folder.File("farm.db"), farm.Time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddFarmServer(new()
        {
            Store = farm.Store, Host = new EmbeddedHost(farm.Store, TimeProvider.System, TimeSpan.FromMilliseconds(100)), Data = new FakeDataSets(),
            CodeVersion = "0.1.0+test", Time = farm.Time, NewId = () => $"id-{Interlocked.Increment(ref farm.ids)}",
            Auth = new() { LocalAdmin = "ada", RequestsPerMinute = 100_000 },
        });
        farm.app = builder.Build();
        farm.app.MapFarmServer();
        await farm.app.StartAsync();
        return farm;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        await Store.DisposeAsync();
        folder.Dispose();
    }
}
