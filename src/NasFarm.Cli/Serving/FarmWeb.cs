using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Search.Data;
using NasFarm.Server;
using NasFarm.Server.Auth;

namespace NasFarm.Cli.Serving;

/// <summary>The web server of <c>nasfarm serve</c>. All that touches ASP.NET is here: no other command loads it.</summary>
internal static class FarmWeb
{
    /// <summary>Environment variables of another issuer's tokens: all three or none.</summary>
    public const string JwtIssuer = "NASFARM_JWT_ISSUER", JwtAudience = "NASFARM_JWT_AUDIENCE", JwtKeyFile = "NASFARM_JWT_KEY_FILE";

    private static readonly TimeSpan MostForOpenRequests = TimeSpan.FromSeconds(5);

    /// <summary>How callers prove who they are: as soon as there is a token, by tokens. Throws <see cref="InputException"/> for addresses that others
    /// reach while there is none.</summary>
    public static async Task<FarmAuthOptions> AuthAsync(IFarmStore store, string folder, IReadOnlyList<string> urls, CancellationToken cancel)
    {
        var jwt = Jwt();
        var isOpen = jwt is null && (await store.ListTokensAsync(cancel)).Count == 0;
        if (isOpen && FarmAuthOptions.RefusalToListen(urls) is { } refusal)
            throw new InputException(refusal);
        return new() { LocalAdmin = isOpen ? Environment.UserName : null, Jwt = jwt, KeysFolder = Path.Combine(folder, "keys") };
    }

    /// <summary>Listens. Throws <see cref="IOException"/> when an address is taken.</summary>
    public static async Task<WebApplication> StartAsync(
        IFarmStore store, IFarmHost host, IArtifactStore artifacts, DataCatalog data, FarmAuthOptions auth, IReadOnlyList<string> urls, CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls([.. urls]).UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        // Standard output is the farm's; its signals are the program's.
        builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = MostForOpenRequests);
        builder.Services.AddFarmServer(new()
        {
            Store = store, Host = host, Data = data, Artifacts = artifacts, CodeVersion = CodeVersion.Current, Auth = auth, Time = TimeProvider.System,
            NewId = () => RandomNumberGenerator.GetHexString(32, lowercase: true),
        });
        var app = builder.Build();
        app.MapFarmServer();
        await app.StartAsync(cancel);
        return app;
    }

    private static JwtSettings? Jwt()
    {
        var given = new[] { JwtIssuer, JwtAudience, JwtKeyFile }.ToDictionary(name => name, name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null);
        if (given.Values.All(value => value is null))
            return null;
        if (given.FirstOrDefault(pair => pair.Value is null) is { Key: { } missing })
            throw new InputException($"{missing} is not set; JSON Web Tokens take {string.Join(", ", given.Keys)}.");
        return new(given[JwtIssuer]!, given[JwtAudience]!, File.ReadAllText(given[JwtKeyFile]!));
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
