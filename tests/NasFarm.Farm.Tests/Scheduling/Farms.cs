using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Tests.Scheduling;

/// <summary>Pieces of snapshots.</summary>
internal static class Farms
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static WaitingUnit Unit(string id, string sweep = "s1", string tenant = "default", int priority = 0, long seed = 0, int phase = 0, int arm = 0) =>
        new(id, id, tenant, UnitKind.Search, phase, priority, seed, phase, arm, Now, Now, "cpu") { SweepId = sweep };

    public static RunningUnit Running(string id, int slot, string sweep = "s1", string tenant = "default", int priority = 0, double minutes = 10) =>
        new(id, id, tenant, SlotId(slot), "cpu", Now.AddSeconds(20)) { Fence = 1, SweepId = sweep, Priority = priority, ClaimedAt = Now.AddMinutes(-minutes) };

    public static SlotInfo Slot(int number) => new(SlotId(number), "host/1", "host", "cpu", "test cpu", 1 << 30, []);

    public static SlotInfo[] SlotList(int count) => [.. Enumerable.Range(0, count).Select(Slot)];

    public static IEnumerable<WaitingUnit> Units(int count, string sweep, string tenant = "default", int priority = 0) =>
        Enumerable.Range(0, count).Select(n => Unit($"{sweep}-{n:D2}", sweep, tenant, priority, seed: n));

    private static string SlotId(int number) => $"host/cpu-{number:D2}";
}
