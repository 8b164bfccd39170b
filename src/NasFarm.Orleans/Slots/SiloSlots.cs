using NasFarm.Farm.Scheduling;
using Orleans;
using Orleans.Runtime;

namespace NasFarm.Orleans.Slots;

/// <summary>The free slots of a silo, as its agent last said. The store knows better: this only chooses whom to nudge.</summary>
/// <param name="Silo">Whose.</param>
/// <param name="Version">Grows with each word of this silo: an older one that arrives later is passed over.</param>
/// <param name="Free">Those that execute nothing; none also when it is leaving.</param>
[GenerateSerializer, Immutable, Alias("nasfarm.SiloSlots")]
public sealed record SiloSlots([property: Id(0)] SiloAddress Silo, [property: Id(1)] long Version, [property: Id(2)] FreeSlot[] Free);

/// <summary>One of them.</summary>
/// <param name="SlotId">As the store knows it.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="MemoryBytes">Of the device.</param>
/// <param name="Labels">That manifests may ask for.</param>
/// <param name="LastRunId">The run whose unit it executed last: its checkpoint may lie there.</param>
[GenerateSerializer, Immutable, Alias("nasfarm.FreeSlot")]
public sealed record FreeSlot(
    [property: Id(0)] string SlotId, [property: Id(1)] string Device, [property: Id(2)] long MemoryBytes, [property: Id(3)] string[] Labels,
    [property: Id(4)] string? LastRunId);

/// <summary>What a unit asks of the slot that is to execute it.</summary>
/// <param name="Device"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="MemoryBytes">At least; 0: any.</param>
/// <param name="Labels">All of these, sorted and separated by commas.</param>
/// <param name="RunId">Its run.</param>
[GenerateSerializer, Immutable, Alias("nasfarm.SlotWish")]
public sealed record SlotWish([property: Id(0)] string Device, [property: Id(1)] long MemoryBytes, [property: Id(2)] string Labels, [property: Id(3)] string RunId)
{
    /// <summary>May a unit of this wish run there?</summary>
    public bool Fits(FreeSlot slot) => slot.Device == Device
        && new ResourceRequest(MemoryBytes, Labels).Fits(new("", "", "", slot.Device, "", slot.MemoryBytes, slot.Labels));
}
