using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;

namespace NasFarm.Server.Api;

/// <summary>Which place a command is about, and why.</summary>
/// <param name="Place">A host, or one slot of it: HOST/cpu-0, HOST/gpu-1.</param>
/// <param name="Reason">For those who look at the slots; null: nobody says.</param>
public sealed record PlaceOfSlots(string Place, string? Reason = null);

/// <summary>A place that was opened.</summary>
/// <param name="Opened">False: it was open.</param>
public sealed record OpenedPlace(string Place, bool Opened);

/// <summary>Slots and the queue.</summary>
internal static class SlotRoutes
{
    public static void MapSlots(this RouteGroupBuilder api)
    {
        api.MapGet("/slots", async (CallerFarm farm, CancellationToken cancel) => Answer.Json(await farm.ReadSlotsAsync(cancel)))
            .Needs(Role.Viewer).Produces<FarmSlots>().Refuses().WithName("listSlots").WithSummary("Every living slot and every closed place; what other tenants execute is not named.");
        api.MapGet("/queue", async (CallerFarm farm, string? after, int? limit, CancellationToken cancel) => Answer.Json(await farm.ReadQueueAsync(after, limit, cancel)))
            .Needs(Role.Viewer).Produces<FarmQueue>().Refuses(400).WithName("readQueue").WithSummary("What waits and why, the next one first.");
        api.MapPost("/slots/cordon", async (CallerFarm farm, PlaceOfSlots body, CancellationToken cancel) => await farm.CordonAsync(body.Place, body.Reason, drain: false, cancel))
            .Needs(Role.Admin, everywhere: true).Produces<CordonReport>().Refuses(400).WithName("cordon").WithSummary("Give a place nothing new.");
        api.MapPost("/slots/drain", async (CallerFarm farm, PlaceOfSlots body, CancellationToken cancel) => await farm.CordonAsync(body.Place, body.Reason, drain: true, cancel))
            .Needs(Role.Admin, everywhere: true).Produces<CordonReport>().Refuses(400).WithName("drain").WithSummary("The same, and what runs there stops with a checkpoint.");
        api.MapPost("/slots/uncordon", async (CallerFarm farm, PlaceOfSlots body, CancellationToken cancel) => new OpenedPlace(body.Place, await farm.UncordonAsync(body.Place, cancel)))
            .Needs(Role.Admin, everywhere: true).Produces<OpenedPlace>().Refuses(400).WithName("uncordon").WithSummary("Open a place again.");
    }
}
