using System.Globalization;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Server.Tests.Pages;

/// <summary>A sweep in which everything that a page can show has happened. Accuracies, curves and cells are made up; they are claimed, started,
/// measured and completed as a farm does it.</summary>
internal static class SeededSweep
{
    public const string Id = "s-9f2c41aa07b3e155", Name = "stability-demo";

    public const string Collapsed = "r-darts-3", Diverged = "r-darts-5", Failed = "r-sgas-6", Running = "r-sgas-es-9", Finished = "r-sgas-es-2", Before = "r-sgas-es-1";

    /// <summary>What a page must show as text.</summary>
    public const string Untrusted = "<script>document.title = 'taken'</script> & \"quoted\" 'text'";

    private const int Phases = 3, EpochsOfPhase = 8;

    private static readonly string[] Arms = ["sgas-es", "sgas", "darts", "random"];

    private static readonly SlotInfo[] Slots =
    [
        new("node1/1/gpu-0", "node1/1", "node1", "cpu", "NVIDIA H100 80GB", 80L << 30, ["nvlink"]),
        new("node1/1/gpu-1", "node1/1", "node1", "cpu", "NVIDIA H100 80GB", 80L << 30, ["nvlink"]),
        new("node2/7/cpu-0", "node2/7", "node2", "cpu", "AMD EPYC 9654", 16L << 30, []),
    ];

    /// <summary>Accepts the sweep and lets time pass until it is in the middle.</summary>
    public static async Task FillAsync(IFarmStore store, MovedTime time, int seeds = 12)
    {
        await store.AcceptAsync(PlanOf(Id, Name, seeds));
        await store.AnnounceSlotsAsync(Slots, TimeSpan.FromDays(1));
        for (var seed = 0; seed < seeds - 4; seed++)
        {
            foreach (var arm in Arms)
            {
                var run = $"r-{arm}-{seed}";
                if (run == Failed)
                    await FailAsync(store, time, run);
                else
                    await FinishAsync(store, time, run, arm, seed);
            }
        }
        await store.CancelAsync(new Farm.Control.Target.SweepRun(Id, $"r-random-{seeds - 1}"), "cancel-one");
        var running = await store.MustClaimAsync($"{Running}-p00", Slots[1]);
        await store.RecordStartedAsync(running.Key, Started(running.Key.Fence));
        await EpochsAsync(store, time, running.Key, new(9), 0, 4);
        await store.CordonAsync(new("node2", "ada", "new disk on Tuesday", Drain: false));
        time.Shift += TimeSpan.FromMinutes(3);
    }

    /// <summary>A sweep of which nothing has begun.</summary>
    public static SweepPlan PlanOf(string id, string name, int seeds, params string[] arms) => new()
    {
        SweepId = id, Name = name, Tenant = "default", Manifest = "apiVersion: nasfarm.io/v1\nkind: Sweep\n", Arms = arms.Length > 0 ? arms : Arms,
        Comparison = new("sgas-es", "sgas"), Execution = new(), CodeVersion = "0.1.0+test", MaxAttempts = 1,
        Runs = [.. from arm in arms.Length > 0 ? arms : Arms let settings = MethodCatalog.Resolve(arm, "nas-bench-201") from seed in Enumerable.Range(0, seeds) select RunOf(id, arm, seed, settings)],
    };

    private static PlannedRun RunOf(string sweep, string arm, int seed, Hyperparameters settings)
    {
        var id = sweep == Id ? $"r-{arm}-{seed}" : $"{sweep}-{arm}-{seed}";
        return new(id, arm, new()
        {
            Method = arm, NumericsRevision = 1, Hyperparameters = settings, Space = new("nas-bench-201", 16, 5),
            Data = new() { Name = "cifar-10", ContentHash = "00" }, SearchSeed = seed, DataOrderSeed = seed,
        }, [Retrain(id, 0)], Table: false);
    }

    private static async Task FinishAsync(IFarmStore store, MovedTime time, string run, string arm, int seed)
    {
        var dice = new Random(seed * 31 + arm.Length);
        for (var phase = 0; phase < Phases; phase++)
        {
            var unit = string.Create(CultureInfo.InvariantCulture, $"{run}-p{phase:00}");
            if (phase == 1 && run == Finished)
                await BreakAsync(store, time, unit);
            var key = (await store.MustClaimAsync(unit, Slots[0])).Key;
            await store.RecordStartedAsync(key, Started(key.Fence, phase * EpochsOfPhase));
            await EpochsAsync(store, time, key, dice, phase * EpochsOfPhase, EpochsOfPhase);
            if (arm == "sgas-es" && phase < 2)
                await store.AppendAsync(key, [Decision(key.Fence, (phase + 1) * EpochsOfPhase - 2, "trigger", "{\"epoch\":6,\"stopEpoch\":4,\"ratio\":1.38}"), Decision(key.Fence, (phase + 1) * EpochsOfPhase - 1, "rollback", "{\"from\":6,\"to\":4,\"discardedEpochs\":2}")]);
            if (arm.StartsWith("sgas", StringComparison.Ordinal))
                await store.AppendAsync(key, [Decision(key.Fence, (phase + 1) * EpochsOfPhase, "edge_normal", $"{{\"edge\":{phase},\"operation\":\"nor_conv_3x3\",\"score\":0.81}}")]);
            var last = phase == Phases - 1;
            await store.CompleteAsync(key, new(key.Fence, File(unit, key.Fence, (phase + 1) * EpochsOfPhase, end: true),
                new(last, CellOf(run, dice), (phase + 1) * EpochsOfPhase, (phase + 1) * EpochsOfPhase, run == Diverged && last), null), ["epoch 7: train 71.2 %, valid 68.9 %", Untrusted]);
        }
        if (run == Diverged)
            return;
        var job = (await store.MustClaimAsync($"{run}-t0", Slots[2])).Key;
        await store.RecordStartedAsync(job, Started(job.Fence));
        time.Shift += TimeSpan.FromMinutes(4);
        var accuracy = run == Collapsed ? 64.3 : 91.2 + dice.NextDouble() * (arm == "random" ? 3 : 1.2) - (arm == "darts" ? 0.9 : 0);
        await store.CompleteAsync(job, RetrainDone(job.UnitId, job.Fence, accuracy), ["epoch 20: done"]);
    }

    private static async Task EpochsAsync(IFarmStore store, MovedTime time, AttemptKey key, Random dice, int from, int epochs)
    {
        for (var step = from; step < from + epochs; step++)
        {
            time.Shift += TimeSpan.FromSeconds(20);
            var share = step / (double)(Phases * EpochsOfPhase);
            await store.AppendAsync(key,
            [
                Metric(key.Fence, step, "valid_accuracy", 40 + 45 * Math.Sqrt(share) + dice.NextDouble() * 2), Metric(key.Fence, step, "train_accuracy", 42 + 50 * Math.Sqrt(share) + dice.NextDouble()),
                Metric(key.Fence, step, "lambda_max", 0.15 + 0.5 * share * share + 0.05 * dice.NextDouble()), Metric(key.Fence, step, "alpha_entropy", 1 - 0.6 * share),
                Metric(key.Fence, step, "alpha_margin", 0.5 * share), Metric(key.Fence, step, "skip_share", Math.Floor(share * 4) / 6), Checkpoint(key.UnitId, key.Fence, step + 1),
            ]);
        }
    }

    private static async Task BreakAsync(IFarmStore store, MovedTime time, string unit)
    {
        var key = (await store.MustClaimAsync(unit, Slots[1])).Key;
        await store.RecordStartedAsync(key, Started(key.Fence, EpochsOfPhase));
        await EpochsAsync(store, time, key, new(1), EpochsOfPhase, 3);
        await store.EndAttemptAsync(key, FailureReason.HostStopping, "the host is leaving", ["stopping with a checkpoint"]);
        time.Shift += TimeSpan.FromMinutes(2);
    }

    private static async Task FailAsync(IFarmStore store, MovedTime time, string run)
    {
        var key = (await store.MustClaimAsync($"{run}-p00", Slots[1])).Key;
        await store.RecordStartedAsync(key, Started(key.Fence));
        await EpochsAsync(store, time, key, new(6), 0, 2);
        await store.EndAttemptAsync(key, FailureReason.TrainerError, $"IndexOutOfRangeException: {Untrusted}", ["epoch 1: train 12.0 %", "Unhandled exception.", Untrusted]);
    }

    private static string CellOf(string run, Random dice) => run == Collapsed
        ? "|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|nor_conv_1x1~2|"
        : RandomGenotypes.Draw(SearchSpaces.NasBench201, NoneRule.Excluded, dice.Next).ToString();
}

/// <summary>The system's clock, moved.</summary>
internal sealed class MovedTime : TimeProvider
{
    public TimeSpan Shift { get; set; } = TimeSpan.FromDays(-1);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
