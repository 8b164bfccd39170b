using System.CommandLine;
using System.Text.Json;
using NasFarm.Analysis.EarlyStopping;
using NasFarm.Catalog;
using NasFarm.Catalog.EarlyStopping;

namespace NasFarm.Cli.Commands.Analyze;

/// <summary><c>nasfarm analyze es</c>: where early-stop rules would have fired on recorded λmax.</summary>
internal static class EarlyStopCommand
{
    public static Command Create()
    {
        var sweep = Options.Sweep();
        var rule = new Option<string>("--rule")
        {
            Description = $"{string.Join(", ", EarlyStoppingRules.Names)}, or {EarlyStoppingRules.Any}; what differs from it after commas: darts-es,window=5,every=2,delta=4,factor=1.3,start=10.",
            HelpName = "RULE",
            DefaultValueFactory = _ => EarlyStoppingRules.Any,
        };
        var csv = new Option<string?>("--csv") { Description = "Trajectories from a table instead: columns epoch, lambda_max, and run or seed where it holds several.", HelpName = "FILE" };
        var run = new Option<string?>("--run") { Description = "Only this run, by id or start of an id; of a table, only trajectories with these words in their name.", HelpName = "ID" };
        var (home, at, json) = (Options.Home(), Options.Store(), Options.Json());
        var command = new Command("es", "Replay early-stop rules over recorded lambda-max trajectories.") { sweep, rule, csv, run, home, at, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var rules = EarlyStoppingRules.Parse(parsed.GetRequiredValue(rule));
            var wanted = parsed.GetValue(run);
            if (parsed.GetValue(csv) is not null && parsed.GetValue(sweep) is { } both)
                throw new InputException($"--csv and the sweep '{both}' are two sources; give one.");
            var trajectories = parsed.GetValue(csv) is { } file
                ? OfTable(file, wanted)
                : await OfSweepAsync(FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)), parsed.GetValue(sweep), wanted, cancel);
            var replays = trajectories.SelectMany(t => rules.Select(r => RuleReplay.Of(r, t))).ToList();
            Console.Write(parsed.GetValue(json) ? JsonSerializer.Serialize(replays, CatalogJson.Pretty) + "\n" : ReplayText.Render(replays));
            return ExitCodes.Done;
        });
        return command;
    }

    private static IReadOnlyList<LambdaTrajectory> OfTable(string file, string? wanted)
    {
        var all = TrajectoryCsv.Read(Tables.Read(file));
        var found = all.Where(t => wanted is null || t.Name.Split(' ').Contains(wanted)).ToList();
        if (found.Count == 0) found = [.. all.Where(t => t.Name.Contains(wanted!, StringComparison.Ordinal))];
        return found.Count > 0 ? found
            : throw new InputException($"{file} has no trajectory '{wanted}'; it has {string.Join(", ", all.Take(10).Select(t => t.Name))}{(all.Count > 10 ? " …" : "")}.");
    }

    private static async Task<IReadOnlyList<LambdaTrajectory>> OfSweepAsync(FarmHome farm, string? sweep, string? wanted, CancellationToken cancel)
    {
        await using var store = await farm.OpenAsync(create: false, cancel);
        var summary = await FarmHome.FindSweepAsync(store, sweep, cancel);
        var result = await store.ReadResultAsync(summary.SweepId, withCurves: false, cancel: cancel) ?? throw new InputException($"There is no sweep {summary.SweepId} any more.");
        var id = wanted is null ? null : FarmRuns.Find([.. result.Runs.Select(r => r.RunId)], wanted);
        var found = result.Runs.Where(r => id is null || r.RunId == id).Select(RunTrajectory.Of).OfType<LambdaTrajectory>().ToList();
        return found.Count > 0 ? found
            : throw new InputException(id is null
                ? $"No run of {summary.Name} has recorded lambda-max yet: methods that train record it, with lambdaMax: true."
                : $"Run {id} has recorded no lambda-max: methods that train record it, with lambdaMax: true.");
    }
}
