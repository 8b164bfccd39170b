namespace NasFarm.Catalog.Units;

/// <summary>What a slot executes.</summary>
public enum UnitKind
{
    /// <summary>A search phase: the part of a search between two decisions.</summary>
    Search,

    /// <summary>A retrain job: the derived network trained from scratch.</summary>
    Retrain,
}

/// <summary>A recorded early stop of another seed, replayed by <c>sgas-es-placebo</c> in the same phase.</summary>
/// <param name="TriggerAfter">Epochs into the phase (0-based) at whose end the search stopped; null: the phase ran to its cap.</param>
/// <param name="ReturnTo">Epochs into the phase (0-based) whose state took the decision; null when the phase ran to its cap.</param>
public sealed record PlaceboStop(int? TriggerAfter, int? ReturnTo);

/// <summary>Everything a trainer needs to execute one unit, except where to put the bytes.</summary>
public sealed record UnitSpec
{
    /// <summary>Unit id: stable, a valid file name, derived from the science.</summary>
    public required string UnitId { get; init; }

    /// <summary>Search phase or retrain job.</summary>
    public required UnitKind Kind { get; init; }

    /// <summary>The seed-run this unit belongs to.</summary>
    public required SeedRunSpec SeedRun { get; init; }

    /// <summary>0-based index of the search phase. 0 for retrain jobs.</summary>
    public int Phase { get; init; }

    /// <summary>Replayed stops by phase; only for <c>sgas-es-placebo</c>.</summary>
    public IReadOnlyList<PlaceboStop>? PlaceboStops { get; init; }

    /// <summary>The cell to train (retrain jobs).</summary>
    public string? Genotype { get; init; }

    /// <summary>Target and recipe (retrain jobs).</summary>
    public RetrainSpec? Retrain { get; init; }

    /// <summary>Seed of this retraining (retrain jobs).</summary>
    public long RetrainSeed { get; init; }
}

/// <summary>How and where a unit runs: not science, but part of the numerics fingerprint.</summary>
/// <param name="Device"><c>cpu</c>, or <c>cuda</c> (the trainer sees one device).</param>
/// <param name="Threads">Threads inside libtorch; a manifest value, never the slot's share.</param>
/// <param name="AllowNumericsChange">Resume on another fingerprint and mark the run instead of waiting.</param>
/// <param name="CheckpointEveryEpochs">Epochs between retained checkpoints; SGAS-es needs 1 while it may roll back.</param>
public sealed record ExecutionSpec(string Device = "cpu", int Threads = 1, bool AllowNumericsChange = false, int CheckpointEveryEpochs = 1);

/// <summary>How a search phase ended.</summary>
/// <param name="SearchFinished">No phase follows; <paramref name="Genotype"/> is final.</param>
/// <param name="Genotype">Derived cell in the space's text format; final when the search has finished, else the current one.</param>
/// <param name="Epoch">The rewindable epoch counter at the end.</param>
/// <param name="Trained">Epochs trained so far in the whole search, rollbacks included; never rewinds.</param>
/// <param name="Diverged">The loss was not finite; the run counts as a collapse with chance accuracy.</param>
public sealed record SearchOutcome(bool SearchFinished, string Genotype, int Epoch, long Trained, bool Diverged);

/// <summary>How a retrain job ended. Accuracies in percent.</summary>
/// <param name="TestAccuracy">Top-1 test accuracy after the last epoch.</param>
/// <param name="BestTestAccuracy">Best epoch's, reported beside it and never used for choices.</param>
/// <param name="Parameters">Trainable parameters of the network, auxiliary head left out.</param>
/// <param name="Diverged">The loss was not finite; <paramref name="TestAccuracy"/> is chance.</param>
/// <param name="TestAccuracyPadTo32">Second test mode where the recipe has one (SGAS-es Fashion-MNIST).</param>
public sealed record RetrainOutcome(
    double TestAccuracy, double BestTestAccuracy, long Parameters, bool Diverged, double? TestAccuracyPadTo32 = null);
