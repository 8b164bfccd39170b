using System.CommandLine;
using System.Text.Json;
using NasFarm.Analysis.Report;
using NasFarm.Catalog;
using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Identity;
using NasFarm.Catalog.Spaces;
using NasFarm.Cli.Packages;
using NasFarm.Farm.Lineage;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm show</c>: a genotype, drawn; or everything that a run's result stands on.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var what = new Argument<string>("CELL") { Description = "A genotype in text form, a published name (DARTS_V2, SGAS_ES_FM_1 …), or the id of a run." };
        var space = new Option<string?>("--space") { Description = "Search space of a genotype in text form. Default: the one that can read it.", HelpName = "NAME" };
        var svg = new Option<string?>("--svg") { Description = "Draw it as SVG into this file.", HelpName = "FILE" };
        var lineage = new Option<bool>("--lineage")
        {
            Description = "Show what a run's result stands on instead: manifest, code, numerics, images, every unit with its attempts and checkpoints, scores.",
        };
        var (home, at, json) = (Options.Home(), Options.Store(), Options.Json());
        var command = new Command("show", "Draw a cell, or show the lineage of a run.") { what, space, svg, lineage, home, at, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var farm = FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at));
            if (parsed.GetValue(lineage))
            {
                var record = await LineageAsync(farm, parsed.GetRequiredValue(what), cancel);
                Console.Write(parsed.GetValue(json) ? JsonSerializer.Serialize(record, CatalogJson.Pretty) + "\n" : LineageText.Render(record));
                return ExitCodes.Done;
            }
            if (parsed.GetValue(json))
                throw new InputException("--json belongs to --lineage; a cell is drawn as text, or with --svg.");
            var genotype = await FindAsync(parsed.GetRequiredValue(what), parsed.GetValue(space), farm, cancel);
            if (parsed.GetValue(svg) is { } file)
            {
                await File.WriteAllTextAsync(file, GenotypeDrawing.Svg(genotype), cancel);
                Console.WriteLine(file);
                return ExitCodes.Done;
            }
            Console.WriteLine(GenotypeDrawing.Text(genotype));
            Console.WriteLine(genotype);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<RunRecord> LineageAsync(FarmHome farm, string wanted, CancellationToken cancel)
    {
        await using var store = await farm.OpenAsync(create: false, cancel);
        var id = await FarmRuns.FindAsync(store, wanted, cancel);
        var run = await store.ReadRunAsync(id, cancel) ?? throw new InputException($"There is no run '{id}' any more.");
        var scores = run is { Genotype: { } cell, Diverged: false } && run.Sweeps.Any(sweep => sweep.ByTable)
            ? new BenchmarkTables().Values(run.Spec.Space.Name, cell) : new Dictionary<string, double>();
        return RunRecord.Of(
            run, RunHistory.Parse(await store.EffectiveHistoryAsync(id, cancel) ?? ""), DataOrigins.Of,
            table: SweepPackage.Scores(scores, await SweepPackage.TableSha256Async(run.Spec.Space.Name, cancel)));
    }

    private static async Task<Genotype> FindAsync(string what, string? space, FarmHome home, CancellationToken cancel)
    {
        if (ContentId.HasForm("r", what))
        {
            await using var store = await home.OpenAsync(create: false, cancel);
            var run = await store.ReadRunAsync(what, cancel) ?? throw new InputException($"There is no run {what} in this farm.");
            return GenotypeText.Parse(run.Spec.Space.Name,
                run.Genotype ?? throw new InputException($"Run {what} has no genotype yet: its search is not finished."));
        }
        if (space is not null)
            return GenotypeText.ParseOrFind(space, what);
        if (PublishedGenotypes.All.FirstOrDefault(p => p.Name == what) is { } published)
            return GenotypeText.ParseOrFind(published.SpaceName, what);
        var problems = new List<string>();
        foreach (var candidate in SearchSpaces.All)
        {
            try
            {
                return GenotypeText.Parse(candidate.Name, what);
            }
            catch (GenotypeFormatException problem)
            {
                problems.Add($"  {candidate.Name}: {problem.Message}");
            }
        }
        throw new InputException($"No search space can read this genotype, and no cell is published under that name:\n{string.Join('\n', problems)}");
    }
}
