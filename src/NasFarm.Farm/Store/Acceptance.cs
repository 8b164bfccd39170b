using NasFarm.Farm.Plans;

namespace NasFarm.Farm.Store;

/// <summary>What accepting a plan did or would do: each run against what the store knew before.</summary>
/// <param name="AlreadyAccepted">The store knew this sweep.</param>
public sealed record AcceptReport(string SweepId, bool AlreadyAccepted, PlanDiff Diff)
{
    /// <summary>The sweep is paused, and accepting it does not end that: who, when, and the command that does. Null: it is not.</summary>
    public string? Paused { get; init; }
}
