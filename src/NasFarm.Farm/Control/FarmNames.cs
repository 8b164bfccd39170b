namespace NasFarm.Farm.Control;

/// <summary>Everything in a farm that a person can name.</summary>
/// <param name="Sweeps">Newest first.</param>
/// <param name="Runs">Runs of each sweep, in plan order; a run of two sweeps stands here twice.</param>
/// <param name="Units">Search phases and retrain jobs.</param>
public sealed record FarmNames(IReadOnlyList<SweepName> Sweeps, IReadOnlyList<RunName> Runs, IReadOnlyList<UnitName> Units);

/// <summary>A sweep's id, and the name that its manifest gives it.</summary>
public sealed record SweepName(string SweepId, string Name);

/// <summary>A run of a sweep.</summary>
public sealed record RunName(string SweepId, string RunId, long Seed);

/// <summary>A unit of a run.</summary>
public sealed record UnitName(string UnitId, string RunId);
