using NasFarm.Farm.Plans;

namespace NasFarm.Farm.Store;

/// <summary>What accepting a plan did or would do: each run against what the store knew before.</summary>
/// <param name="AlreadyAccepted">The store knew this sweep.</param>
public sealed record AcceptReport(string SweepId, bool AlreadyAccepted, PlanDiff Diff);

/// <summary>What a cancel did.</summary>
/// <param name="CancelledUnits">Units that will not run.</param>
/// <param name="KeptRuns">Runs that go on because another live sweep refers to them.</param>
public sealed record CancelReport(string SweepId, int CancelledUnits, int KeptRuns);

/// <summary>What a retry of failed units did.</summary>
public sealed record RetryReport(string SweepId, int RetriedUnits);
