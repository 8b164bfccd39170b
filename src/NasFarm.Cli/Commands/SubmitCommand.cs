using System.CommandLine;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Cli.Farms;
using NasFarm.Farm.Plans;
using NasFarm.Search.Data;
using NasFarm.Server.Access;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm submit</c>: accept a manifest and leave the work to workers.</summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var manifest = Options.Manifest();
        var (data, json, fresh) = (Options.Data(), Options.Json(), Options.Fresh());
        var command = new Command("submit",
            "Accept a manifest into the store without working on it: 'nasfarm worker' does, or the server's slots. Submitting it again is the same sweep.")
        {
            manifest, data, fresh, json,
        };
        var farm = FarmOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var file = parsed.GetRequiredValue(manifest);
            var submitted = farm.Choose(parsed) switch
            {
                FarmPlace.Server when parsed.GetValue(data) is not null => throw new InputException("--data names folders of this machine; a server has data sets of its own."),
                FarmPlace.Server server => await ToServerAsync(server, file, parsed.GetValue(fresh), cancel),
                var local => await ToStoreAsync(((FarmPlace.Local)local).Home, file, parsed.GetValue(data), parsed.GetValue(fresh), cancel),
            };
            Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(new
            {
                submitted.Sweep, submitted.Name, submitted.AlreadyAccepted, submitted.Runs,
                actions = Enum.GetValues<PlanAction>().ToDictionary(action => JsonNamingPolicy.CamelCase.ConvertName(action.ToString()), submitted.Actions.GetValueOrDefault),
            }, CatalogJson.Pretty) : Text(submitted));
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>What accepting did, in a line, and a line for each run that stays failed or cancelled.</summary>
    public static string Text(SubmittedSweep sweep)
    {
        var actions = Enum.GetValues<PlanAction>().Where(a => sweep.Actions.GetValueOrDefault(a) > 0).Select(a => $"{sweep.Actions[a]} {Word(a)}");
        var lines = new List<string> { $"Sweep {sweep.Name} ({sweep.Sweep}): {sweep.Runs} seed-runs, {string.Join(", ", actions)}." };
        lines.AddRange(sweep.Changes.Take(10).Select(r => $"  {r.RunId} ({r.Arm}): {r.Sentence}"));
        return string.Join('\n', lines);
    }

    private static async Task<SubmittedSweep> ToServerAsync(FarmPlace.Server place, FileInfo manifest, bool fresh, CancellationToken cancel)
    {
        await using var server = place.Open();
        return await server.SubmitAsync(manifest, fresh, cancel);
    }

    private static async Task<SubmittedSweep> ToStoreAsync(FarmHome home, FileInfo manifest, string? data, bool fresh, CancellationToken cancel)
    {
        var catalog = DataCatalog.FromEnvironment(data);
        var plan = Planning.Plan(manifest, catalog, generation: 0);
        await using var store = await home.OpenAsync(create: true, cancel);
        if (fresh)
            plan = await Planning.PlanFreshAsync(manifest, catalog, store, cancel);
        return SubmittedSweep.Of(plan, await store.AcceptAsync(plan, cancel));
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
