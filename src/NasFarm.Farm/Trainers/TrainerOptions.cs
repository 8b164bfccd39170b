using System.ComponentModel.DataAnnotations;

namespace NasFarm.Farm.Trainers;

/// <summary>How trainers are started and watched.</summary>
public sealed class TrainerOptions : IValidatableObject
{
    /// <summary>Program that speaks the trainer protocol, e.g. <c>nasfarm</c>.</summary>
    [Required]
    public required string Program { get; set; }

    /// <summary>Its arguments, e.g. <c>trainer</c>.</summary>
    public IReadOnlyList<string> Arguments { get; set; } = [];

    /// <summary>Its working directory. Default: the artifacts folder.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>Instruction-set level that every dispatcher is pinned to: <c>avx2</c> or <c>default</c>. Default: this machine's.</summary>
    public string InstructionSet { get; set; } = TrainerEnvironment.MachineLevel;

    /// <summary>Length of a lease; renewed every third of it. A vanished host's unit runs elsewhere after one lease and one
    /// poll. Default: 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.3", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Time a new trainer has to say hello; loading libtorch takes seconds. Default: 2 min.</summary>
    public TimeSpan HelloWithin { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Silence after which a trainer counts as hung. Must exceed the lease. Default: 30 min.</summary>
    public TimeSpan SilenceLimit { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Time to write a checkpoint after a stop request before the trainer is killed. Default: 60 s.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a unit that cannot begin or end without the artifact storage waits for it while that is unavailable; then it goes back
    /// to the queue. Default: 5 min.</summary>
    public TimeSpan ArtifactPatience { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Start a new process for every unit instead of keeping it while the pins are equal. Slower, with the same results.</summary>
    public bool FreshForEachUnit { get; set; }

    /// <summary>Resident memory of one trainer in bytes above which it is killed; null: no limit.</summary>
    public long? MemoryLimitBytes { get; set; }

    /// <summary>Files and lines that cannot be, in sentences.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (InstructionSet is not ("avx2" or "default"))
            yield return new($"{nameof(InstructionSet)} is '{InstructionSet}'; it must be avx2 or default.");
        if (SilenceLimit <= Lease)
            yield return new($"{nameof(SilenceLimit)} ({SilenceLimit}) must be longer than {nameof(Lease)} ({Lease}).");
        if (MemoryLimitBytes is <= 0)
            yield return new($"{nameof(MemoryLimitBytes)} is {MemoryLimitBytes}; it must be positive.");
    }
}
