using System.CommandLine;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Server.Hosting;
using NasFarm.Server.Telemetry;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm worker</c>: offers this machine's slots to a store and works for whatever sweeps come, until it is asked to stop.</summary>
internal static class WorkerCommand
{
    public static Command Create()
    {
        var (home, at, data) = (Options.Home(), Options.Store(), Options.Data());
        var slots = new Option<int?>("--slots")
        {
            Description = "Units executed at once on the CPU. Default: one for each processor; with --gpus none.",
            HelpName = "N",
            CustomParser = MachineSlots.ParseOfWorker,
        };
        var gpus = new Option<string[]?>("--gpus")
        {
            Description = "GPUs to use, one slot each, by index or UUID; 'all' for every one that nvidia-smi names. Default: none.",
            HelpName = "INDEX",
            AllowMultipleArgumentsPerToken = true,
        };
        var (labels, memory) = (Options.Labels(), Options.Memory());
        var drain = Options.Drain();
        var untilIdle = new Option<bool>("--until-idle") { Description = "End when nothing runs and nothing is left that this worker could do." };
        var metrics = Options.Metrics();
        var json = new Option<bool>("--json") { Description = "Print events as JSON, one object a line." };
        var command = new Command("worker", "Work for the sweeps of a store with this machine's slots, until asked to stop; any number of workers may share a store.")
        {
            home, at, data, slots, gpus, labels, memory, drain, untilIdle, metrics, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var farmHome = FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at));
            var trainers = TrainerSettings.FromEnvironment(parsed.GetValue(data));
            trainers.StopGrace = parsed.GetValue(drain) is { } seconds ? TimeSpan.FromSeconds(seconds) : trainers.StopGrace;
            var places = MachineSlots.OfWorker(parsed.GetValue(slots), parsed.GetValue(gpus)) with
            {
                Labels = parsed.GetValue(labels) ?? [],
                MemoryBytes = parsed.GetValue(memory),
            };

            // 1. Nothing is offered before store and storage have answered.
            await using var artifacts = FarmArtifacts.Open(farmHome, ProcessName.Current);
            await artifacts.CheckAsync(cancel);
            await using var store = await farmHome.OpenAsync(create: true, cancel);
            if (farmHome.Server is not null && artifacts is LocalDirectory)
            {
                Console.Error.WriteLine(
                    $"Checkpoints go to {artifacts.Where}, a folder of this machine: no other machine can go on with what this worker began. {ArtifactLocation.Variable} names a place that all of them reach.");
            }
            foreach (var gpu in places.OfUnknownMemory)
                Console.Error.WriteLine($"nvidia-smi does not tell the memory of GPU {gpu}: without --memory no unit that asks for memory runs there.");

            // 2. Work.
            var lines = new FarmLines(TimeProvider.System, Console.Out, parsed.GetValue(json));
            var options = RunCommand.FarmOptions(artifacts, places, trainers, farmHome.Quarantine);
            options.UntilIdle = parsed.GetValue(untilIdle);
            // Where nobody asks nothing is measured.
            var urls = parsed.GetValue(metrics);
            await using var telemetry = urls is null && !FarmTelemetry.HasCollector ? null
                : FarmTelemetry.Start(store, TimeProvider.System, "nasfarm-worker", options.Owner);
            await using var web = urls is null ? null : await HealthWeb.StartAsync(store, () => null, telemetry!, FarmWeb.Addresses(urls), cancel);
            lines.Say("ready", $"works for {farmHome.Store} with {places.Cpu} CPU slots and {places.Gpus.Count} GPU slots as {options.Owner}");
            if (web is not null)
                lines.Say("metrics", $"metrics and health at {string.Join(", ", web.Urls)}");
            var ending = await new LocalFarm(store, options, TimeProvider.System, telemetry?.Before(lines.Tell) ?? lines.Tell, artifacts: artifacts, lookRule: Planning.Looks()).RunAsync(null, cancel);

            // 3. Asked to leave it has done as asked, unless somebody waits for the end of the work.
            lines.Say("left", ending is FarmEnding.Idle ? "nothing is left to do here" : "drained: nothing runs here any more, and the slots are taken away");
            return ending is FarmEnding.Stopped && options.UntilIdle ? ExitCodes.Interrupted : ExitCodes.Done;
        });
        return command;
    }
}
