using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NasFarm.Server.Access;

namespace NasFarm.Server.Auth;

/// <summary>Names of the ways to prove who one is.</summary>
internal static class Schemes
{
    /// <summary>Chooses among the others by what the request brings.</summary>
    public const string Any = "nasfarm";

    /// <summary>Nobody is asked: the server is reached from this machine alone.</summary>
    public const string Local = "local";

    /// <summary><c>Authorization: Bearer nf_…</c>.</summary>
    public const string Token = "token";

    /// <summary>A JSON Web Token.</summary>
    public const string Jwt = "jwt";

    /// <summary>A login of the pages.</summary>
    public const string Cookie = "cookie";

    private const string Bearer = "Bearer ";

    /// <summary>The token behind <c>Bearer</c>; null: the request brings none.</summary>
    public static string? BearerOf(Microsoft.AspNetCore.Http.HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : null;
}

/// <summary>Whoever asks is the person at this machine.</summary>
internal sealed class LocalHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, FarmAuthOptions auth)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(auth.LocalAdmin is { } name
        ? AuthenticateResult.Success(new(Caller.LocalAdmin(name).Principal(Scheme.Name), Scheme.Name)) : AuthenticateResult.NoResult());
}

/// <summary>Whoever asks shows a token of the store.</summary>
internal sealed class TokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, FarmServerOptions farm)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Schemes.BearerOf(Request) is not { } text)
            return AuthenticateResult.NoResult();
        return await Tokens.FindAsync(farm.Store, text, farm.Time, Context.RequestAborted) is { } caller
            ? AuthenticateResult.Success(new(caller.Principal(Scheme.Name), Scheme.Name))
            : AuthenticateResult.Fail("The token is unknown, has expired or was revoked.");
    }
}
