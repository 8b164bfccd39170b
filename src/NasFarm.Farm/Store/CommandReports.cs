namespace NasFarm.Farm.Store;

/// <summary>What a pause did.</summary>
/// <param name="Target">What was named.</param>
/// <param name="Runs">Unfinished runs that rest from now on.</param>
/// <param name="StoppingUnits">Running units of them, which write a checkpoint and stop.</param>
/// <param name="HeldUnits">Waiting units of them.</param>
/// <param name="RunsGoOn">Unfinished runs that go on, because another live sweep that is not paused wants them.</param>
public sealed record PauseReport(string Target, int Runs, int StoppingUnits, int HeldUnits, int RunsGoOn);

/// <summary>What a resume did.</summary>
/// <param name="Target">What was named.</param>
/// <param name="Runs">Unfinished runs that go on.</param>
/// <param name="StillPaused">Unfinished runs that a wider pause keeps.</param>
/// <param name="Because">That pause; null: there is none.</param>
public sealed record ResumeReport(string Target, int Runs, int StillPaused, string? Because);

/// <summary>What a cancel did.</summary>
/// <param name="Target">What was named.</param>
/// <param name="CancelledUnits">Units that will not run.</param>
/// <param name="KeptRuns">Runs that go on because another live sweep refers to them.</param>
public sealed record CancelReport(string Target, int CancelledUnits, int KeptRuns);

/// <summary>What a retry of failed units did.</summary>
/// <param name="Target">What was named.</param>
/// <param name="RetriedUnits">Units that have their attempts back.</param>
public sealed record RetryReport(string Target, int RetriedUnits);

/// <summary>What a change of priority did.</summary>
/// <param name="Target">The sweep.</param>
/// <param name="Before">Its priority until now.</param>
/// <param name="Now">Its priority.</param>
public sealed record PriorityReport(string Target, int Before, int Now);

/// <summary>What a deletion did, or would do.</summary>
/// <param name="Target">The sweep.</param>
/// <param name="Name">Its name.</param>
/// <param name="Runs">Its runs that nothing else refers to: they go with all they measured.</param>
/// <param name="Units">Units that go, retrain jobs of runs that stay included.</param>
/// <param name="Checkpoints">Checkpoints that go; the collector removes their files.</param>
/// <param name="Bytes">Their sizes together.</param>
/// <param name="RunningUnits">Units of those that run now: they lose their fence.</param>
/// <param name="Kept">Other sweeps for which runs stay.</param>
/// <param name="KeptAsSources">Runs that stay only because placebo runs of other sweeps draw from them.</param>
/// <param name="Deleted">It is done. False: it was only looked at, or refused because units run.</param>
public sealed record DeleteReport(
    string Target, string Name, int Runs, int Units, int Checkpoints, long Bytes, int RunningUnits, IReadOnlyList<KeptForSweep> Kept,
    int KeptAsSources, bool Deleted);

/// <summary>Runs that stay for another sweep.</summary>
public sealed record KeptForSweep(string SweepId, string Name, int Runs);
