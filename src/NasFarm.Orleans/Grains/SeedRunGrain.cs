using NasFarm.Farm.Store;
using NasFarm.Orleans.Placement;
using NasFarm.Orleans.Slots;
using Orleans;
using Orleans.Runtime;

namespace NasFarm.Orleans.Grains;

/// <inheritdoc/>
public sealed class SeedRunGrain([PersistentState("seed-run", Storage.Name)] IPersistentState<SeedRunWatch> watch, IFarmStore store, SiloBoard board, TimeProvider time) : Grain, ISeedRunGrain
{
    /// <summary>How long what it knows of its sweeps is taken for true: one that is accepted meanwhile hears of a move at its own next look.</summary>
    private static readonly TimeSpan Know = TimeSpan.FromSeconds(30);

    private long? learnt;

    /// <inheritdoc/>
    public async Task<bool> OfferAsync(UnitOffer offer)
    {
        if (!watch.State.SweepIds.Contains(offer.SweepId))
            learnt = null;
        if (!board.HasFree(offer.Wish))
            return false;
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
    public async Task MovedAsync()
    {
        await LearnAsync();
        await Task.WhenAll(watch.State.SweepIds.Select(id => GrainFactory.GetGrain<ISweepGrain>(id).PokeAsync()));
    }

    /// <inheritdoc/>
    public async Task<string[]> ReadSweepsAsync()
    {
        await LearnAsync();
        return [.. watch.State.SweepIds];
    }

    /// <summary>One at a time: who comes meanwhile tells those that are known.</summary>
    private async Task LearnAsync()
    {
        if (learnt is { } at && time.GetElapsedTime(at) < Know)
            return;
        learnt = time.GetTimestamp();
        try
        {
            var sweeps = await store.ReadSweepsOfRunAsync(this.GetPrimaryKeyString());
            if (sweeps.SequenceEqual(watch.State.SweepIds))
                return;
            watch.State.SweepIds = [.. sweeps];
            await watch.WriteStateAsync();
        }
        catch (Exception e) when (e is StoreUnavailableException || GrainCalls.IsNotKept(e))
        {
            // At the next move; until then sweeps look by themselves.
        }
    }
}

/// <summary>Who watches a run. Lost, it is learnt again from the store.</summary>
public sealed class SeedRunWatch
{
    /// <summary>Sweeps that it belongs to.</summary>
    public List<string> SweepIds { get; set; } = [];
}

/// <summary>Grain storage of the cluster.</summary>
public static class Storage
{
    /// <summary>Its name.</summary>
    public const string Name = "farm";
}
