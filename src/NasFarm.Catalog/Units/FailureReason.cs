namespace NasFarm.Catalog.Units;

/// <summary>Why an attempt ended without a result. Stable names: they are stored, counted and matched by programs.</summary>
public enum FailureReason
{
    /// <summary>Memory of the device or of the host ran out.</summary>
    OutOfMemory,

    /// <summary>A data file is missing, truncated, or its hash differs from the plan's.</summary>
    DataMissing,

    /// <summary>The checkpoint to resume from is missing or damaged, and no earlier one is left.</summary>
    CheckpointMissing,

    /// <summary>The checkpoint was written under another numerics fingerprint and the manifest does not allow a change.</summary>
    NumericsMismatch,

    /// <summary>The trainer died by a signal or left without a word.</summary>
    NativeCrash,

    /// <summary>The specification cannot be executed (unknown method, genotype of another space …).</summary>
    BadSpec,

    /// <summary>The lease ended before it was renewed; somebody else may own the unit now.</summary>
    LeaseLost,

    /// <summary>Stopped to make room for other work; resumes from its checkpoint.</summary>
    Preempted,

    /// <summary>Stopped because the host is leaving; resumes from its checkpoint.</summary>
    HostStopping,

    /// <summary>Stopped because a person paused the run; resumes from its checkpoint.</summary>
    Paused,

    /// <summary>Cancelled by a person.</summary>
    Cancelled,

    /// <summary>The unit ran longer than its wall limit.</summary>
    WallLimit,

    /// <summary>The disk is full or not writable.</summary>
    DiskFull,

    /// <summary>The storage of the artifacts cannot be reached or refuses; nothing of the unit is at fault.</summary>
    ArtifactsUnavailable,

    /// <summary>An exception inside the trainer that no other reason names; the message tells.</summary>
    TrainerError,
}
