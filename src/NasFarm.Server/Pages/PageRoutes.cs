using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NasFarm.Farm.Control;
using NasFarm.Farm.Manifests;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;
using NasFarm.Server.Comparisons;
using NasFarm.Server.Pages.Compare;
using NasFarm.Server.Pages.Frame;
using NasFarm.Server.Pages.Grid;
using NasFarm.Server.Pages.Run;
using NasFarm.Server.Pages.Slots;
using NasFarm.Server.Pages.Submit;
using NasFarm.Server.Pages.Sweep;
using NasFarm.Server.Pages.Sweeps;

namespace NasFarm.Server.Pages;

/// <summary>Which address is which page. Each reads the farm as its caller may see it, and renders.</summary>
public static class PageRoutes
{
    /// <summary>Runs of a sweep that its page explains.</summary>
    private const int Explained = 12;

    /// <summary>Sweeps offered for comparison.</summary>
    private const int Offered = 100;

    /// <summary>Maps all pages.</summary>
    public static void MapFarmPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/assets/{hash}/{name}", Files.Get).AllowAnonymous().ExcludeFromDescription();
        var pages = routes.MapGroup("").ExcludeFromDescription();

        pages.MapGet("/", async (PageRequest request, string? name, string? state, string? after) =>
        {
            var query = new SweepQuery(Given(name), Enum.TryParse<SweepState>(state, ignoreCase: true, out var known) ? known : null, After: Given(after), Limit: SweepsPage.PerPage);
            return request.Page(SweepsPage.Of(await request.Farm.ListSweepsAsync(query, request.Aborted), query, request.Now));
        }).Needs(Role.Viewer);

        pages.MapGet("/sweeps/{id}", async (PageRequest request, string id, string? look, string? arm, int? page) =>
        {
            var (sweep, runs) = await request.Farm.ReadGridAsync(id, null, request.Aborted);
            var attention = sweep.Sweep.Counts is { Open: 0, Failed: 0 } ? [] : await request.Farm.ReadAttentionAsync(id, Explained, request.Aborted);
            var mayControl = request.Farm.Caller.May(Role.Operator, sweep.Sweep.Tenant);
            return request.Page(around => Sweep.SweepPage.Of(
                new(sweep, SeedGrid.Of(runs), attention, new(Given(look), Given(arm), page ?? 1), mayControl, request.NewId()), around, request.Now));
        }).Needs(Role.Viewer);

        pages.MapGet("/sweeps/{id}/cells", async (PageRequest request, string id, string[]? run) =>
        {
            var (_, runs) = await request.Farm.ReadGridAsync(id, run is { Length: > 0 } ? run : null, request.Aborted);
            return Results.Bytes(GridJson.Write(SeedGrid.Of(runs)), "application/json");
        }).Needs(Role.Viewer);

        pages.MapGet("/sweeps/{id}/cancel", async (PageRequest request, string id) =>
        {
            var sweep = await request.Farm.ReadSweepAsync(id, request.Aborted);
            return request.Page(around => SweepControls.Confirm(sweep, around, request.NewId()));
        }).Needs(Role.Operator);

        pages.MapPost("/sweeps/{id}/{verb}", async (PageRequest request, string id, string verb) =>
        {
            await request.Farm.ReadSweepAsync(id, request.Aborted);
            var operation = await request.FieldAsync("operation");
            var target = new Target.Sweep(id);
            switch (verb)
            {
                case "pause": await request.Farm.PauseAsync(target, operation, request.Aborted); break;
                case "resume": await request.Farm.ResumeAsync(target, operation, request.Aborted); break;
                case "retry": await request.Farm.RetryAsync(target, operation, request.Aborted); break;
                case "cancel": await request.Farm.CancelAsync(target, operation, request.Aborted); break;
                default: return request.Failure(StatusCodes.Status404NotFound);
            }
            return Results.LocalRedirect($"/sweeps/{Uri.EscapeDataString(id)}");
        }).Needs(Role.Operator);

        pages.MapGet("/runs/{id}", async (PageRequest request, string id, string? against) =>
        {
            var (run, history) = await request.Farm.ReadRunHistoryAsync(id, request.Aborted);
            var other = Given(against) is "previous" ? await request.Farm.PreviousSeedAsync(run, request.Aborted) : Given(against);
            var compared = other is null ? null : await request.Farm.ReadRunHistoryAsync(other.Trim(), request.Aborted) is var (r, h) ? new ComparedRun(r, h) : null;
            var waits = run.Units.All(u => u.State is "done" or "cancelled") && run.SearchState != "open" ? null : await request.Farm.ExplainRunAsync(id, request.Aborted);
            return request.Page(Run.RunPage.Of(new(run, history, waits, compared), request.Now));
        }).Needs(Role.Viewer);

        pages.MapGet("/compare", async (PageRequest request, ComparisonShelf shelf, string[]? sweep, string? with) =>
        {
            var ids = (sweep ?? []).Distinct().ToList();
            if (ids.Count == 0)
                return request.Page(ComparePage.Choose(await request.Farm.ListSweepsAsync(new(Limit: Offered), request.Aborted), new HashSet<string>([with ?? ""])));
            if (ids.Count > ComparePage.MostSweeps)
                throw RefusedException.Invalid("too-many-sweeps", $"{ids.Count} sweeps are named; at most {ComparePage.MostSweeps} stand side by side.");
            var shelved = new List<ShelvedComparison>();
            foreach (var id in ids)
                shelved.Add(await shelf.ReadAsync(request.Farm, id, request.Aborted));
            return request.Page(shelved is [var one] ? one.Page : ComparePage.Of([.. shelved.Select(s => s.Compared)]));
        }).Needs(Role.Viewer);

        pages.MapGet("/slots", async (PageRequest request, string? after) => request.Page(SlotsPage.Of(
            await request.Farm.ReadSlotsAsync(request.Aborted), await request.Farm.ReadQueueAsync(Given(after), SlotsPage.PerPage, request.Aborted), Given(after), request.Now))).Needs(Role.Viewer);

        pages.MapGet("/submit", (PageRequest request, string? template) =>
            request.Page(around => SubmitPage.Of(new(Templates.Text(template ?? Templates.First) ?? Templates.Text(Templates.First)!), around))).Needs(Role.Viewer);

        pages.MapPost("/submit", async (PageRequest request) =>
        {
            var manifest = (await request.FieldAsync("manifest") ?? "").ReplaceLineEndings("\n");
            var model = new SubmitModel(manifest);
            try
            {
                switch (await request.FieldAsync("do"))
                {
                    case "submit": return Results.LocalRedirect($"/sweeps/{Uri.EscapeDataString((await request.Farm.SubmitAsync(manifest, fresh: false, request.Aborted)).Sweep)}");
                    case "plan": model = model with { Errors = [], Plan = await request.Farm.PlanAsync(manifest, fresh: false, request.Aborted) }; break;
                    default: model = model with { Errors = request.Farm.Check(manifest) }; break;
                }
            }
            catch (ManifestException wrong)
            {
                model = model with { Errors = wrong.Errors };
            }
            catch (RefusedException refused)
            {
                model = model with { Problem = refused.Message };
            }
            return request.Page(around => SubmitPage.Of(model, around));
        }).Needs(Role.Viewer);
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
