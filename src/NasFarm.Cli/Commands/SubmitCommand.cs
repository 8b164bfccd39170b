using System.CommandLine;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;
using NasFarm.Search.Data;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm submit</c>: accept a manifest and leave the work to workers.</summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var manifest = Options.Manifest();
        var (home, at, data, json, fresh) = (Options.Home(), Options.Store(), Options.Data(), Options.Json(), Options.Fresh());
        var command = new Command("submit",
            "Accept a manifest into the store without working on it: 'nasfarm worker' does. Submitting it again is the same sweep.")
        {
            manifest, home, at, data, fresh, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var catalog = DataCatalog.FromEnvironment(parsed.GetValue(data));
            var file = parsed.GetRequiredValue(manifest);
            var plan = Planning.Plan(file, catalog, generation: 0);
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: true, cancel);
            if (parsed.GetValue(fresh))
                plan = await Planning.PlanFreshAsync(file, catalog, store, cancel);
            var accepted = await store.AcceptAsync(plan, cancel);
            Console.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(new
                {
                    sweep = plan.SweepId, plan.Name, accepted.AlreadyAccepted, runs = plan.Runs.Count,
                    actions = Enum.GetValues<PlanAction>().ToDictionary(action => JsonNamingPolicy.CamelCase.ConvertName(action.ToString()), accepted.Diff.Count),
                }, CatalogJson.Pretty)
                : Accepted(plan, accepted));
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>What accepting did, in a line, and a line for each run that stays failed or cancelled.</summary>
    public static string Accepted(SweepPlan plan, AcceptReport report)
    {
        var actions = Enum.GetValues<PlanAction>().Where(a => report.Diff.Count(a) > 0).Select(a => $"{report.Diff.Count(a)} {Word(a)}");
        var lines = new List<string> { $"Sweep {plan.Name} ({plan.SweepId}): {plan.Runs.Count} seed-runs, {string.Join(", ", actions)}." };
        lines.AddRange(report.Diff.Runs.Where(r => r.Action is PlanAction.Failed or PlanAction.Cancelled).Take(10).Select(r => $"  {r.RunId} ({r.Arm}): {r.Sentence}"));
        return string.Join('\n', lines);
    }

    private static string Word(PlanAction action) => action switch
    {
        PlanAction.New => "new",
        PlanAction.Reuse => "reused: their results are in the store",
        PlanAction.Continue => "going on",
        PlanAction.Failed => "failed earlier",
        PlanAction.NotNeeded => "not needed: a look has decided",
        _ => "cancelled earlier",
    };
}
