using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Orleans.Slots;
using Orleans;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace NasFarm.Orleans.Placement;

/// <summary>A grain that nudges a slot: it is put on a silo with a fitting free slot, and on no other.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FittingSlotFilterAttribute() : PlacementFilterAttribute(new FittingSlotFilter());

/// <summary>Marks <see cref="FittingSlotFilterDirector"/>.</summary>
public sealed class FittingSlotFilter() : PlacementFilterStrategy(order: 0);

/// <summary>Lets those silos through that have a fitting free slot, as far as this silo has heard.</summary>
public sealed class FittingSlotFilterDirector(SiloBoard board) : IPlacementFilterDirector
{
    /// <inheritdoc/>
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos) =>
        SlotWishContext.Of(target) is { } wish ? silos.Where(silo => board.Of(silo).Any(wish.Fits)) : [];
}

/// <summary>Among fitting silos the one that holds the run's checkpoint, else the one with most free slots.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BestSlotPlacementAttribute() : PlacementAttribute(new BestSlotPlacement());

/// <summary>Marks <see cref="BestSlotDirector"/>.</summary>
[Serializable, GenerateSerializer, Immutable, Alias("nasfarm.BestSlotPlacement")]
public sealed class BestSlotPlacement : PlacementStrategy;

/// <summary>Chooses by <see cref="SiloBoard.Choose"/>.</summary>
public sealed class BestSlotDirector(SiloBoard board) : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) => Task.FromResult(
        SlotWishContext.Of(target) is { } wish && board.Choose(wish, context.GetCompatibleSilos(target)) is { } silo ? silo
            : throw new NoFittingSlotException($"No silo has a free slot for {target.GrainIdentity} now."));
}

/// <summary>Nobody can execute the unit now. It waits in the store.</summary>
public sealed class NoFittingSlotException(string message) : Exception(message);

/// <summary>Carries a unit's wish to wherever its grain is placed: placement may ask nobody.</summary>
internal static class SlotWishContext
{
    private const string Key = "nasfarm.slot-wish";

    public static void Set(SlotWish wish) => RequestContext.Set(Key, JsonSerializer.Serialize(wish, CatalogJson.Compact));

    public static SlotWish? Of(PlacementTarget target) =>
        target.RequestContextData is { } data && data.TryGetValue(Key, out var value) && value is string text
            ? JsonSerializer.Deserialize<SlotWish>(text, CatalogJson.Compact) : null;
}
