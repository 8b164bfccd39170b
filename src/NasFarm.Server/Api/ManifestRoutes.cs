using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NasFarm.Farm.Plans;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;
using NasFarm.Server.Http;

namespace NasFarm.Server.Api;

/// <summary>What an editor is told of a manifest.</summary>
/// <param name="Errors">Nothing: it could be submitted.</param>
public sealed record CheckedManifest(IReadOnlyList<ManifestProblem> Errors);

/// <summary>Manifests: checked, planned, submitted.</summary>
internal static class ManifestRoutes
{
    public const string Yaml = "application/yaml";

    public static void MapManifests(this RouteGroupBuilder api)
    {
        api.MapPost("/sweeps", async (HttpContext http, CallerFarm farm, FarmServerOptions options, bool? fresh, int? generation) =>
        {
            if (fresh is not null && generation is not null)
                throw RefusedException.Invalid("fresh-twice", "'fresh' and 'generation' are both given; name one of them, or none.");
            var manifest = await ManifestBody.ReadAsync(http.Request, options.MaxManifestBytes);
            var submitted = generation is { } at ? await farm.SubmitAsync(manifest, at, http.RequestAborted) : await farm.SubmitAsync(manifest, fresh ?? false, http.RequestAborted);
            return submitted.AlreadyAccepted ? Results.Ok(submitted) : Results.Created($"{ApiRoutes.Root}/sweeps/{submitted.Sweep}", submitted);
        })
            .Needs(Role.Submitter).Accepts<string>(Yaml, "text/plain").Produces<SubmittedSweep>(StatusCodes.Status201Created).Produces<SubmittedSweep>()
            .Refuses(400, 413, 422).WithName("submitSweep")
            .WithSummary("Submit a manifest. The same manifest is the same sweep: 201 when it is new, 200 when it is known. fresh=true runs everything anew; at a generation it does so once, however often it is repeated.");
        api.MapPost("/plan", async (HttpContext http, CallerFarm farm, FarmServerOptions options, bool? fresh) =>
            Answer.Json(await farm.PlanAsync(await ManifestBody.ReadAsync(http.Request, options.MaxManifestBytes), fresh ?? false, http.RequestAborted)))
            .Needs(Role.Viewer).Accepts<string>(Yaml, "text/plain").Produces<PlanReport>().Refuses(400, 413, 422).WithName("plan")
            .WithSummary("What a manifest would run, what its number of seeds can show, and what the farm already knows. Nothing changes.");
        api.MapPost("/manifests/fresh", async (HttpContext http, CallerFarm farm, FarmServerOptions options) =>
            await farm.FindFreshAsync(await ManifestBody.ReadAsync(http.Request, options.MaxManifestBytes), http.RequestAborted))
            .Needs(Role.Viewer).Accepts<string>(Yaml, "text/plain").Produces<FreshManifest>().Refuses(400, 413, 422).WithName("findFresh")
            .WithSummary("The generation at which a manifest would run anew, for 'submit'.");
        api.MapPost("/manifests/check", async (HttpContext http, CallerFarm farm, FarmServerOptions options) =>
            new CheckedManifest([.. farm.Check(await ManifestBody.ReadAsync(http.Request, options.MaxManifestBytes)).Select(ManifestProblem.Of)]))
            .Needs(Role.Viewer).Accepts<string>(Yaml, "text/plain").Produces<CheckedManifest>().Refuses(400, 413).WithName("checkManifest")
            .WithSummary("Every error of a manifest with its line and column, for an editor.");
    }
}
