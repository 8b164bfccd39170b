using NasFarm.Orleans.Slots;
using Orleans;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace NasFarm.Orleans.Grains;

// Members are never renumbered and aliases never changed: silos of two builds speak to each other during an upgrade. What the farm's own records say
// travels as their JSON, which has the rules of files (unknown members are refused, so a new member waits until every silo knows it). A version is raised when a member is added: Orleans
// then places grains where every caller is understood.

/// <summary>A sweep's coordinator, by sweep id: lets its units be offered to slots, keeps its aggregate, answers watchers. It may be gone at any time
/// and begin again anywhere: all it knows follows from the store.</summary>
[Alias("nasfarm.ISweepGrain"), Version(1)]
public interface ISweepGrain : IGrainWithStringKey
{
    /// <summary>Takes the sweep up, or goes on with it. False: there is no such sweep. Safe to repeat.</summary>
    [Alias("Start")]
    Task<bool> StartAsync();

    /// <summary>Does in the store what a person asks, once for its operation id, and lets it take effect at once. The report as JSON; null: there is no such thing.</summary>
    [Alias("Command")]
    Task<string?> CommandAsync(SweepCommand command);

    /// <summary>Where the sweep stands, as JSON of <see cref="Farm.Hosting.SweepAggregate"/>. Null: no such sweep.</summary>
    [Alias("ReadAggregate")]
    Task<string?> ReadAggregateAsync();

    /// <summary>Something of it may have moved.</summary>
    [OneWay, AlwaysInterleave, Alias("Poke")]
    Task PokeAsync();

    /// <summary>News as JSON of <see cref="Farm.Hosting.SweepNews"/>, from a position on; without one, where it stands first.</summary>
    [AlwaysInterleave, Alias("Watch")]
    IAsyncEnumerable<string> WatchAsync(WatchFrom? after, CancellationToken cancel = default);
}

/// <summary>A seed-run, by run id: hands its units to slots and tells its sweeps that they have moved.</summary>
[Alias("nasfarm.ISeedRunGrain"), Version(1)]
public interface ISeedRunGrain : IGrainWithStringKey
{
    /// <summary>A unit of it may run now: some slot that fits is nudged. False: none is free.</summary>
    [Alias("Offer")]
    Task<bool> OfferAsync(UnitOffer offer);

    /// <summary>A unit of it was claimed or has ended.</summary>
    [OneWay, AlwaysInterleave, Alias("Moved")]
    Task MovedAsync();

    /// <summary>The sweeps that it tells.</summary>
    [AlwaysInterleave, Alias("ReadSweeps")]
    Task<string[]> ReadSweepsAsync();
}

/// <summary>A search phase, by unit id: lives where it may be executed.</summary>
[Alias("nasfarm.ISearchPhaseGrain"), Version(1)]
public interface ISearchPhaseGrain : INudgingGrain, IGrainWithStringKey;

/// <summary>A retrain job, by unit id: lives where it may be executed.</summary>
[Alias("nasfarm.IRetrainJobGrain"), Version(1)]
public interface IRetrainJobGrain : INudgingGrain, IGrainWithStringKey;

/// <summary>A unit that is to be executed.</summary>
[Alias("nasfarm.INudgingGrain"), Version(1)]
public interface INudgingGrain : IGrain
{
    /// <summary>Lets the slots of the silo where it is look for work; the claim stays theirs, by rank. False: none of them is free and fits any more.</summary>
    [Alias("Nudge")]
    Task<bool> NudgeAsync(SlotWish wish);
}

/// <summary>Of a watch that was cut off.</summary>
[GenerateSerializer, Immutable, Alias("nasfarm.WatchFrom")]
public sealed record WatchFrom([property: Id(0)] long Writer, [property: Id(1)] long Seq);

/// <summary>A unit that ranks high enough to run now.</summary>
/// <param name="SweepId">Who offers it.</param>
/// <param name="UnitId">The unit.</param>
/// <param name="IsSearch">A search phase; else a retrain job.</param>
/// <param name="Wish">What it asks of a slot.</param>
[GenerateSerializer, Immutable, Alias("nasfarm.UnitOffer")]
public sealed record UnitOffer([property: Id(0)] string SweepId, [property: Id(1)] string UnitId, [property: Id(2)] bool IsSearch, [property: Id(3)] SlotWish Wish);

/// <summary>What a person asks of a sweep or a part of it.</summary>
/// <param name="Verb">Which.</param>
/// <param name="OperationId">Of the command: repeated, it does nothing.</param>
/// <param name="Seed">Only this cohort.</param>
/// <param name="RunId">Only this run as far as the sweep wants it.</param>
/// <param name="UnitId">Only this unit, of that run.</param>
/// <param name="By">Who pauses.</param>
/// <param name="Priority">The new one.</param>
[GenerateSerializer, Immutable, Alias("nasfarm.SweepCommand")]
public sealed record SweepCommand(
    [property: Id(0)] SweepVerb Verb, [property: Id(1)] string OperationId, [property: Id(2)] long? Seed = null, [property: Id(3)] string? RunId = null,
    [property: Id(4)] string? UnitId = null, [property: Id(5)] string? By = null, [property: Id(6)] int Priority = 0);

/// <summary>Verbs of <see cref="SweepCommand"/>; new ones only at the end.</summary>
[GenerateSerializer, Alias("nasfarm.SweepVerb")]
public enum SweepVerb
{
    /// <summary>Pause.</summary>
    Pause,

    /// <summary>End a pause.</summary>
    Resume,

    /// <summary>Cancel.</summary>
    Cancel,

    /// <summary>Try failed units again.</summary>
    Retry,

    /// <summary>Set the priority.</summary>
    SetPriority,
}
