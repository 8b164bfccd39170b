using System.CommandLine;
using System.Security.Cryptography;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Hosting;
using NasFarm.Search.Data;
using NasFarm.Server.Hosting;
using NasFarm.Server.Telemetry;
using NasFarm.Server.Webhooks;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm serve</c>: a farm and its HTTP side in one process.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var (home, at, data) = (Options.Home(), Options.Store(), Options.Data());
        var urls = new Option<string>("--urls") { Description = $"Addresses to listen on, separated by ';'. Default: {FarmWeb.UsualUrl}.", HelpName = "URLS", DefaultValueFactory = _ => FarmWeb.UsualUrl };
        var slots = new Option<int?>("--slots")
        {
            Description = "Units executed at once on the CPU; 0 without --gpus: none, workers do. Default: one for each processor; with --gpus none.",
            HelpName = "N",
            CustomParser = MachineSlots.ParseOfWorker,
        };
        var gpus = new Option<string[]?>("--gpus")
        {
            Description = "GPUs to use, one slot each, by index or UUID; 'all' for every one that nvidia-smi names. Default: none.",
            HelpName = "INDEX",
            AllowMultipleArgumentsPerToken = true,
        };
        var (labels, memory, drain, json) = (Options.Labels(), Options.Memory(), Options.Drain(), new Option<bool>("--json") { Description = "Print events as JSON, one object a line." });
        var command = new Command("serve", "Serve a farm over HTTP and work for its sweeps with this machine's slots, until asked to stop.")
        {
            home, at, data, urls, slots, gpus, labels, memory, drain, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var farmHome = FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at));
            var trainers = TrainerSettings.FromEnvironment(parsed.GetValue(data));
            trainers.StopGrace = parsed.GetValue(drain) is { } seconds ? TimeSpan.FromSeconds(seconds) : trainers.StopGrace;
            var addresses = FarmWeb.Addresses(parsed.GetRequiredValue(urls));
            var given = parsed.GetValue(gpus);
            var places = parsed.GetValue(slots) == 0 && given is not { Length: > 0 } ? new MachineSlots(0, []) : MachineSlots.OfWorker(parsed.GetValue(slots), given) with
            {
                Labels = parsed.GetValue(labels) ?? [],
                MemoryBytes = parsed.GetValue(memory),
            };

            var hook = Webhook.FromEnvironment();

            // 1. Nothing is offered before store and storage have answered.
            await using var artifacts = FarmArtifacts.Open(farmHome, ProcessName.Current);
            await artifacts.CheckAsync(cancel);
            await using var store = await farmHome.OpenAsync(create: true, cancel);
            var auth = await FarmWeb.AuthAsync(store, farmHome.Folder, addresses, cancel);

            // 2. Serve, and work.
            var lines = new FarmLines(TimeProvider.System, Console.Out, parsed.GetValue(json));
            var options = RunCommand.FarmOptions(artifacts, places, trainers, farmHome.Quarantine);
            await using var telemetry = FarmTelemetry.Start(store, TimeProvider.System, "nasfarm-serve", options.Owner);
            var tell = telemetry.Before(lines.Tell);
            var host = new EmbeddedHost(store, TimeProvider.System, options.PollInterval);
            await using var web = await FarmWeb.StartAsync(new()
            {
                Store = store, Host = host, Data = DataCatalog.FromEnvironment(parsed.GetValue(data)), Artifacts = artifacts, CodeVersion = CodeVersion.Current,
                Telemetry = telemetry, Auth = auth, Webhook = hook, Tell = text => lines.Say("webhook", text),
                Time = TimeProvider.System, NewId = () => RandomNumberGenerator.GetHexString(32, lowercase: true),
            }, addresses, cancel);
            lines.Say("ready", $"serves {farmHome.Store} at {string.Join(", ", web.Urls)} with {places.Cpu} CPU slots and {places.Gpus.Count} GPU slots; "
                + FarmWeb.Describe(auth));
            if (places.Cpu + places.Gpus.Count > 0)
                await new LocalFarm(store, options, TimeProvider.System, tell, artifacts: artifacts, lookRule: Planning.Looks()).RunAsync(null, cancel);
            else
                await new Coordinator(store, options, artifacts, TimeProvider.System, tell, Planning.Looks()).RunAsync(() => { }, cancel);

            // 3. Who looks on while the units write their checkpoints is answered until the end.
            await web.StopAsync(CancellationToken.None);
            lines.Say("left", "drained: nothing runs here any more, and nobody is answered");
            return ExitCodes.Done;
        });
        return command;
    }
}
