using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace NasFarm.Orleans.Slots;

/// <summary>This silo's end of <see cref="ISlotAgentService"/>.</summary>
[Reentrant]
public sealed class SlotAgentService(GrainId id, Silo silo, ILoggerFactory logs, SiloBoard board, SiloAgent agent) : GrainService(id, silo, logs), ISlotAgentService
{
    /// <inheritdoc/>
    public Task TellAsync(SiloSlots slots)
    {
        board.Take(slots);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HearWishesAsync() => agent.HearWishesAsync();

    /// <inheritdoc/>
    public Task NudgeAsync()
    {
        agent.Nudge();
        return Task.CompletedTask;
    }
}
