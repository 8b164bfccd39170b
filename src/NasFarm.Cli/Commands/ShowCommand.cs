using System.CommandLine;
using NasFarm.Analysis.Report;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Identity;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm show</c>: a genotype, drawn.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var what = new Argument<string>("CELL") { Description = "A genotype in text form, a published name (DARTS_V2, SGAS_ES_FM_1 …), or the id of a run." };
        var space = new Option<string?>("--space") { Description = "Search space of a genotype in text form. Default: the one that can read it.", HelpName = "NAME" };
        var svg = new Option<string?>("--svg") { Description = "Draw it as SVG into this file.", HelpName = "FILE" };
        var (home, at) = (Options.Home(), Options.Store());
        var command = new Command("show", "Draw a cell.") { what, space, svg, home, at };
        command.SetAction(async (parsed, cancel) =>
        {
            var genotype = await FindAsync(parsed.GetRequiredValue(what), parsed.GetValue(space), FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)), cancel);
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
