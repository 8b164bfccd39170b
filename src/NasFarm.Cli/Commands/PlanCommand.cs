using System.CommandLine;
using NasFarm.Analysis.Comparison;
using NasFarm.Cli.Farms;
using NasFarm.Farm.Plans;
using NasFarm.Search.Data;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm plan</c>: what a manifest means, without doing it.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        var manifest = Options.Manifest();
        var (data, json, fresh) = (Options.Data(), Options.Json(), Options.Fresh());
        var unmeasured = new Option<bool>("--no-measure") { Description = "Do not time a few real steps for the cost estimate." };
        var device = new Option<string?>("--device") { Description = "Time the steps on this device, cpu or cuda. Default: the manifest's.", HelpName = "DEVICE" };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        var command = new Command("plan", "Show what a manifest would run, what it would cost here, what its number of seeds can show, and what the store already knows.")
        {
            manifest, data, fresh, unmeasured, device, json,
        };
        var farm = FarmOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var file = parsed.GetRequiredValue(manifest);
            var place = farm.Choose(parsed);
            if (place is FarmPlace.Server at)
            {
                if (parsed.GetValue(data) is not null || parsed.GetValue(device) is not null)
                    throw new InputException("--data and --device are about this machine; a server plans with data sets of its own and times nothing.");
                await using var server = at.Open();
                var planned = await server.PlanAsync(file, parsed.GetValue(fresh), cancel);
                Console.Write(parsed.GetValue(json) ? planned.Json() : planned.Text());
                return ExitCodes.Done;
            }
            var farmHome = ((FarmPlace.Local)place).Home;
            var catalog = DataCatalog.FromEnvironment(parsed.GetValue(data));
            var plan = Planning.Plan(file, catalog, generation: 0);
            PlanDiff? diff = null;
            if ((await farmHome.ReadSchemaAsync(cancel)).Level > 0)
            {
                await using var store = await farmHome.OpenAsync(create: false, cancel);
                if (parsed.GetValue(fresh))
                    plan = await Planning.PlanFreshAsync(file, catalog, store, cancel);
                diff = (await store.PreviewAsync(plan, cancel)).Diff;
            }
            var timed = plan.Execution with { Device = parsed.GetValue(device) ?? plan.Execution.Device };
            var measures = !parsed.GetValue(unmeasured);
            if (measures && !MeasuredSteps.CanTime(timed.Device))
            {
                Console.Error.WriteLine($"This machine has no {timed.Device} device, so nothing is timed. '--device cpu' times a core of it instead.");
                measures = false;
            }
            var costs = measures ? new MeasuredSteps(catalog, timed) : null;
            var looks = plan.Looks is null ? null : SequentialLooks.PlanWithRatios(plan.Looks, plan.Comparison.Alpha);
            var report = PlanReport.Of(plan, CostEstimate.Of(plan, catalog, costs), diff, looks);
            Console.Write(parsed.GetValue(json) ? report.Json() : report.Text());
            if (measures && timed.Device != plan.Execution.Device)
                Console.Error.WriteLine($"Timed on {timed.Device}; the manifest asks for {plan.Execution.Device}.");
            return ExitCodes.Done;
        });
        return command;
    }
}
