using System.CommandLine;
using NasFarm.Analysis.Comparison;
using NasFarm.Farm.Plans;
using NasFarm.Search.Data;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm plan</c>: what a manifest means, without doing it.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        var manifest = Options.Manifest();
        var (home, at, data, json, fresh) = (Options.Home(), Options.Store(), Options.Data(), Options.Json(), Options.Fresh());
        var unmeasured = new Option<bool>("--no-measure") { Description = "Do not time a few real steps for the cost estimate." };
        var command = new Command("plan", "Show what a manifest would run, what it would cost here, what its number of seeds can show, and what the store already knows.")
        {
            manifest, home, at, data, fresh, unmeasured, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var farmHome = FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at));
            var catalog = DataCatalog.FromEnvironment(parsed.GetValue(data));
            var file = parsed.GetRequiredValue(manifest);
            var plan = Planning.Plan(file, catalog, generation: 0);
            PlanDiff? diff = null;
            if ((await farmHome.ReadSchemaAsync(cancel)).Level > 0)
            {
                await using var store = await farmHome.OpenAsync(create: false, cancel);
                if (parsed.GetValue(fresh))
                    plan = Planning.Plan(file, catalog, await Planning.FreshGenerationAsync(file, catalog, store, cancel));
                diff = (await store.PreviewAsync(plan, cancel)).Diff;
            }
            var costs = parsed.GetValue(unmeasured) ? null : new MeasuredSteps(catalog, plan.Execution);
            var looks = plan.Looks is null ? null : SequentialLooks.PlanWithRatios(plan.Looks, plan.Comparison.Alpha);
            var report = PlanReport.Of(plan, CostEstimate.Of(plan, catalog, costs), diff, looks);
            Console.Write(parsed.GetValue(json) ? report.Json() : report.Text());
            return ExitCodes.Done;
        });
        return command;
    }
}
