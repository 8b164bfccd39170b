using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using NasFarm.Farm.Control;
using NasFarm.Farm.Journals;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;

namespace NasFarm.Server.Api;

/// <summary>Checkpoints of a run.</summary>
public sealed record RunArtifacts(IReadOnlyList<RunArtifact> Artifacts);

/// <summary>Runs: read, explained, commanded in all their sweeps.</summary>
internal static class RunRoutes
{
    public static void MapRuns(this RouteGroupBuilder api)
    {
        api.MapGet("/runs/{id}", async (CallerFarm farm, string id, CancellationToken cancel) => Answer.Json(await farm.ReadRunAsync(id, cancel)))
            .Needs(Role.Viewer).Produces(200, contentType: "application/json").Refuses(404).WithName("readRun")
            .WithSummary("Everything about a run: units, attempts, decisions, checkpoints, the sweeps it belongs to.");
        api.MapGet("/runs/{id}/why", async (CallerFarm farm, string id, CancellationToken cancel) => Answer.Json(await farm.ExplainRunAsync(id, cancel)))
            .Needs(Role.Viewer).Produces<RunExplanation>().Refuses(404).WithName("explainRun").WithSummary("Why a run is not further than it is, unit by unit.");
        api.MapGet("/runs/{id}/metrics", async (CallerFarm farm, string id, string? name, CancellationToken cancel) => Answer.Json(await farm.ReadMetricsAsync(id, name, cancel)))
            .Needs(Role.Viewer).Produces<RunMetrics>().Refuses(404).WithName("readMetrics").WithSummary("Values that a run measured, of its newest attempts only.");
        api.MapGet("/runs/{id}/log", async (CallerFarm farm, string id, string? unit, long? fence, CancellationToken cancel) =>
            Answer.Text(string.Concat((await farm.ReadLogAsync(id, unit, fence, cancel)).Lines.Select(line => line + "\n")), "text/plain"))
            .Needs(Role.Viewer).Produces(200, contentType: "text/plain").Refuses(404).WithName("readLog").WithSummary("The last lines of an attempt's trainer; by default of the last attempt.");
        api.MapGet("/runs/{id}/journal", async (CallerFarm farm, string id, CancellationToken cancel) => Answer.Json(await farm.ReadJournalAsync(id, cancel)))
            .Needs(Role.Viewer).Produces<RunJournal>().Refuses(404).WithName("readJournal")
            .WithSummary("What happened to a run, line by line: attempts, decisions as they are made, the last lines of trainers that ended.");
        api.MapGet("/runs/{id}/artifacts", async (CallerFarm farm, string id, CancellationToken cancel) => Answer.Json(new RunArtifacts(await farm.ListArtifactsAsync(id, cancel))))
            .Needs(Role.Viewer).Produces<RunArtifacts>().Refuses(404).WithName("listArtifacts").WithSummary("Checkpoints of a run.");
        api.MapGet("/runs/{id}/artifacts/{sha256}", async (CallerFarm farm, string id, string sha256, CancellationToken cancel) =>
        {
            var opened = await farm.OpenArtifactAsync(id, sha256, cancel);
            return Results.File(opened.Content, "application/octet-stream", opened.FileName, enableRangeProcessing: true);
        }).Needs(Role.Viewer).Produces(200, contentType: "application/octet-stream").Refuses(404).WithName("downloadArtifact").WithSummary("A checkpoint's bytes (safetensors).");
        Command<PauseReport>("pause", "Pause a run in all its sweeps.", (farm, target, operation, cancel) => farm.PauseAsync(target, operation, cancel));
        Command<ResumeReport>("resume", "End the pause of a run.", (farm, target, operation, cancel) => farm.ResumeAsync(target, operation, cancel));
        Command<CancelReport>("cancel", "Give up a run in all its sweeps.", (farm, target, operation, cancel) => farm.CancelAsync(target, operation, cancel));
        Command<RetryReport>("retry", "Give a run's failed units their attempts back.", (farm, target, operation, cancel) => farm.RetryAsync(target, operation, cancel));

        api.MapPost("/runs/{id}/units/{unit}/retry", async (CallerFarm farm, string id, string unit, [FromHeader(Name = SweepRoutes.OperationHeader)] string? operation, CancellationToken cancel) =>
            await farm.RetryUnitAsync(id, unit, operation, cancel))
            .Needs(Role.Operator).Produces<Commanded<RetryReport>>().Refuses(400, 404, 409).WithName("retryUnit").WithSummary("Give one failed unit its attempts back.");

        void Command<T>(string verb, string summary, Func<CallerFarm, Target, string?, CancellationToken, Task<Commanded<T>>> act) =>
            api.MapPost($"/runs/{{id}}/{verb}", async (CallerFarm farm, string id, [FromHeader(Name = SweepRoutes.OperationHeader)] string? operation, CancellationToken cancel) =>
                await act(farm, new Target.Run(id), operation, cancel))
                .Needs(Role.Operator).Produces<Commanded<T>>().Refuses(400, 404, 409).WithName($"{verb}Run").WithSummary(summary);
    }
}
