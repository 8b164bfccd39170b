using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Search.Data;
using NasFarm.Server;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;

namespace NasFarm.Cli.Tests.Remote;

/// <summary>A farm's folder, and a server in this process that has it open on loopback.</summary>
internal sealed class FarmOnLoopback : IAsyncDisposable
{
    private readonly Action<WebApplication>? before;
    private WebApplication app = null!;
    private int ids;

    private FarmOnLoopback(Action<WebApplication>? before) => this.before = before;

    public Workplace Place { get; } = new();

    public SqliteFarmStore Store { get; private set; } = null!;

    public string Url { get; private set; } = "http://127.0.0.1:0";

    /// <param name="fill">Puts into the store what the test is about.</param>
    /// <param name="open">Whoever asks is the local admin; else callers show tokens.</param>
    /// <param name="before">What stands before the server.</param>
    /// <param name="listens">Where and how; null: http on loopback.</param>
    public static async Task<FarmOnLoopback> StartAsync(
        Func<SqliteFarmStore, Task>? fill = null, bool open = true, Action<WebApplication>? before = null, Action<IWebHostBuilder>? listens = null)
    {
        var farm = new FarmOnLoopback(before);
        Directory.CreateDirectory(farm.Place.Home);
        farm.Store = await farm.Place.OpenStoreAsync();
        if (fill is not null)
            await fill(farm.Store);
        await farm.ServeAsync(open, listens);
        return farm;
    }

    /// <summary>A token of that role in the tenant of these tests.</summary>
    public async Task<string> TokenAsync(Role role) => (await Tokens.IssueAsync(Store, $"the {role}", "default", role, null, TimeProvider.System)).Text;

    public Task StopAsync() => app.DisposeAsync().AsTask();

    /// <summary>Serves, at the address that it had.</summary>
    public async Task ServeAsync(bool open = true, Action<IWebHostBuilder>? listens = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(Url);
        listens?.Invoke(builder.WebHost);
        builder.Logging.ClearProviders();
        builder.Services.AddFarmServer(new()
        {
            Store = Store, Host = new EmbeddedHost(Store, TimeProvider.System, TimeSpan.FromMilliseconds(50)), Data = DataCatalog.FromEnvironment(Place.Data),
            CodeVersion = CodeVersion.Current, Time = TimeProvider.System, NewId = () => $"id-{Interlocked.Increment(ref ids)}",
            Auth = new() { LocalAdmin = open ? Environment.UserName : null },
        });
        app = builder.Build();
        before?.Invoke(app);
        app.MapFarmServer();
        await app.StartAsync();
        Url = app.Urls.Single();
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await Store.DisposeAsync();
        Place.Dispose();
    }
}
