using System.Text.Json;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Tests.Store;

/// <summary>Small plans and trainer words for tests.</summary>
internal static class TestPlans
{
    public static readonly SlotInfo Slot = new("host/cpu-0", "host/1", "host", "cpu", "test cpu", 1 << 30, []);
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    public static readonly NumericsFingerprint Fingerprint = new()
    {
        Libtorch = "1.13.1", Blas = "openblas", InstructionSet = "avx2", Threads = 1, ElementType = "float32", Layout = "nchw",
        Device = "cpu", Backend = "NasFarm.Torch",
    };

    public static SweepPlan Plan(string id, params PlannedRun[] runs) => new()
    {
        SweepId = id, Name = $"sweep {id}", Tenant = "default", Manifest = "kind: Sweep\n", Arms = [.. runs.Select(r => r.Arm).Distinct()],
        Comparison = new("sgas-es", "sgas-matched"), Runs = runs, Execution = new(), CodeVersion = "0.1.0+test",
    };

    public static PlannedRun Run(string arm, long seed, int retrains = 0, params string[] sources)
    {
        var id = $"{arm}-s{seed}";
        return new(id, arm, Spec(arm, seed, sources), [.. Enumerable.Range(0, retrains).Select(n => Retrain(id, n))], Table: retrains == 0);
    }

    public static SeedRunSpec Spec(string method, long seed, params string[] sources) => new()
    {
        Method = method, NumericsRevision = 1, Hyperparameters = new([new("epochs", 2)]), Space = new("nas-bench-201", 4, 1),
        Data = Data, SearchSeed = seed, DataOrderSeed = seed, PlaceboSources = sources,
    };

    public static PlannedRetrain Retrain(string runId, long seed) => new(
        $"{runId}-t{seed}",
        new() { Data = Data, Recipe = "darts", Settings = new([new("epochs", 1)]), NumericsRevision = 1 },
        seed);

    public static TrainerEvent.Started Started(long fence, long trained = 0, CheckpointRef? from = null, params string[] damaged) =>
        new(fence, Fingerprint, from, trained, damaged, NumericsChanged: false);

    public static TrainerEvent.Metric Metric(long fence, long step, string name, double value, int? epoch = null, bool timing = false) =>
        new(fence, step, epoch ?? (int)step, name, value, timing);

    public static TrainerEvent.Decision Decision(long fence, long step, string name, string detail) =>
        new(fence, step, (int)step, name, JsonSerializer.Deserialize<JsonElement>(detail));

    public static TrainerEvent.Checkpoint Checkpoint(string unitId, long fence, long trained, bool end = false) => new(fence, File(unitId, fence, trained, end), 0.1);

    public static CheckpointRef File(string unitId, long fence, long trained, bool end = false) =>
        new($"{unitId}/fence-{fence}/{trained}{(end ? "-end" : "")}.safetensors", $"{unitId}-{trained}-{end}", 10, trained, (int)trained, end);

    public static TrainerEvent.Done SearchDone(string unitId, long fence, bool finished = true, bool diverged = false, long trained = 2) =>
        new(fence, File(unitId, fence, trained, end: true), new SearchOutcome(finished, "|nor_conv_3x3~0|", (int)trained, trained, diverged), null);

    public static TrainerEvent.Done RetrainDone(string unitId, long fence, double accuracy = 91.5) =>
        new(fence, File(unitId, fence, 1, end: true), null, new RetrainOutcome(accuracy, accuracy + 0.1, 1000, Diverged: false));

    private static DataSpec Data { get; } = new() { Name = "fashion-mnist", ContentHash = "00" };

    /// <summary>Claims, starts and completes a search phase.</summary>
    public static async Task FinishSearchAsync(this IFarmStore store, string unitId, bool finished = true, bool diverged = false)
    {
        var claim = await store.MustClaimAsync(unitId);
        Assert.Equal(FenceAnswer.Held, await store.RecordStartedAsync(claim.Key, Started(claim.Key.Fence)));
        Assert.Equal(FenceAnswer.Held, await store.CompleteAsync(claim.Key, SearchDone(unitId, claim.Key.Fence, finished, diverged), []));
    }

    public static async Task FinishRetrainAsync(this IFarmStore store, string unitId, double accuracy = 91.5)
    {
        var claim = await store.MustClaimAsync(unitId);
        Assert.Equal(FenceAnswer.Held, await store.RecordStartedAsync(claim.Key, Started(claim.Key.Fence)));
        Assert.Equal(FenceAnswer.Held, await store.CompleteAsync(claim.Key, RetrainDone(unitId, claim.Key.Fence, accuracy), []));
    }

    public static async Task<Claim> MustClaimAsync(this IFarmStore store, string unitId, SlotInfo? slot = null)
    {
        var claim = await store.ClaimAsync([unitId], slot ?? Slot, Lease);
        Assert.True(claim is not null, $"{unitId} could not be claimed");
        return claim;
    }

    /// <param name="store">The store.</param>
    /// <param name="unpaused">Leave out what is paused.</param>
    public static async Task<IReadOnlyList<string>> WaitingAsync(this IFarmStore store, bool unpaused = false) =>
        [.. (await store.ReadSnapshotAsync()).Waiting.Where(u => u.Hold is null && !(unpaused && u.Paused is not null)).Select(u => u.UnitId).Order(StringComparer.Ordinal)];

    public static async Task<RunStatus> StatusAsync(this IFarmStore store, string sweepId, string runId) =>
        (await store.ReadSweepAsync(sweepId))!.Runs.Single(r => r.RunId == runId);
}
