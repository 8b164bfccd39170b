using System.Diagnostics;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Cli.Tests.Serving;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Orleans.Tests.Chaos;
using NasFarm.Orleans.Tests.Programs;
using NasFarm.Server.Tests.Pages.Browser;
using Xunit.Abstractions;

namespace NasFarm.Orleans.Tests.Serving;

/// <summary>What <c>nasfarm serve</c> does for people, over a cluster whose control silo is killed while they look.</summary>
[Trait("Tier", "all")]
public sealed class ServedClusterTests(ITestOutputHelper output, Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private static readonly (string, string)[] Control = [("ROLE", "control"), ("CPUSLOTS", "0")];
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [ServedFact(NeedsBrowser = true)]
    public async Task A_manifest_is_submitted_runs_before_ones_eyes_and_is_compared_though_the_control_silo_is_killed()
    {
        await using var silos = await SiloProcesses.StartAsync(folder, []);
        var (url, control) = await BeginAsync(silos);
        await using var window = await chromium.OpenAsync(url);

        await Journey.GoAsync(window, url, silos.Store, async () =>
        {
            await KillAsync(control);
            control = await silos.StartAsync(folder, Control);
        });
    }

    [ServedFact]
    public async Task A_thousand_watchers_of_a_cluster_whose_control_silo_is_killed_twice_each_hear_every_move_once_and_in_order()
    {
        await using var silos = await SiloProcesses.StartAsync(folder, []);
        Process control = null!;

        var said = await WatchingCrowd.WatchAsync(silos.Store, async () =>
        {
            (var url, control) = await BeginAsync(silos);
            return url;
        }, async () =>
        {
            await KillAsync(control);
            control = await silos.StartAsync(folder, Control);
        }, leastConnections: 1);

        output.WriteLine($"measured: control silo killed: {said}");
    }

    /// <summary>One control silo, no slots, and an <c>api</c> that has reached it.</summary>
    private async Task<(string Url, Process Control)> BeginAsync(SiloProcesses silos)
    {
        var url = $"http://127.0.0.1:{Ports.Free()}";
        var control = await silos.StartAsync(folder, Control);
        await silos.StartAsync(folder, [("ROLE", "api"), ("URLS", url), ("TRAINER", Path.Combine(AppContext.BaseDirectory, "nasfarm")), ("TRAINERARGUMENTS", "trainer"), ("XDG_CACHE_HOME", folder.File("cache"))]);
        Assert.True(await Eventually.Holds(() => silos.Said.Any(line => line.Contains("silos answer", StringComparison.Ordinal))), string.Join('\n', silos.Said));
        return (url, control);
    }

    private static Task KillAsync(Process silo)
    {
        silo.Kill(entireProcessTree: true);
        return silo.WaitForExitAsync();
    }

    private sealed class ServedFactAttribute : FactAttribute
    {
        private bool needsBrowser;

        public ServedFactAttribute() => Skip = PostgresServer.Absent;

        public bool NeedsBrowser
        {
            get => needsBrowser;
            set => (needsBrowser, Skip) = (value, PostgresServer.Absent ?? (value ? Chromium.Absent : null));
        }
    }
}
