using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NasFarm.Farm.Store;
using NasFarm.Server.Auth;

namespace NasFarm.Server.Hosting;

/// <summary>The web server of <c>nasfarm serve</c> and of silos' role <c>api</c>.</summary>
public static class FarmWeb
{
    /// <summary>Where both listen unless told.</summary>
    public const string UsualUrl = "http://127.0.0.1:8180";

    /// <summary>Environment variables of another issuer's tokens: all three or none.</summary>
    public const string JwtIssuer = "NASFARM_JWT_ISSUER", JwtAudience = "NASFARM_JWT_AUDIENCE", JwtKeyFile = "NASFARM_JWT_KEY_FILE";

    /// <summary>Addresses as people give them: separated by ';'.</summary>
    public static string[] Addresses(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>It is an address that a server could listen on.</summary>
    public static bool IsAddress(string url)
    {
        try
        {
            return BindingAddress.Parse(url).Scheme is "http" or "https";
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>How callers prove who they are: as soon as there is a token, by tokens.</summary>
    /// <exception cref="InvalidDataException">Others reach these addresses while there is no token, or a variable is missing; a sentence for people.</exception>
    public static async Task<FarmAuthOptions> AuthAsync(IFarmStore store, string folder, IReadOnlyList<string> urls, CancellationToken cancel)
    {
        var jwt = Jwt();
        var isOpen = jwt is null && (await store.ListTokensAsync(cancel)).Count == 0;
        if (isOpen && FarmAuthOptions.RefusalToListen(urls) is { } refusal)
            throw new InvalidDataException(refusal);
        return new() { LocalAdmin = isOpen ? Environment.UserName : null, Jwt = jwt, KeysFolder = Path.Combine(folder, "keys") };
    }

    /// <summary>Who may do what, for the line that says that a server is ready.</summary>
    public static string Describe(FarmAuthOptions auth) =>
        auth.LocalAdmin is { } admin ? $"whoever asks is {admin}, who may everything: there is no token yet" : "callers show a token";

    /// <summary>Listens. Throws <see cref="IOException"/> when an address is taken.</summary>
    public static async Task<WebApplication> StartAsync(FarmServerOptions options, IReadOnlyList<string> urls, CancellationToken cancel)
    {
        var builder = GuestWeb.CreateBuilder(urls);
        options.Telemetry?.AddTo(builder.Logging);
        builder.Services.AddFarmServer(options);
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
            throw new InvalidDataException($"{missing} is not set; JSON Web Tokens take {string.Join(", ", given.Keys)}.");
        return new(given[JwtIssuer]!, given[JwtAudience]!, File.ReadAllText(given[JwtKeyFile]!));
    }
}
