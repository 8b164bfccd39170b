using System.Globalization;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Slots;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Trainers;
using NasFarm.Orleans.Grains;
using NasFarm.Orleans.Hosting;
using Orleans.Hosting;
using Orleans.TestingHost;
using Xunit.Abstractions;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Orleans.Tests.Placement;

/// <summary>A thousand units on silos of several kinds, which join and leave.</summary>
public sealed class PlacementTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>What a silo has, by its number.</summary>
    private sealed record Kind(string Device, int Slots, string Label, long MemoryBytes);

    private static readonly Kind[] Kinds =
        [new("cuda", 4, "a100", 40L << 30), new("cuda", 2, "t4", 16L << 30), new("cpu", 4, "", 8L << 30), new("cpu", 0, "", 0), new("cuda", 4, "a100", 40L << 30)];

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact, Trait("Tier", "chaos")]
    public async Task A_thousand_units_run_where_they_fit_one_at_a_time_and_slots_are_busy_while_work_waits()
    {
        await using var store = await SqliteFarmStore.OpenAsync(folder.File("farm.db"), TimeProvider.System);
        await using var cluster = Build(store);
        await cluster.DeployAsync();
        var host = new ClusterHost(cluster.Client, store, TimeProvider.System);
        await host.SubmitAsync(Sweep("large", 400, "cuda", ResourceRequest.Of(0, ["a100"])));
        await host.SubmitAsync(Sweep("any", 250, "cuda", ResourceRequest.Of(8L << 30, [])));
        await host.SubmitAsync(Sweep("cpu", 350, "cpu", ResourceRequest.Any));

        // One joins and one leaves in the middle of it.
        await UntilAsync(async () => await FinishedAsync(store) >= 200);
        await cluster.StartAdditionalSiloAsync();
        await UntilAsync(async () => await FinishedAsync(store) >= 400);
        await cluster.StopSiloAsync(cluster.Silos.Single(silo => silo.Name == "Silo_1"));
        await UntilAsync(async () => await FinishedAsync(store) == 1000);

        var attempts = new List<(string Sweep, AttemptDetails Attempt)>();
        foreach (var sweep in new[] { "large", "any", "cpu" })
        {
            foreach (var run in (await store.ReadSweepAsync(sweep))!.Runs)
                attempts.AddRange((await store.ReadRunAsync(run.RunId))!.Units.SelectMany(unit => unit.Attempts).Select(attempt => (sweep, attempt)));
        }
        // 1. Where they fit; the host of a slot is its silo's number.
        Assert.All(attempts, a => Assert.True(
            Kinds[Number(a.Attempt)] is var kind && kind.Device == (a.Sweep == "cpu" ? "cpu" : "cuda") && (a.Sweep != "large" || kind.Label == "a100"), $"{a.Sweep} on {a.Attempt.SlotId}"));
        // 2. One at a time.
        foreach (var slot in attempts.GroupBy(a => a.Attempt.SlotId))
        {
            var inOrder = slot.Select(a => a.Attempt).OrderBy(a => a.ClaimedAt).ToList();
            Assert.All(inOrder.Zip(inOrder.Skip(1)), pair => Assert.True(pair.First.EndedAt <= pair.Second.ClaimedAt, $"two units at once on {slot.Key}"));
        }
        // 3. Busy while work waits: on the silos that were there from the first claim of a pool's unit to the last one.
        foreach (var (number, sweeps) in new (int, string[])[] { (0, ["large", "any"]), (2, ["cpu"]) })
        {
            var pool = attempts.Where(a => sweeps.Contains(a.Sweep)).Select(a => a.Attempt).ToList();
            var (from, to) = (pool.Min(a => a.ClaimedAt), pool.Max(a => a.ClaimedAt));
            double Within(AttemptDetails a) => Math.Max(0, ((a.EndedAt < to ? a.EndedAt.Value : to) - a.ClaimedAt).TotalSeconds);
            var busy = pool.Where(a => Number(a) == number).Sum(Within) / (Kinds[number].Slots * (to - from).TotalSeconds);
            output.WriteLine(FormattableString.Invariant($"measured: {pool.Count} attempts in {(to - from).TotalSeconds:0.0} s, slots of a silo that stayed busy for {100 * busy:0.0} % while work waited"));
            Assert.InRange(busy, 0.95, 1);
        }
    }

    private static int Number(AttemptDetails attempt) => int.Parse(attempt.Host, CultureInfo.InvariantCulture);

    private static SweepPlan Sweep(string id, int runs, string device, ResourceRequest request) =>
        Plan(id, [.. Enumerable.Range(1, runs).Select(seed => Run(id, seed))]) with { Execution = new(Device: device), Resources = request };

    private InProcessTestCluster Build(IFarmStore store)
    {
        var builder = new InProcessTestClusterBuilder(4);
        builder.ConfigureSilo((options, silo) =>
        {
            var number = int.Parse(options.SiloName.Split('_')[1], CultureInfo.InvariantCulture);
            var kind = Kinds[number];
            silo.AddMemoryGrainStorage(Storage.Name);
            silo.UseFarm(new()
            {
                Role = kind.Slots > 0 ? SiloRole.Gpu : SiloRole.Control, Store = store, OpenArtifacts = _ => new LocalDirectory(folder.File("artifacts")),
                Launcher = new SleepingTrainers(TimeSpan.FromSeconds(0.5)),
                Farm = owner => new LocalFarmOptions
                {
                    Owner = owner, Host = options.SiloName.Split('_')[1], Artifacts = folder.File("artifacts"), Trainer = FakeTrainer.Options("normal"),
                    PollInterval = TimeSpan.FromSeconds(5), SlotMemoryBytes = kind.MemoryBytes == 0 ? null : kind.MemoryBytes,
                    Labels = kind.Label.Length > 0 ? [kind.Label] : [], CpuSlots = kind.Device == "cpu" ? kind.Slots : 0,
                    Gpus = kind.Device == "cuda" ? [.. Enumerable.Range(0, kind.Slots).Select(n => new GpuDevice($"{n}", kind.Label, kind.MemoryBytes))] : [],
                },
            });
        });
        return builder.Build();
    }

    private static async Task<int> FinishedAsync(IFarmStore store) => (await store.ListSweepsAsync()).Sum(sweep => sweep.Counts.Finished);

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var look = 0; look < 1800 && !await holds(); look++)
            await Task.Delay(100);
        Assert.True(await holds());
    }
}
