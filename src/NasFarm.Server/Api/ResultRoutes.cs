using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NasFarm.Analysis.Export;
using NasFarm.Analysis.Report;
using NasFarm.Analysis.Tables;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;
using NasFarm.Server.Comparisons;
using NasFarm.Server.Http;

namespace NasFarm.Server.Api;

/// <summary>How a comparison is written.</summary>
internal enum ComparisonFormat
{
    /// <summary>For programs.</summary>
    Json,

    /// <summary>For people.</summary>
    Text,
}

/// <summary>How an export is written.</summary>
internal enum ExportFormat
{
    /// <summary>Tables.</summary>
    Csv,

    /// <summary>One file with everything.</summary>
    Json,
}

/// <summary>Files with their content, all of one moment.</summary>
public sealed record FileSet(IReadOnlyList<ExportFile> Files);

/// <summary>What came out of a sweep: the comparison, and the files made of it.</summary>
internal static class ResultRoutes
{
    public static void MapResults(this RouteGroupBuilder api)
    {
        api.MapGet("/sweeps/{id}/comparison", async (CallerFarm farm, ComparisonShelf shelf, string id, string? format, CancellationToken cancel) =>
        {
            var asText = Words.Read<ComparisonFormat>(format, "format") == ComparisonFormat.Text;
            var shelved = await shelf.ReadAsync(farm, id, cancel);
            return asText ? Answer.Text(ComparisonText.Render(shelved.Compared.Comparison), "text/plain") : Answer.Text(shelved.Json, "application/json");
        })
            .Needs(Role.Viewer).Produces(200, contentType: "application/json").Refuses(400, 404).WithName("compareSweep")
            .WithSummary("The comparison of the arms, as 'nasfarm compare --json' prints it, or with format=text as 'nasfarm compare' does.");
        api.MapGet("/sweeps/{id}/report", async (HttpContext http, CallerFarm farm, string id, CancellationToken cancel) =>
        {
            var compared = await farm.CompareAsync(id, withCurves: true, cancel);
            http.Response.Headers.ContentSecurityPolicy = SecurityHeaders.PolicyOfReport;
            return Answer.Text(HtmlReport.Render(compared.Result, compared.Comparison), "text/html");
        }).Needs(Role.Viewer).Produces(200, contentType: "text/html").Refuses(404).WithName("reportSweep").WithSummary("The report as one HTML page.");
        api.MapGet("/sweeps/{id}/figures", async (CallerFarm farm, string id, CancellationToken cancel) =>
        {
            var compared = await farm.CompareAsync(id, withCurves: true, cancel);
            return Answer.Json(new FileSet(FigureFiles.All(compared.Result, compared.Comparison)));
        }).Needs(Role.Viewer).Produces<FileSet>().Refuses(404).WithName("drawSweep").WithSummary("Every figure of the report with its data, as 'nasfarm compare --figures' writes them.");
        api.MapGet("/sweeps/{id}/export", async (CallerFarm farm, string id, string? format, CancellationToken cancel) =>
        {
            var whole = Words.Read<ExportFormat>(format, "format") == ExportFormat.Json;
            var compared = await farm.CompareAsync(id, withCurves: true, cancel);
            return Answer.Json(new FileSet(whole ? [SweepFiles.Whole(compared.Result)] : SweepFiles.Tables(compared.Result, compared.Comparison)));
        }).Needs(Role.Viewer).Produces<FileSet>().Refuses(400, 404).WithName("exportSweep").WithSummary("Every file of 'nasfarm export' with its content: format=csv (default) or json.");
        api.MapGet("/sweeps/{id}/export/{file}", async (CallerFarm farm, string id, string file, CancellationToken cancel) =>
        {
            var compared = await farm.CompareAsync(id, withCurves: true, cancel);
            if (file == SweepFiles.Json)
                return Answer.Text(SweepFiles.Whole(compared.Result).Content, "application/json");
            var files = SweepFiles.Tables(compared.Result, compared.Comparison);
            return files.FirstOrDefault(f => f.Name == file) is { } found ? Answer.Text(found.Content, "text/csv")
                : throw new RefusedException(Refusal.NotFound, "no-such-file", $"There is no file '{RefusedException.Short(file)}'; there are {SweepFiles.Json}, {string.Join(", ", files.Select(f => f.Name))}.");
        }).Needs(Role.Viewer).Produces(200, contentType: "text/csv").Refuses(404).WithName("exportFile").WithSummary("A file as 'nasfarm export' writes it, or sweep.json.");
    }
}
