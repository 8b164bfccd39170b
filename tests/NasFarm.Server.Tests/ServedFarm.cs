using System.Net.Http.Json;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Plans;
using NasFarm.Farm.Tests.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;
using NasFarm.Server.Webhooks;

namespace NasFarm.Server.Tests;

/// <summary>A farm in a folder of its own, and a server over it that is asked without a network.</summary>
internal sealed class ServedFarm : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private WebApplication app = null!;
    private StoreThatMayGo served = null!;
    private readonly MistakeList mistakes = new();
    private int ids;

    /// <summary>The store, also while the server's is away.</summary>
    public SqliteFarmStore Store { get; private set; } = null!;

    /// <summary>What the server said that it did by itself.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Told { get; } = [];

    /// <summary>Asks the server.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <param name="auth">How callers prove who they are; null: whoever asks is the local admin.</param>
    /// <param name="overNetwork">Ask it over loopback.</param>
    /// <param name="time">The clock of store and server; null: the system's.</param>
    /// <param name="hook">Who is told that a sweep is over.</param>
    public static async Task<ServedFarm> StartAsync(FarmAuthOptions? auth = null, bool overNetwork = false, TimeProvider? time = null, Webhook? hook = null)
    {
        var farm = new ServedFarm();
        farm.Store = await SqliteFarmStore.OpenAsync(farm.folder.File("farm.db"), time ?? TimeProvider.System);
        var store = DispatchProxy.Create<IFarmStore, StoreThatMayGo>();
        farm.served = (StoreThatMayGo)(object)store;
        farm.served.Inner = farm.Store;
        var builder = WebApplication.CreateSlimBuilder();
        if (overNetwork)
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        else
            builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().AddProvider(farm.mistakes);
        builder.Services.AddFarmServer(new()
        {
            Store = store, Host = new EmbeddedHost(store, TimeProvider.System, TimeSpan.FromMilliseconds(50)), Data = new FakeDataSets(), CodeVersion = "0.1.0+test",
            Time = time ?? TimeProvider.System, NewId = () => $"id-{Interlocked.Increment(ref farm.ids)}",
            Auth = auth ?? new() { LocalAdmin = "tester" }, Webhook = hook, Tell = farm.Told.Enqueue,
        });
        farm.app = builder.Build();
        farm.app.MapFarmServer();
        await farm.app.StartAsync();
        farm.Client = overNetwork ? new() { BaseAddress = new(farm.app.Urls.Single()) } : farm.app.GetTestClient();
        return farm;
    }

    /// <summary>Everything that the server answers to.</summary>
    public IReadOnlyList<RouteEndpoint> Routes => [.. app.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>()];

    /// <summary>A token of that role in that tenant, for <see cref="AskAsync"/>.</summary>
    public async Task<string> TokenAsync(string tenant, Role role) =>
        (await Tokens.IssueAsync(Store, $"{role} of {tenant}", tenant, role, null, TimeProvider.System)).Text;

    /// <summary>Asks with a token, or with none.</summary>
    /// <param name="body">A text is sent as YAML, content as it is, anything else as JSON.</param>
    public async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, string? token = null, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        request.Content = body is HttpContent content ? content : body is string yaml ? new StringContent(yaml, System.Text.Encoding.UTF8, "application/yaml") : body is null ? null : JsonContent.Create(body);
        return await Client.SendAsync(request);
    }

    /// <summary>From now on the server's store answers nothing.</summary>
    public void TakeStoreAway() => served.IsAway = true;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        await Store.DisposeAsync();
        folder.Dispose();
        Assert.True(mistakes.Found.IsEmpty, string.Join("\n", mistakes.Found));
    }

    /// <summary>What the server logs as an error: a test in which it does fails.</summary>
    private sealed class MistakeList : ILoggerProvider, ILogger
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Found { get; } = [];

        // That a store is away is a check's finding and nobody's mistake.
        public ILogger CreateLogger(string categoryName) =>
            categoryName.Contains("HealthChecks", StringComparison.Ordinal) ? Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance : this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                Found.Enqueue($"{formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
            // Nothing is held.
        }
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
