namespace NasFarm.Farm.Store;

/// <summary>What a store already had of a planned run.</summary>
public enum RunOrigin
{
    /// <summary>Never seen.</summary>
    New,

    /// <summary>Every result this plan wants is there.</summary>
    ReusedFinished,

    /// <summary>Known and unfinished: goes on where it is.</summary>
    Continued,

    /// <summary>Failed earlier; it is not retried unless asked for.</summary>
    FailedBefore,
}

/// <summary>One run of an accepted plan.</summary>
/// <param name="FromVersion">Code version that first planned the run; null for a new one.</param>
/// <param name="Reason">Why it failed before; null otherwise.</param>
public sealed record AcceptedRun(string RunId, string Arm, RunOrigin Origin, string? FromVersion, string? Reason);

/// <summary>What accepting a plan did, run by run in plan order.</summary>
/// <param name="AlreadyAccepted">The store knew this sweep.</param>
public sealed record AcceptReport(string SweepId, bool AlreadyAccepted, IReadOnlyList<AcceptedRun> Runs)
{
    /// <summary>Runs of one origin.</summary>
    public int Count(RunOrigin origin) => Runs.Count(r => r.Origin == origin);
}

/// <summary>What a cancel did.</summary>
/// <param name="CancelledUnits">Units that will not run.</param>
/// <param name="KeptRuns">Runs that go on because another live sweep refers to them.</param>
public sealed record CancelReport(string SweepId, int CancelledUnits, int KeptRuns);

/// <summary>What a retry of failed units did.</summary>
public sealed record RetryReport(string SweepId, int RetriedUnits);
