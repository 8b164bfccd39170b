using NasFarm.Orleans.Placement;
using Orleans;
using Orleans.Runtime;

namespace NasFarm.Orleans.Grains;

/// <inheritdoc/>
public sealed class SeedRunGrain([PersistentState("seed-run", Storage.Name)] IPersistentState<SeedRunWatch> watch) : Grain, ISeedRunGrain
{
    /// <inheritdoc/>
    public async Task<bool> OfferAsync(UnitOffer offer)
    {
        if (!watch.State.SweepIds.Contains(offer.SweepId))
        {
            watch.State.SweepIds.Add(offer.SweepId);
            try
            {
                await watch.WriteStateAsync();
            }
            catch (Exception e) when (GrainCalls.IsNotKept(e))
            {
                // It is learnt again from the next offer to whoever follows.
            }
        }
        SlotWishContext.Set(offer.Wish);
        try
        {
            INudgingGrain unit = offer.IsSearch ? GrainFactory.GetGrain<ISearchPhaseGrain>(offer.UnitId) : GrainFactory.GetGrain<IRetrainJobGrain>(offer.UnitId);
            return await unit.NudgeAsync(offer.Wish);
        }
        catch (Exception e) when (e is NoFittingSlotException || GrainCalls.IsUnanswered(e))
        {
            // Slots look for work by themselves.
            return false;
        }
    }

    /// <inheritdoc/>
    public Task MovedAsync() => Task.WhenAll(watch.State.SweepIds.Select(id => GrainFactory.GetGrain<ISweepGrain>(id).PokeAsync()));

    /// <inheritdoc/>
    public Task<string[]> ReadSweepsAsync() => Task.FromResult(watch.State.SweepIds.ToArray());
}

/// <summary>Who watches a run. Lost, it is learnt again from the next offers.</summary>
public sealed class SeedRunWatch
{
    /// <summary>Sweeps that have offered units of it.</summary>
    public List<string> SweepIds { get; set; } = [];
}

/// <summary>Grain storage of the cluster.</summary>
public static class Storage
{
    /// <summary>Its name.</summary>
    public const string Name = "farm";
}
