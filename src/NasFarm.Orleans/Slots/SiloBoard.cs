using System.Collections.Concurrent;
using Orleans.Runtime;

namespace NasFarm.Orleans.Slots;

/// <summary>What this silo has heard of the free slots of all: placement reads it without asking anybody. It may be wrong for a moment; then a nudge is in
/// vain, and a slot looks for work at its next poll.</summary>
public sealed class SiloBoard
{
    private readonly ConcurrentDictionary<SiloAddress, SiloSlots> silos = new();

    /// <summary>Takes a silo's word, unless it has said more since.</summary>
    public void Take(SiloSlots said) => silos.AddOrUpdate(said.Silo, said, (_, before) => said.Version > before.Version ? said : before);

    /// <summary>A silo is gone.</summary>
    public void Forget(SiloAddress silo) => silos.TryRemove(silo, out _);

    /// <summary>The free slots of a silo; none when it has not spoken.</summary>
    public IReadOnlyList<FreeSlot> Of(SiloAddress silo) => silos.TryGetValue(silo, out var said) ? said.Free : [];

    /// <summary>Free slots, wherever they are: so many at most of each kind (device, memory, labels) on each silo.</summary>
    public List<FreeSlot> SomeFree(int most) => [.. silos.Values.SelectMany(said => said.Free
        .GroupBy(slot => (slot.Device, slot.MemoryBytes, string.Join(',', slot.Labels))).SelectMany(kind => kind.Take(most)))];

    /// <summary>Has any silo a free slot that fits?</summary>
    public bool HasFree(SlotWish wish) => silos.Values.Any(said => said.Free.Any(wish.Fits));

    /// <summary>Of some silos the one to nudge: that whose slot executed a unit of the run last, then the one with most fitting free slots. Null: none
    /// has one.</summary>
    public SiloAddress? Choose(SlotWish wish, IEnumerable<SiloAddress> among) => (
        from silo in among
        let free = Of(silo).Where(wish.Fits).ToList()
        where free.Count > 0
        orderby free.Exists(slot => slot.LastRunId == wish.RunId) descending, free.Count descending, silo
        select silo).FirstOrDefault();
}
