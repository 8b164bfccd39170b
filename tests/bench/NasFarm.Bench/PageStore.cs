using System.Globalization;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;

namespace NasFarm.Bench;

/// <summary>Fills the store of a large farm: a sweep of many runs, nine of ten finished, and many small sweeps beside it that wait. The same at every time but for instants.</summary>
internal static class PageStore
{
    private static readonly string[] Arms = ["sgas-es", "sgas", "darts", "pc-darts", "random"];

    private static readonly SlotInfo Slot = new("bench/cpu-0", "bench", "bench", "cpu", "-", 1L << 30, [], BenchSweep.Fingerprint.Hash());

    /// <summary>Fills an empty store.</summary>
    public static async Task FillAsync(SqliteFarmStore store, PageRateOptions options)
    {
        await store.AnnounceSlotsAsync([Slot], TimeSpan.FromDays(30));
        for (var i = 0; i < options.Sweeps; i++)
            await store.AcceptAsync(Plan(string.Create(CultureInfo.InvariantCulture, $"small-{i:0000}"), 1, Arms[..2]));
        await store.AcceptAsync(Plan(BenchSweep.Id, options.Runs / Arms.Length, Arms));
        var random = new Random(1);
        for (var seed = 0; seed < options.Runs / Arms.Length * 9 / 10; seed++)
        {
            foreach (var arm in Arms)
                await FinishAsync(store, string.Create(CultureInfo.InvariantCulture, $"bench-{arm}-{seed:000000}"), options.Epochs, random);
            if (seed % 100 == 0)
                Console.Error.WriteLine($"{seed * Arms.Length} of {options.Runs} runs finished");
        }
        while (await store.DigestAsync(500) > 0)
        {
            // Until all are made.
        }
    }

    private static SweepPlan Plan(string id, int seeds, string[] arms) => BenchSweep.Of(0) with
    {
        SweepId = id,
        Name = id,
        Arms = arms,
        Comparison = new(arms[0], arms[1]),
        Runs =
        [
            .. from arm in arms
               let settings = MethodCatalog.Resolve(arm, "nas-bench-201")
               from seed in Enumerable.Range(0, seeds)
               let run = string.Create(CultureInfo.InvariantCulture, $"{id}-{arm}-{seed:000000}")
               select new PlannedRun(run, arm, new()
               {
                   Method = arm, NumericsRevision = 1, Hyperparameters = settings, Space = new("nas-bench-201", 16, 5),
                   Data = new() { Name = "cifar-10", ContentHash = "00" }, SearchSeed = seed, DataOrderSeed = seed,
               },
               [new($"{run}-t0", new() { Data = new() { Name = "cifar-10", ContentHash = "00" }, Recipe = "nas-bench-201", Settings = new([new("epochs", 12)]), NumericsRevision = 1 }, 0)], Table: false),
        ],
    };

    private static async Task FinishAsync(SqliteFarmStore store, string run, int epochs, Random random)
    {
        var search = (await store.ClaimAsync([$"{run}-p00"], Slot, TimeSpan.FromHours(1)))!.Key;
        await store.RecordStartedAsync(search, new(search.Fence, BenchSweep.Fingerprint, null, 0, [], NumericsChanged: false));
        await store.AppendAsync(search,
        [
            .. from epoch in Enumerable.Range(0, epochs)
               from metric in new[] { "valid_accuracy", "lambda_max", "alpha_entropy", "skip_share" }
               select new TrainerEvent.Metric(search.Fence, epoch, epoch, metric, random.NextDouble(), Timing: false),
        ]);
        var cell = RandomGenotypes.Draw(SearchSpaces.NasBench201, NoneRule.Excluded, random.Next).ToString();
        await store.CompleteAsync(search, new(search.Fence, End(search, epochs), new(true, cell, epochs, epochs, false), null), []);
        var job = (await store.ClaimAsync([$"{run}-t0"], Slot, TimeSpan.FromHours(1)))!.Key;
        await store.RecordStartedAsync(job, new(job.Fence, BenchSweep.Fingerprint, null, 0, [], NumericsChanged: false));
        await store.CompleteAsync(job, new(job.Fence, End(job, 12), null, new(88 + 5 * random.NextDouble(), 93, 1000, Diverged: false)), []);
    }

    private static CheckpointRef End(AttemptKey key, int epochs) => new($"{key.UnitId}/end.safetensors", "00", 1, epochs, epochs, EndOfUnit: true);
}
