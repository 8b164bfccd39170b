namespace NasFarm.Farm.Scheduling;

/// <summary>The order inside one sweep. Runs of one seed are a cohort that should close together, because only complete pairs can be compared:
/// by seed, then the run that is furthest, then arm order, then age. The store's index has the same order.</summary>
public sealed class CohortOrder : IComparer<WaitingUnit>
{
    /// <summary>The one order.</summary>
    public static CohortOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(WaitingUnit? a, WaitingUnit? b) =>
        a is null || b is null ? throw new ArgumentNullException(a is null ? nameof(a) : nameof(b))
        : a.Seed != b.Seed ? a.Seed.CompareTo(b.Seed)
        : a.Progress != b.Progress ? b.Progress.CompareTo(a.Progress)
        : a.ArmOrder != b.ArmOrder ? a.ArmOrder.CompareTo(b.ArmOrder)
        : a.EnqueuedAt != b.EnqueuedAt ? a.EnqueuedAt.CompareTo(b.EnqueuedAt)
        : string.CompareOrdinal(a.UnitId, b.UnitId);
}
