using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Coordination;

/// <summary>What one look at the queue found, for all slots that share it. Each slot is sent to a unit of its own first: a thousand slots that
/// all begin with the best one would take turns at it, and pass over what the others have taken one statement after the other.</summary>
internal sealed class SharedOffers(FarmSnapshot snapshot, Ranking ranking, UnitsInHand inHand)
{
    public FarmSnapshot Snapshot => snapshot;

    /// <summary>Units that a slot may claim: the best that no slot of this process has in hand, those after it, then those in hand, which may be
    /// free again.</summary>
    public IReadOnlyList<string> For(SlotInfo slot) => inHand.SendTo(slot.SlotId, ranking.For(slot));
}

/// <summary>Units that the slots of this process execute or are about to claim. A look that was taken while they were claimed still calls them
/// waiting.</summary>
internal sealed class UnitsInHand
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, string> bySlot = new(StringComparer.Ordinal);
    private readonly HashSet<string> units = new(StringComparer.Ordinal);

    /// <summary>Those that nobody here has in hand first; the first of them is in this slot's hand now.</summary>
    public IReadOnlyList<string> SendTo(string slotId, IReadOnlyList<string> unitsByRank)
    {
        lock (gate)
        {
            Put(slotId, null);
            var free = unitsByRank.Where(unit => !units.Contains(unit)).ToList();
            if (free.Count > 0)
                Put(slotId, free[0]);
            return free.Count == unitsByRank.Count ? unitsByRank : [.. free, .. unitsByRank.Except(free)];
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
