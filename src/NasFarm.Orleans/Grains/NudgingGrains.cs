using NasFarm.Orleans.Placement;
using NasFarm.Orleans.Slots;
using Orleans;
using Orleans.Runtime;

namespace NasFarm.Orleans.Grains;

/// <inheritdoc/>
[FittingSlotFilter, BestSlotPlacement]
public sealed class SearchPhaseGrain(SiloBoard board, SiloAgent agent, ILocalSiloDetails silo) : NudgingGrain(board, agent, silo), ISearchPhaseGrain;

/// <inheritdoc/>
[FittingSlotFilter, BestSlotPlacement]
public sealed class RetrainJobGrain(SiloBoard board, SiloAgent agent, ILocalSiloDetails silo) : NudgingGrain(board, agent, silo), IRetrainJobGrain;

/// <summary>Nudges the slots of the silo on which it was placed. Where it was placed earlier there may be no free slot any more: then it leaves, and
/// is placed anew at the next nudge.</summary>
public abstract class NudgingGrain(SiloBoard board, SiloAgent agent, ILocalSiloDetails silo) : Grain
{
    /// <summary>See <see cref="INudgingGrain"/>.</summary>
    public Task<bool> NudgeAsync(SlotWish wish)
    {
        var fits = agent.Agent is not null && board.Of(silo.SiloAddress).Any(wish.Fits);
        if (fits)
            agent.Nudge();
        // Nothing of it is worth keeping: the unit is a row, and the next nudge is for whoever has a free slot then.
        DeactivateOnIdle();
        return Task.FromResult(fits);
    }
}
