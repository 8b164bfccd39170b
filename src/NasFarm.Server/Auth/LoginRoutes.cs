using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using NasFarm.Server.Access;

namespace NasFarm.Server.Auth;

/// <summary>The login of the pages: a person pastes a token once and carries a sealed cookie from then on. The cookie holds whose token it was, never
/// the token.</summary>
internal static class LoginRoutes
{
    public const string Path = "/login", BackTo = "to";

    public static void MapFarmLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (HttpContext context, IAntiforgery antiforgery, string? to) => Page(context, antiforgery, to, problem: null))
            .AllowAnonymous().ExcludeFromDescription();
        routes.MapPost(Path, LogInAsync).AllowAnonymous().LimitsGuesses().ExcludeFromDescription();
        routes.MapPost("/logout", LogOutAsync).Needs(Role.Viewer).ExcludeFromDescription();
    }

    private static async Task<IResult> LogInAsync(
        HttpContext context, FarmServerOptions farm, IAntiforgery antiforgery, [FromForm] string? token, [FromForm] string? to)
    {
        if (await Tokens.FindAsync(farm.Store, token?.Trim() ?? "", farm.Time, context.RequestAborted) is not { } caller)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Page(context, antiforgery, to, "That token is unknown, has expired or was revoked.");
        }
        await context.SignInAsync(Schemes.Cookie, caller.Principal(Schemes.Cookie));
        return Results.LocalRedirect(OwnAddress(to));
    }

    // The form of a page carries the antiforgery token; reading it is what checks it.
    private static async Task<IResult> LogOutAsync(HttpContext context, [FromForm] string? to)
    {
        await context.SignOutAsync(Schemes.Cookie);
        return Results.LocalRedirect(OwnAddress(to));
    }

    /// <summary>An address of this server, whatever was asked for.</summary>
    private static string OwnAddress(string? to) => to is ['/', ..] && !to.StartsWith("//", StringComparison.Ordinal) && !to.StartsWith("/\\", StringComparison.Ordinal)
        && !to.Any(char.IsControl) ? to : "/";

    private static IResult Page(HttpContext context, IAntiforgery antiforgery, string? to, string? problem)
    {
        var tokens = antiforgery.GetAndStoreTokens(context);
        var said = problem is null ? "" : $"<p role=\"alert\">{WebUtility.HtmlEncode(problem)}</p>";
        return Results.Content(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Log in · NasFarm</title></head>
            <body>
            <main>
            <h1>NasFarm</h1>
            {said}
            <form method="post" action="{Path}">
            <input type="hidden" name="{tokens.FormFieldName}" value="{WebUtility.HtmlEncode(tokens.RequestToken)}">
            <input type="hidden" name="{BackTo}" value="{WebUtility.HtmlEncode(OwnAddress(to))}">
            <p><label for="token">Token</label> <input id="token" name="token" type="password" autocomplete="off" required></p>
            <p><button type="submit">Log in</button></p>
            </form>
            <p>An administrator makes tokens: <code>nasfarm token create NAME --tenant TENANT --role viewer</code></p>
            </main>
            </body>
            </html>
            """, "text/html; charset=utf-8", statusCode: context.Response.StatusCode);
    }
}
