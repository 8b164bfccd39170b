using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using NasFarm.Catalog.Results;
using NasFarm.Farm.Control;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;

namespace NasFarm.Server.Api;

/// <summary>Which part of a sweep a command is about; nothing: all of it.</summary>
/// <param name="Seed">All arms of one seed.</param>
/// <param name="Run">One run, as far as this sweep wants it.</param>
public sealed record SweepPart(long? Seed = null, string? Run = null);

/// <summary>A sweep's priority.</summary>
/// <param name="Priority">Higher first within the tenant; −1000 to 1000.</param>
public sealed record NewPriority(int Priority);

/// <summary>A sweep and where it stands, arm by arm.</summary>
public sealed record SweepDetails(SweepState State, SweepSummary Sweep, SweepAggregate Aggregate);

/// <summary>Sweeps: listed, read, watched, commanded.</summary>
internal static class SweepRoutes
{
    /// <summary>Header with the id of a command.</summary>
    public const string OperationHeader = "Idempotency-Key";

    public static void MapSweeps(this RouteGroupBuilder api)
    {
        api.MapGet("/sweeps", async (CallerFarm farm, string? name, string? state, string? tenant, string? after, int? limit, CancellationToken cancel) =>
            Answer.Json(await farm.ListSweepsAsync(new(name, Words.Read<SweepState>(state, "state"), tenant, after, limit), cancel)))
            .Needs(Role.Viewer).Produces<SweepPage>().Refuses(400).WithName("listSweeps").WithSummary("Sweeps, the newest first.");
        api.MapGet("/sweeps/{id}", async (CallerFarm farm, string id, CancellationToken cancel) =>
        {
            var listed = await farm.ReadSweepAsync(id, cancel);
            return Answer.Json(new SweepDetails(listed.State, listed.Sweep, await farm.ReadAggregateAsync(id, cancel)));
        }).Needs(Role.Viewer).Produces<SweepDetails>().Refuses(404).WithName("readSweep").WithSummary("Where a sweep stands, arm by arm.");
        api.MapGet("/sweeps/{id}/status", async (CallerFarm farm, string id, int? runs, CancellationToken cancel) => Answer.Json(await farm.ReadStatusAsync(id, runs, cancel)))
            .Needs(Role.Viewer).Produces<SweepStatus>().Refuses(400, 404).WithName("readStatus")
            .WithSummary("The sweep and its runs, as 'nasfarm status --json' prints them; at most so many, those first that run or failed.");
        api.MapGet("/sweeps/{id}/runs", async (CallerFarm farm, string id, string? state, string? arm, long? seed, string? after, int? limit, CancellationToken cancel) =>
            Answer.Json(await farm.ReadRunsAsync(id, new(Words.Read<SeedRunState>(state, "state"), arm, seed, after, limit), cancel)))
            .Needs(Role.Viewer).Produces<RunPage>().Refuses(400, 404).WithName("listRuns").WithSummary("Runs of a sweep in plan order, each with what it waits for.");
        api.MapGet("/sweeps/{id}/events", SweepEvents.WriteAsync)
            .Needs(Role.Viewer).LimitsStreams().Produces(200, contentType: "text/event-stream").Refuses(400, 404).WithName("watchSweep")
            .WithSummary("Server-sent events: 'aggregate' first, then 'moves' as units move. Last-Event-ID goes on without a gap.");
        MapCommands(api);
    }

    private static void MapCommands(RouteGroupBuilder api)
    {
        Command("pause", "Let running units write a checkpoint and stop, and hold what waits.", (farm, target, operation, cancel) => farm.PauseAsync(target, operation, cancel));
        Command("resume", "End the pause of what is named and of what was paused inside it.", (farm, target, operation, cancel) => farm.ResumeAsync(target, operation, cancel));
        Command("cancel", "Give up a sweep or runs of it. What another live sweep wants goes on.", (farm, target, operation, cancel) => farm.CancelAsync(target, operation, cancel));
        Command("retry", "Give failed units their attempts back.", (farm, target, operation, cancel) => farm.RetryAsync(target, operation, cancel));
        api.MapPost("/sweeps/{id}/priority", async (CallerFarm farm, string id, NewPriority body, [FromHeader(Name = OperationHeader)] string? operation, CancellationToken cancel) =>
            await farm.SetPriorityAsync(id, body.Priority, operation, cancel))
            .Needs(Role.Operator).Produces<Commanded<PriorityReport>>().Refuses(400, 404, 409).WithName("setPriority").WithSummary("Set a sweep's priority, until its manifest is accepted again.");
        api.MapDelete("/sweeps/{id}", async (CallerFarm farm, string id, bool? dryRun, bool? cancel, [FromHeader(Name = OperationHeader)] string? operation, CancellationToken gone) =>
            dryRun == true ? Results.Ok(new Commanded<DeleteReport>("", await farm.PreviewDeletionAsync(id, gone))) : Results.Ok(await farm.DeleteAsync(id, cancel ?? false, operation, gone)))
            .Needs(Role.Admin).Produces<Commanded<DeleteReport>>().Refuses(400, 404, 409).WithName("deleteSweep")
            .WithSummary("Delete a sweep and all that only it refers to. dryRun=true only says what would go; cancel=true also takes what runs.");

        void Command<T>(string verb, string summary, Func<CallerFarm, Target, string?, CancellationToken, Task<Commanded<T>>> act) =>
            api.MapPost($"/sweeps/{{id}}/{verb}", async (CallerFarm farm, string id, SweepPart? body, [FromHeader(Name = OperationHeader)] string? operation, CancellationToken cancel) =>
                await act(farm, TargetOf(id, body), operation, cancel))
                .Needs(Role.Operator).Produces<Commanded<T>>().Refuses(400, 404, 409).WithName($"{verb}Sweep").WithSummary(summary);
    }

    private static Target TargetOf(string sweepId, SweepPart? part) => part switch
    {
        { Seed: not null, Run: not null } => throw RefusedException.Invalid("bad-target", "'seed' and 'run' both stand in the body; name one of them, or none for the whole sweep."),
        { Seed: { } seed } => new Target.Cohort(sweepId, seed),
        { Run: { } run } => new Target.SweepRun(sweepId, run),
        _ => new Target.Sweep(sweepId),
    };
}
