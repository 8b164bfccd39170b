using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Orleans.Grains;
using NasFarm.Orleans.Hosting;
using Xunit.Abstractions;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Orleans.Tests.Programs;

/// <summary>A silo that is killed takes nothing with it.</summary>
public sealed class KilledSiloTests(ITestOutputHelper output) : IDisposable
{
    private static readonly (string, string)[] Control = [("ROLE", "control"), ("CPUSLOTS", "0")];
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [PostgresFact]
    public async Task The_unit_of_a_killed_silo_begins_elsewhere_long_before_its_lease_is_over()
    {
        await using var silos = await SiloProcesses.StartAsync(folder, [[("LEASESECONDS", "120")], Control, Control], "hang");
        var host = new ClusterHost(silos.Grains, silos.Store, TimeProvider.System);
        await host.SubmitAsync(Plan("s1", Run("darts", 1)));
        await AttemptsAsync(silos.Store, 1);
        var heir = await silos.StartAsync(folder, [("LEASESECONDS", "120")], "hang");

        silos.All[0].Kill();
        var killed = TimeProvider.System.GetUtcNow();

        var attempts = await AttemptsAsync(silos.Store, 2);
        output.WriteLine(FormattableString.Invariant($"measured: {(attempts[1].StartedAt!.Value - killed).TotalSeconds:0.0} s from the kill of a silo to the trainer's start elsewhere"));
        Assert.Equal("lease-lost", attempts[0].Ending);
        Assert.Contains("has left the cluster", attempts[0].Message);
        Assert.NotEqual(attempts[0].SlotId, attempts[1].SlotId);
        Assert.False(heir.HasExited);
    }

    [PostgresFact, Trait("Tier", "all")]
    public async Task What_grains_have_kept_may_be_deleted_and_every_silo_be_killed_in_the_middle_of_a_sweep()
    {
        await using var silos = await SiloProcesses.StartAsync(folder, [[], Control, Control], "normal");
        var host = new ClusterHost(silos.Grains, silos.Store, TimeProvider.System);
        await host.SubmitAsync(Plan("s1", [.. Enumerable.Range(1, 30).Select(seed => Run(seed % 2 == 0 ? "darts" : "sgas", seed, retrains: 1))]));
        await UntilAsync(async () => (await host.ReadAggregateAsync("s1"))!.Arms.Sum(arm => arm.Finished) >= 5);

        foreach (var silo in silos.All)
            silo.Kill();
        Assert.True(await silos.DeleteWhatGrainsKeptAsync() > 0, "Grains had kept nothing.");
        Assert.InRange((await silos.Store.ReadCountsAsync("s1"))!.Open, 1, 30);
        await Task.WhenAll(new (string, string)[][] { [], Control, Control }.Select(settings => silos.StartAsync(folder, settings, "normal")));

        await UntilAsync(async () => (await silos.Store.ReadCountsAsync("s1"))!.Open == 0);
        var aggregate = await silos.Grains.GetGrain<ISweepGrain>("s1").ReadAggregateAsync();
        var fromRows = await new EmbeddedHost(silos.Store, TimeProvider.System, TimeSpan.FromSeconds(1)).ReadAggregateAsync("s1");
        Assert.Equal(JsonSerializer.Serialize(fromRows, CatalogJson.Compact), aggregate);
        Assert.Equal((30, 30, 90d), (fromRows!.Arms.Sum(a => a.Finished), fromRows.Arms.Sum(a => a.Scored), fromRows.Arms[0].MeanAccuracy));
    }

    [PostgresFact, Trait("Tier", "chaos")]
    public async Task Of_twenty_killed_silos_half_have_heirs_within_ten_seconds_and_nearly_all_within_twenty()
    {
        const int kills = 20;
        await using var silos = await SiloProcesses.StartAsync(folder, [[], Control, Control], "hang");
        await new ClusterHost(silos.Grains, silos.Store, TimeProvider.System).SubmitAsync(Plan("s1", Run("darts", 1)) with { MaxAttempts = 1000 });
        await AttemptsAsync(silos.Store, 1);
        var (owner, heirs) = (silos.All[0], new List<(double Revoked, double Claimed, double Started)>());
        while (heirs.Count < kills)
        {
            var heir = await silos.StartAsync(folder, [], "hang");
            owner.Kill();
            var killed = TimeProvider.System.GetUtcNow();
            var attempts = await AttemptsAsync(silos.Store, heirs.Count + 2);
            double Seconds(DateTimeOffset? at) => (at!.Value - killed).TotalSeconds;
            heirs.Add((Seconds(attempts[^2].EndedAt), Seconds(attempts[^1].ClaimedAt), Seconds(attempts[^1].StartedAt)));
            owner = heir;
        }

        double At(double share, Func<(double Revoked, double Claimed, double Started), double> until) => heirs.Select(until).Order().ElementAt((int)Math.Ceiling(share * kills) - 1);
        output.WriteLine(FormattableString.Invariant(
            $"measured: {kills} silos killed; seconds from the kill, median and 95th percentile: detected and revoked {At(.5, h => h.Revoked):0.00}, {At(.95, h => h.Revoked):0.00}; claimed elsewhere {At(.5, h => h.Claimed):0.00}, {At(.95, h => h.Claimed):0.00}; trainer started {At(.5, h => h.Started):0.00}, {At(.95, h => h.Started):0.00}"));
        Assert.True(At(.5, h => h.Started) <= 10 && At(.95, h => h.Started) <= 20, string.Join(' ', heirs));
    }

    [PostgresFact, Trait("Tier", "chaos")]
    public async Task The_unit_of_a_frozen_silo_begins_elsewhere_within_its_lease_and_ten_seconds()
    {
        const int lease = 20;
        await using var silos = await SiloProcesses.StartAsync(folder, [[], Control, Control], "hang");
        await new ClusterHost(silos.Grains, silos.Store, TimeProvider.System).SubmitAsync(Plan("s1", Run("darts", 1)));
        await AttemptsAsync(silos.Store, 1);
        await silos.StartAsync(folder, [], "hang");

        Signals.Send(silos.All[0].Id, Signals.Stop);
        var frozen = TimeProvider.System.GetUtcNow();
        var attempts = await AttemptsAsync(silos.Store, 2);
        Signals.Send(silos.All[0].Id, Signals.Continue);

        var seconds = (attempts[1].StartedAt!.Value - frozen).TotalSeconds;
        output.WriteLine(FormattableString.Invariant($"measured: {seconds:0.0} s from the freeze of a silo to the trainer's start elsewhere"));
        Assert.InRange(seconds, 0, lease + 10);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var look = 0; look < 1200 && !await holds(); look++)
            await Task.Delay(50);
        Assert.True(await holds());
    }

    private static async Task<IReadOnlyList<AttemptDetails>> AttemptsAsync(IFarmStore store, int count)
    {
        for (var look = 0; look < 1200; look++)
        {
            if ((await store.ReadRunAsync("darts-s1"))!.Units[0].Attempts is var attempts && attempts.Count == count && attempts[^1].StartedAt is not null)
                return attempts;
            await Task.Delay(50);
        }
        throw new TimeoutException($"The unit never began its attempt {count}.");
    }

    private sealed class PostgresFactAttribute : FactAttribute
    {
        public PostgresFactAttribute() => Skip = PostgresServer.Absent;
    }
}
