using System.CommandLine;
using System.Text.Json;
using NasFarm.Analysis.Report;
using NasFarm.Analysis.Tables;
using NasFarm.Catalog;
using NasFarm.Cli.Progress;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;
using NasFarm.Farm.Trainers;
using NasFarm.Search.Data;
using NasFarm.Server.Access;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm run</c>: accept a manifest, do the work on this machine, print the comparison.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var manifest = Options.Manifest();
        var (home, at, data, json, fresh) = (Options.Home(), Options.Store(), Options.Data(), Options.Json(), Options.Fresh());
        var slots = new Option<int?>("--slots")
        {
            Description = "Units executed at once. Default: processors / threads per unit.",
            HelpName = "N",
            CustomParser = MachineSlots.Parse,
        };
        var gpus = new Option<string[]?>("--gpus")
        {
            Description = "GPUs to use when the manifest says device: cuda, one slot each. Default: all that nvidia-smi names.",
            HelpName = "INDEX",
            AllowMultipleArgumentsPerToken = true,
        };
        var labels = Options.Labels();
        var memory = Options.Memory();
        var report = new Option<bool>("--report") { Description = "Also write the HTML report and print where it is." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "No progress, only the result." };
        var command = new Command("run",
            "Search, retrain and compare what a manifest asks for, on this machine. What the store already knows is reused; what was interrupted goes on.")
        {
            manifest, home, at, data, slots, gpus, labels, memory, fresh, report, quiet, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var farmHome = FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at));
            var trainers = TrainerSettings.FromEnvironment(parsed.GetValue(data));
            var catalog = DataCatalog.FromEnvironment(parsed.GetValue(data));
            var file = parsed.GetRequiredValue(manifest);

            // 1. Plan and accept; nothing has been written when one of these refuses.
            var plan = Planning.Plan(file, catalog, generation: 0);
            var places = MachineSlots.For(plan.Execution, parsed.GetValue(slots), parsed.GetValue(gpus)) with
            {
                Labels = parsed.GetValue(labels) ?? [],
                MemoryBytes = parsed.GetValue(memory),
            };
            await using var artifacts = FarmArtifacts.Open(farmHome, ProcessName.Current);
            await artifacts.CheckAsync(cancel);
            await using var store = await farmHome.OpenAsync(create: true, cancel);
            if (parsed.GetValue(fresh))
                plan = await Planning.PlanFreshAsync(file, catalog, store, cancel);
            var accepted = await store.AcceptAsync(plan, cancel);
            var asJson = parsed.GetValue(json);
            var silent = asJson || parsed.GetValue(quiet);
            if (!silent)
                Console.WriteLine(SubmitCommand.Text(SubmittedSweep.Of(plan, accepted)));
            if (accepted.Paused is { } paused)
                Console.Error.WriteLine($"Sweep {plan.Name} is {paused}. This program waits for that.");

            // 2. Work.
            var ending = await WorkAsync(store, artifacts, plan, FarmOptions(artifacts, places, trainers, farmHome.Quarantine), silent, cancel);

            // 3. Say what came out.
            if (ending is FarmEnding.Stopped)
            {
                Console.Error.WriteLine($"Stopped; nothing is lost. The same command goes on where it was: nasfarm run {file}");
                return ExitCodes.Interrupted;
            }
            if (await store.ReadCountsAsync(plan.SweepId, CancellationToken.None) is not { } counts)
            {
                Console.Error.WriteLine($"Sweep {plan.Name} ({plan.SweepId}) was deleted.");
                return ExitCodes.RunsFailed;
            }
            var (result, comparison) = await Planning.CompareAsync(store, plan.SweepId, withCurves: true, CancellationToken.None);
            if (asJson)
                Console.WriteLine(JsonSerializer.Serialize(new { sweep = plan.SweepId, ending = ending.GetType().Name, comparison }, CatalogJson.Pretty));
            else
                Console.WriteLine(ComparisonText.Render(comparison));
            if (parsed.GetValue(report))
                Console.Error.WriteLine($"Report: {ReportFile.Write(farmHome.Report(plan.Name), HtmlReport.Render(result, comparison))}");
            if (ending is FarmEnding.Stuck stuck)
            {
                foreach (var wait in stuck.Waits.Take(10))
                    Console.Error.WriteLine($"{wait.UnitId} waits: {wait.Sentence}");
                return ExitCodes.Stuck;
            }
            return ExitCodes.Of(counts);
        });
        return command;
    }

    /// <summary>Works on a sweep with this machine's slots until it is over, stuck or stopped.</summary>
    public static async Task<FarmEnding> WorkAsync(
        IFarmStore store, IArtifactStore artifacts, SweepPlan plan, LocalFarmOptions options, bool silent, CancellationToken cancel)
    {
        await using var display = RunDisplay.For(plan, silent);
        return await new LocalFarm(store, options, TimeProvider.System, display.Tell, artifacts: artifacts, lookRule: Planning.Looks()).RunAsync([plan.SweepId], cancel);
    }

    /// <summary>This process as a farm.</summary>
    public static LocalFarmOptions FarmOptions(IArtifactStore artifacts, MachineSlots slots, TrainerOptions trainers, string? quarantine) => new()
    {
        Owner = ProcessName.Current,
        CpuSlots = slots.Cpu,
        Gpus = slots.Gpus,
        Labels = slots.Labels,
        SlotMemoryBytes = slots.MemoryBytes,
        Artifacts = artifacts.LocalRoot,
        Quarantine = quarantine,
        Retention = FarmArtifacts.Retention(),
        Trainer = trainers,
        PollInterval = TrainerSettings.PollInterval(trainers.Lease),
    };
}
