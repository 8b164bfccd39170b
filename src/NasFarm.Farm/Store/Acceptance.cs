using NasFarm.Catalog.Results;
using NasFarm.Farm.Plans;

namespace NasFarm.Farm.Store;

/// <summary>What accepting a plan did or would do: each run against what the store knew before.</summary>
/// <param name="AlreadyAccepted">The store knew this sweep.</param>
public sealed record AcceptReport(string SweepId, bool AlreadyAccepted, PlanDiff Diff)
{
    /// <summary>The sweep is paused, and accepting it does not end that: who, when, and the command that does. Null: it is not.</summary>
    public string? Paused { get; init; }
}

/// <summary>A look of a sweep whose runs all have their results.</summary>
/// <param name="Look">Number, from 1.</param>
public sealed record DueLook(string SweepId, int Look);

/// <summary>What taking a look did.</summary>
/// <param name="ReleasedUnits">Units of the next cohort that may run now.</param>
/// <param name="CancelledUnits">Units that are not needed any more.</param>
public sealed record LookReport(string SweepId, LookTaken Taken, int ReleasedUnits, int CancelledUnits);
