using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;

namespace NasFarm.Orleans.Slots;

/// <summary>The slots of this silo, once they work; on a silo without any it is asked in vain.</summary>
public sealed class SiloAgent
{
    private volatile SlotAgent? agent;

    /// <summary>Null: no slots, or not yet, or no more.</summary>
    public SlotAgent? Agent
    {
        get => agent;
        set => agent = value;
    }

    /// <summary>Every slot without work looks for some.</summary>
    public void Nudge() => agent?.Nudge();

    /// <summary>What runs here asks the store whether it should stop.</summary>
    public async Task HearWishesAsync()
    {
        try
        {
            if (agent is { } slots)
                await slots.HearWishesAsync();
        }
        catch (StoreUnavailableException)
        {
            // At the next poll.
        }
    }
}
