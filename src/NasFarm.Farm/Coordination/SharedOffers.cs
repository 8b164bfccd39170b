using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Coordination;

/// <summary>What one look at the queue found, for all slots that share it. Each slot is sent to a unit of its own first: a thousand slots that
/// all begin with the best one would take turns at it, and pass over what the others have taken one statement after the other.</summary>
internal sealed class SharedOffers(FarmSnapshot snapshot, Ranking ranking, UnitsInHand inHand)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string?, long, string), IReadOnlyList<string>> byKind = [];

    public FarmSnapshot Snapshot => snapshot;

    /// <summary>Units that a slot may claim: the best that no slot of this process has in hand, some after it, then some in hand, which may be
    /// free again.</summary>
    public IReadOnlyList<string> For(SlotInfo slot) => inHand.SendTo(slot.SlotId, Fitting(slot));

    private IReadOnlyList<string> Fitting(SlotInfo slot)
    {
        if (slot.Closed is not null || slot.KeptFor is not null)
            return ranking.For(slot);
        // Slots of one kind may claim the same units.
        var kind = (slot.Fingerprint, slot.MemoryBytes, string.Join(',', slot.Labels));
        lock (gate)
        {
            if (!byKind.TryGetValue(kind, out var units))
                byKind.Add(kind, units = ranking.For(slot));
            return units;
        }
    }
}

/// <summary>Units that the slots of this process execute or are about to claim. A look that was taken while they were claimed still calls them
/// waiting.</summary>
internal sealed class UnitsInHand
{
    /// <summary>Units that a slot is sent to: more are seldom taken by others between a look and a claim, and then it looks again.</summary>
    private const int MostAtOnce = 64;

    private readonly Lock gate = new();
    private readonly Dictionary<string, string> bySlot = new(StringComparer.Ordinal);
    private readonly HashSet<string> units = new(StringComparer.Ordinal);

    /// <summary>Those that nobody here has in hand first; the first of them is in this slot's hand now.</summary>
    public IReadOnlyList<string> SendTo(string slotId, IReadOnlyList<string> unitsByRank)
    {
        lock (gate)
        {
            Put(slotId, null);
            var (free, held) = (new List<string>(), new List<string>());
            for (var rank = 0; rank < unitsByRank.Count && free.Count < MostAtOnce; rank++)
            {
                var side = units.Contains(unitsByRank[rank]) ? held : free;
                if (side.Count < MostAtOnce)
                    side.Add(unitsByRank[rank]);
            }
            if (free.Count > 0)
                Put(slotId, free[0]);
            free.AddRange(held.Take(MostAtOnce - free.Count));
            return free;
        }
    }

    /// <summary>What a slot has got; null: nothing, or no more.</summary>
    public void Hold(string slotId, string? unitId)
    {
        lock (gate)
            Put(slotId, unitId);
    }

    private void Put(string slotId, string? unitId)
    {
        if (bySlot.Remove(slotId, out var before))
            units.Remove(before);
        if (unitId is not null && units.Add(unitId))
            bySlot.Add(slotId, unitId);
    }
}
