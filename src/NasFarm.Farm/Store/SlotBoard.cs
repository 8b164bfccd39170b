using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store;

/// <summary>A place that takes nothing new because a person said so. It outlives every process there.</summary>
/// <param name="Place">HOST, or one slot of it whatever process drives it: HOST/cpu-0, HOST/gpu-1.</param>
/// <param name="By">Who said so.</param>
/// <param name="Reason">Why; null: nobody said.</param>
/// <param name="Drain">What runs there is asked to stop with a checkpoint too.</param>
public sealed record Cordon(string Place, string By, string? Reason, bool Drain)
{
    /// <summary>Since when, by the database's clock.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>A place that takes nothing new for a while because its last attempts ended by the device.</summary>
/// <param name="Times">How often in a row: each time is longer.</param>
/// <param name="Reason">What happened there.</param>
public sealed record SlotExclusion(string Place, DateTimeOffset From, DateTimeOffset Until, int Times, string Reason);

/// <summary>What a cordon concerns.</summary>
/// <param name="Slots">Living slots there.</param>
/// <param name="Running">Units that run there.</param>
/// <param name="Asked">Those of them that are asked to stop.</param>
public sealed record CordonReport(string Place, int Slots, int Running, int Asked);

/// <summary>A living slot.</summary>
/// <param name="Slot">What it is.</param>
/// <param name="AliveSince">When its process announced it first.</param>
/// <param name="UnitId">What it executes; null: nothing.</param>
/// <param name="RunId">The run of that.</param>
/// <param name="BusySince">Since when.</param>
/// <param name="Cordon">Of the slot or its host; null: none.</param>
/// <param name="Excluded">Null: it is not.</param>
public sealed record SlotState(
    SlotInfo Slot, DateTimeOffset AliveSince, string? UnitId, string? RunId, DateTimeOffset? BusySince, Cordon? Cordon, SlotExclusion? Excluded)
{
    /// <summary>Whose that is; null: it executes nothing.</summary>
    public string? Tenant { get; init; }

    /// <summary><c>draining</c>, <c>busy</c>, <c>cordoned</c>, <c>excluded</c> or <c>free</c>.</summary>
    public string State => (UnitId, Cordon, Excluded) switch
    {
        ({ }, { Drain: true }, _) => "draining",
        ({ }, _, _) => "busy",
        (_, { }, _) => "cordoned",
        (_, _, { }) => "excluded",
        _ => "free",
    };

    /// <summary>When that began.</summary>
    public DateTimeOffset Since => State switch
    {
        "draining" or "busy" => BusySince!.Value,
        "cordoned" => Cordon!.At,
        "excluded" => Excluded!.From,
        _ => AliveSince,
    };
}

/// <summary>Every living slot, and every place that is closed, whether something lives there or not.</summary>
public sealed record SlotBoard(IReadOnlyList<SlotState> Slots, IReadOnlyList<Cordon> Cordons, IReadOnlyList<SlotExclusion> Exclusions);
