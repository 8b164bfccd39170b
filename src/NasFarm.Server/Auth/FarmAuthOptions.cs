using System.Net;
using Microsoft.AspNetCore.Http;

namespace NasFarm.Server.Auth;

/// <summary>How callers prove who they are.</summary>
public sealed class FarmAuthOptions
{
    /// <summary>Name of the person who may do everything because nobody else can reach this server: it listens on loopback alone, and no tokens
    /// are set up. Null: callers show a token.</summary>
    public string? LocalAdmin { get; init; }

    /// <summary>Tokens of another issuer that are accepted too; null: none.</summary>
    public JwtSettings? Jwt { get; init; }

    /// <summary>Folder of the keys that logins are sealed with, shared by the servers of one farm. Null: a login ends with the process.</summary>
    public string? KeysFolder { get; init; }

    /// <summary>Requests of one caller per minute; more are answered 429.</summary>
    public int RequestsPerMinute { get; init; } = 1200;

    /// <summary>Tries to log in, and requests with a wrong token, of one address per minute.</summary>
    public int LoginsPerMinute { get; init; } = 30;

    /// <summary>Why a server that asks nobody who they are must not listen on these addresses, as a sentence. Null: it may.</summary>
    public static string? RefusalToListen(IEnumerable<string> urls) => urls.FirstOrDefault(url => !IsLoopback(url)) is not { } open ? null
        : $"'{open}' can be reached from other machines, and no token is set up: everybody there could do everything. Make one with "
            + "'nasfarm token create NAME --tenant '*' --role admin', or listen on loopback (--urls http://127.0.0.1:8180).";

    private static bool IsLoopback(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return !address.IsUnixPipe && !address.IsNamedPipe
                && (string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase)
                    || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip)));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

/// <summary>JSON Web Tokens of an identity provider.</summary>
/// <param name="Issuer">Claim <c>iss</c> must be this.</param>
/// <param name="Audience">Claim <c>aud</c> must be this.</param>
/// <param name="Key">A public key as PEM (RSA or elliptic curve), or a shared secret of at least 32 bytes as base64.</param>
/// <param name="RolesClaim">Claim with an object of roles by tenant: <c>{ "lab": "operator", "*": "viewer" }</c>.</param>
public sealed record JwtSettings(string Issuer, string Audience, string Key, string RolesClaim = "nasfarm");
