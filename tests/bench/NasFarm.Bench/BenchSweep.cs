using System.Globalization;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Plans;

namespace NasFarm.Bench;

/// <summary>A sweep of runs that differ in their seeds, for measuring what the farm does around them.</summary>
internal static class BenchSweep
{
    public const string Id = "bench";

    public static readonly NumericsFingerprint Fingerprint = new()
    {
        Libtorch = "-", Blas = "-", InstructionSet = "-", Threads = 1, ElementType = "float32", Layout = "nchw", Device = "cpu", Backend = "bench",
    };

    // Settings are resolved once for an arm, as the planner does.
    private static readonly Hyperparameters Settings = MethodCatalog.Resolve("darts", "darts");

    public static SweepPlan Of(int runs, string id = Id) => new()
    {
        SweepId = id, Name = id, Tenant = "default", Manifest = "", Arms = ["darts"], Comparison = new("darts", null),
        Execution = new(), CodeVersion = "bench",
        Runs = [.. Enumerable.Range(0, runs).Select(seed => new PlannedRun(
            string.Create(CultureInfo.InvariantCulture, $"{id}-{seed:000000}"), "darts",
            new()
            {
                Method = "darts", NumericsRevision = 1, Hyperparameters = Settings, Space = new("darts", 16, 8),
                Data = new() { Name = "fashion-mnist", ContentHash = "00" }, SearchSeed = seed, DataOrderSeed = seed,
            }, [], Table: true))],
    };
}
