using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Store;

/// <summary>How many of everything a farm has: what it can say of itself without naming anything.</summary>
/// <param name="Runs">Runs of sweeps.</param>
/// <param name="Units">Units that wait or run.</param>
/// <param name="Slots">Living slots.</param>
/// <param name="Workers">Processes that have living slots.</param>
/// <param name="Quarantined">Units in quarantine.</param>
public sealed record FarmCensus(
    IReadOnlyList<CountedRuns> Runs, IReadOnlyList<CountedUnits> Units, IReadOnlyList<CountedSlots> Slots, int Workers, int Quarantined);

/// <summary>Runs of one state.</summary>
/// <param name="State"><c>open</c>, <c>finished</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Method">Of their searches.</param>
public sealed record CountedRuns(string State, string Method, int Count);

/// <summary>Open units of one state.</summary>
/// <param name="State"><c>running</c>, <c>ready</c>, <c>backing-off</c>, <c>held</c> or <c>paused</c>.</param>
/// <param name="LongestWait">Since the first of them could have started; zero of those that run.</param>
public sealed record CountedUnits(UnitKind Kind, string Device, string State, int Count, TimeSpan LongestWait);

/// <summary>Living slots of one state (<see cref="SlotState.State"/>).</summary>
public sealed record CountedSlots(string State, string Device, int Count);
