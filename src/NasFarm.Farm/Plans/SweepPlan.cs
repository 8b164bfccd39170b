using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Plans;

/// <summary>A manifest, resolved and expanded: every seed-run with its id, ready to be accepted by a store.</summary>
public sealed record SweepPlan
{
    /// <summary>Hash of the tenant, the runs, the arms and the comparison; the same manifest gives the same id.</summary>
    public required string SweepId { get; init; }

    /// <summary>Name in the manifest.</summary>
    public required string Name { get; init; }

    /// <summary>Tenant the sweep belongs to.</summary>
    public required string Tenant { get; init; }

    /// <summary>The manifest as submitted, byte for byte.</summary>
    public required string Manifest { get; init; }

    /// <summary>Arm labels in manifest order.</summary>
    public required IReadOnlyList<string> Arms { get; init; }

    /// <summary>Predeclared comparison.</summary>
    public required ComparisonSpec Comparison { get; init; }

    /// <summary>Seeds per arm at each look, growing; null: every seed at once.</summary>
    public IReadOnlyList<int>? Looks { get; init; }

    /// <summary>Seed-runs, arms in manifest order, seeds ascending. A run stands once, even when two arms resolve to it.</summary>
    public required IReadOnlyList<PlannedRun> Runs { get; init; }

    /// <summary>How units execute. Not science.</summary>
    public required ExecutionSpec Execution { get; init; }

    /// <summary>Attempts per unit before it fails for good.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Wall limit of one unit; null: none.</summary>
    public TimeSpan? WallLimit { get; init; }

    /// <summary>Higher runs first, within the tenant. Not science.</summary>
    public int Priority { get; init; }

    /// <summary>Share among the tenant's sweeps of equal priority. Not science.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>May ask running units of lower priority to make room. Not science.</summary>
    public bool Preemption { get; init; }

    /// <summary>What a unit asks of a slot. Not science.</summary>
    public ResourceRequest Resources { get; init; } = ResourceRequest.Any;

    /// <summary>Code version that planned.</summary>
    public required string CodeVersion { get; init; }
}

/// <summary>One seed-run of a plan and what this sweep wants done with its cell.</summary>
/// <param name="RunId">Hash of <paramref name="Spec"/>: equal science, equal id, in every sweep.</param>
/// <param name="Arm">Arm label in this sweep.</param>
/// <param name="Spec">The science of the search.</param>
/// <param name="Retrains">Retrain jobs wanted by this sweep, in manifest order; empty when the score is a table look-up.</param>
/// <param name="Table">Score by the space's benchmark table.</param>
public sealed record PlannedRun(string RunId, string Arm, SeedRunSpec Spec, IReadOnlyList<PlannedRetrain> Retrains, bool Table)
{
    /// <summary>Search phases at most, for estimates.</summary>
    public int Phases { get; init; } = 1;

    /// <summary>Look that needs it first, from 1; 0 in a plan without looks.</summary>
    public int Look { get; init; }
}

/// <summary>One retrain job. <paramref name="RetrainId"/> hashes the run id, the target and the seed.</summary>
public sealed record PlannedRetrain(string RetrainId, RetrainSpec Spec, long RetrainSeed);
