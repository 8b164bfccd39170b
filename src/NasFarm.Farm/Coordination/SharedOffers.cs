using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Coordination;

/// <summary>What one look at the queue found, for all slots that share it. Each slot is sent to a unit of its own first: a thousand slots that
/// all begin with the best one would take turns at it, and pass over what the others have taken one statement after the other.</summary>
internal sealed class SharedOffers(FarmSnapshot snapshot, Ranking ranking)
{
    private readonly Lock gate = new();
    private readonly HashSet<string> sent = new(StringComparer.Ordinal);

    public FarmSnapshot Snapshot => snapshot;

    /// <summary>Units that a slot may claim: the best that no other slot was sent to, those after it, then those that others were sent to and may
    /// not have taken.</summary>
    public IReadOnlyList<string> For(SlotInfo slot)
    {
        var fitting = ranking.For(slot);
        lock (gate)
        {
            var first = 0;
            while (first < fitting.Count && !sent.Add(fitting[first]))
                first++;
            return first == 0 || first == fitting.Count ? fitting : [.. fitting.Skip(first), .. fitting.Take(first)];
        }
    }
}
