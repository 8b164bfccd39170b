using System.Runtime.InteropServices;
using NasFarm.Farm.Coordination;
using NasFarm.Orleans.Hosting;
using NasFarm.Orleans.Security;
using NasFarm.Server.Telemetry;
using Orleans.Configuration;
using Orleans.Hosting;

namespace NasFarm.Orleans.Programs;

/// <summary>Role <c>api</c>: serves people over HTTP. What they ask goes to the cluster; while no silo answers, to the store.</summary>
public static class ApiProgram
{
    /// <summary>Calls are short; whoever waits longer than this is answered from the store.</summary>
    private static readonly TimeSpan MostForCall = TimeSpan.FromSeconds(5);

    /// <summary>How often it looks which silos there are.</summary>
    private static readonly TimeSpan LookForSilos = TimeSpan.FromSeconds(2);

    /// <summary>Runs until the process is asked to stop (SIGTERM, SIGINT): then it answers what was asked, and leaves.</summary>
    /// <param name="settings">Checked ones.</param>
    public static async Task RunAsync(SiloSettings settings)
    {
        var lines = new FarmLines(TimeProvider.System, Console.Out, settings.Json);
        // 1. Nothing is offered before the store has answered, and until then a signal ends the process; nobody waits for the cluster.
        var (store, connection) = await StoreOpening.OpenAsync(settings, lines, CancellationToken.None);
        await using var closing = store;
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        await using var telemetry = FarmTelemetry.Start(store, TimeProvider.System, "nasfarm-api", $"{Environment.MachineName}:{Environment.ProcessId}");
        var unanswered = new Seldom(TimeProvider.System, text => lines.Say("cluster", text));
        await using var cluster = new FarmClient(client => (settings.Tls is { } certificate ? client.UseTls(certificate) : client)
            .Configure<ClusterOptions>(names => (names.ClusterId, names.ServiceId) = (settings.ClusterId, settings.ServiceId))
            .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = MostForCall)
            .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = LookForSilos)
            .UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = (SiloProgram.Invariant, connection)),
            () => lines.Say("cluster", "silos answer"), unanswered.Say, problem => asked.TrySetException(problem));

        // 2. Serve.
        await using var people = await PeopleWeb.StartAsync(settings, store, new ClusterHost(() => cluster.Grains, store, TimeProvider.System, unanswered.Say), telemetry, lines);
        await asked.Task;
        await people.StopAsync();
        lines.Say("left", "nobody is answered here any more");

        void Stop(PosixSignalContext signal) => signal.Cancel = asked.TrySetResult() || asked.Task.IsCompletedSuccessfully;
    }
}
