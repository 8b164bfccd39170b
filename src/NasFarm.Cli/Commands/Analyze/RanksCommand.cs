using System.CommandLine;
using System.Text.Json;
using NasFarm.Analysis.Rankings;
using NasFarm.Catalog;

namespace NasFarm.Cli.Commands.Analyze;

/// <summary><c>nasfarm analyze ranks</c>: how stable and how right the rankings of weight-sharing networks are.</summary>
internal static class RanksCommand
{
    public static Command Create()
    {
        var csv = new Option<string>("--csv")
        {
            Description = "Scores: columns child, epoch, score, and instance or seed where there are several trainings; group may stand too. Or a row per child with a column per epoch.",
            HelpName = "FILE",
            Required = true,
        };
        var truth = new Option<string?>("--truth") { Description = "What the children are worth when trained alone: columns child, score; rows of one child are averaged.", HelpName = "FILE" };
        var last = Counts.Option("--last", "Moments at the end that count as the last ones.", 10, least: 2);
        var json = Options.Json();
        var command = new Command("ranks", "Compute rank statistics of weight sharing: S-Tau, GT-Tau, tau between moments, what the best children are worth.") { csv, truth, last, json };
        command.SetAction(parsed =>
        {
            var table = ScoreTable.Read(Tables.Read(parsed.GetRequiredValue(csv)));
            var known = parsed.GetValue(truth) is { } file ? table.Truth(Tables.Read(file)) : null;
            var report = RankReport.Of(table, known, parsed.GetValue(last)!.Value, 1, 3);
            Console.Write(parsed.GetValue(json) ? JsonSerializer.Serialize(report, CatalogJson.Pretty) + "\n" : RankText.Render(report));
            return ExitCodes.Done;
        });
        return command;
    }
}
