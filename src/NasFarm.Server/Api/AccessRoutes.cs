using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;

namespace NasFarm.Server.Api;

/// <summary>A token that is wanted.</summary>
/// <param name="Name">For people: whose it is and what for.</param>
/// <param name="Tenant">Where it holds; <c>*</c>: everywhere.</param>
/// <param name="Role">viewer, submitter, operator or admin.</param>
/// <param name="ExpiresAt">Null: never.</param>
public sealed record WantedToken(string Name, string Tenant, Role Role, DateTimeOffset? ExpiresAt = null);

/// <summary>Tokens of the caller's tenants.</summary>
public sealed record TokenList(IReadOnlyList<ShownToken> Tokens);

/// <summary>Who asks, and whom.</summary>
/// <param name="Id">Unique among callers; never a secret.</param>
/// <param name="Name">For people.</param>
/// <param name="Roles">Role by tenant; <c>*</c>: everywhere.</param>
/// <param name="ServerVersion">Version of the program that answers.</param>
public sealed record Me(string Id, string Name, IReadOnlyDictionary<string, Role> Roles, string ServerVersion);

/// <summary>Tokens and the log of what was asked.</summary>
internal static class AccessRoutes
{
    public static void MapAccess(this RouteGroupBuilder api)
    {
        api.MapGet("/me", (CallerFarm farm, FarmServerOptions options) => Answer.Json(new Me(farm.Caller.Id, farm.Caller.Name, farm.Caller.Roles, options.CodeVersion)))
            .Needs(Role.Viewer).Produces<Me>().Refuses().WithName("readMe").WithSummary("Who asks and what they may, and the server's version.");
        api.MapGet("/tokens", async (CallerFarm farm, CancellationToken cancel) => Answer.Json(new TokenList(await farm.ListTokensAsync(cancel))))
            .Needs(Role.Admin).Produces<TokenList>().Refuses().WithName("listTokens").WithSummary("Tokens of your tenants, without their secrets.");
        api.MapPost("/tokens", async (CallerFarm farm, WantedToken body, CancellationToken cancel) =>
        {
            var made = await farm.CreateTokenAsync(body.Name, body.Tenant, body.Role, body.ExpiresAt, cancel);
            return Results.Created($"{ApiRoutes.Root}/tokens/{made.Token.Id}", made);
        }).Needs(Role.Admin).Produces<NewToken>(StatusCodes.Status201Created).Refuses(400).WithName("createToken").WithSummary("Make a token. Its text is in this answer and nowhere else.");
        api.MapDelete("/tokens/{id}", async (CallerFarm farm, string id, CancellationToken cancel) => await farm.RevokeTokenAsync(id, cancel))
            .Needs(Role.Admin).Produces<ShownToken>().Refuses(404).WithName("revokeToken").WithSummary("From now on the token opens nothing.");
        api.MapGet("/audit", async (CallerFarm farm, string? after, int? limit, CancellationToken cancel) => Answer.Json(await farm.ReadAuditAsync(after, limit, cancel)))
            .Needs(Role.Admin).Produces<AuditPage>().Refuses(400).WithName("readAudit").WithSummary("What was asked of your tenants, by whom, and what came of it; the newest first.");
    }
}
