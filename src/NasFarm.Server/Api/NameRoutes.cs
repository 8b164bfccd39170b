using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;

namespace NasFarm.Server.Api;

/// <summary>From what people type to ids.</summary>
internal static class NameRoutes
{
    public static void MapNames(this RouteGroupBuilder api) =>
        api.MapGet("/find", async (CallerFarm farm, string? kind, string? text, CancellationToken cancel) =>
            Answer.Json(await farm.FindAsync(Words.Read<NameKind>(kind, "kind") ?? NameKind.Target, text, cancel)))
            .Needs(Role.Viewer).Produces<FoundName>().Refuses(400, 404).WithName("find")
            .WithSummary("What a text names, as the command line reads it. kind=sweep (no text: the newest), run, or target (default).");
}
