using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using NasFarm.Server.Access;
using NasFarm.Server.Pages;
using NasFarm.Server.Pages.Frame;
using NasFarm.Server.Pages.Login;

namespace NasFarm.Server.Auth;

/// <summary>The login of the pages: a person pastes a token once and carries a sealed cookie from then on. The cookie holds whose token it was, never
/// the token.</summary>
internal static class LoginRoutes
{
    public const string Path = "/login", BackTo = "to";

    public static void MapFarmLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (HttpContext context, string? to) => Page(context, to, problem: null))
            .AllowAnonymous().ExcludeFromDescription();
        routes.MapPost(Path, LogInAsync).AllowAnonymous().LimitsGuesses().ExcludeFromDescription();
        routes.MapPost("/logout", LogOutAsync).Needs(Role.Viewer).ExcludeFromDescription();
    }

    private static async Task<IResult> LogInAsync(
        HttpContext context, FarmServerOptions farm, [FromForm] string? token, [FromForm] string? to)
    {
        if (await Tokens.FindAsync(farm.Store, token?.Trim() ?? "", farm.Time, context.RequestAborted) is not { } caller)
            return Page(context, to, "That token is unknown, has expired or was revoked.");
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

    private static PageResult Page(HttpContext context, string? to, string? problem) =>
        PageRequest.Of(context).Page(around => LoginPage.Of(around, OwnAddress(to), problem), problem is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized);
}
