using System.ComponentModel.DataAnnotations;
using NasFarm.Farm.Slots;
using NasFarm.Farm.Trainers;

namespace NasFarm.Farm.Coordination;

/// <summary>A farm of this machine.</summary>
public sealed class LocalFarmOptions : IValidatableObject
{
    /// <summary>Unique name of this process among all that share the store, e.g. host, process id and start time.</summary>
    [Required]
    public required string Owner { get; set; }

    /// <summary>Machine name. Default: this machine's.</summary>
    public string Host { get; set; } = Environment.MachineName;

    /// <summary>Units executed at once on the CPU. Default: 1.</summary>
    [Range(0, 10_000)]
    public int CpuSlots { get; set; } = 1;

    /// <summary>GPUs to use, one slot each. Default: none.</summary>
    public IReadOnlyList<GpuDevice> Gpus { get; set; } = [];

    /// <summary>Labels of every slot, which manifests may ask for. Default: none.</summary>
    public IReadOnlyList<string> Labels { get; set; } = [];

    /// <summary>Memory of a slot in bytes, which manifests may ask for. Default of CPU slots: the limit of a trainer, else this machine's memory
    /// divided by them. GPUs that tell theirs keep it; the others have none by default.</summary>
    [Range(1L, long.MaxValue)]
    public long? SlotMemoryBytes { get; set; }

    /// <summary>Folder of the checkpoints, unless the farm is given another artifact store.</summary>
    [Required]
    public required string Artifacts { get; set; }

    /// <summary>How trainers run.</summary>
    [Required]
    public required TrainerOptions Trainer { get; set; }

    /// <summary>How often a slot without work looks for some; work of this process is seen at once. Default: 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A farm without sweeps of its own ends when nothing runs on its pools and nothing is left that one of its slots could take.
    /// Default: it waits for more.</summary>
    public bool UntilIdle { get; set; }

    /// <summary>Folder in which a process that coordinates keeps what repeats quarantined units, one folder each. Default: none is kept.</summary>
    public string? Quarantine { get; set; }

    /// <summary>How many checkpoints stay.</summary>
    [Required]
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>How often the coordinating process removes old checkpoints. Default: 5 min.</summary>
    public TimeSpan CollectInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Problems of the trainer's options too.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var problems = new List<ValidationResult>();
        Validator.TryValidateObject(Trainer, new ValidationContext(Trainer), problems, validateAllProperties: true);
        Validator.TryValidateObject(Retention, new ValidationContext(Retention), problems, validateAllProperties: true);
        if (CpuSlots + Gpus.Count == 0)
            problems.Add(new($"{nameof(CpuSlots)} is 0 and {nameof(Gpus)} is empty; a farm needs a slot."));
        if (PollInterval >= Trainer.Lease)
            problems.Add(new($"{nameof(PollInterval)} ({PollInterval}) must be shorter than the lease ({Trainer.Lease})."));
        return problems;
    }

    /// <summary>These options. Throws <see cref="ArgumentException"/> with all problems.</summary>
    internal LocalFarmOptions Checked()
    {
        var problems = new List<ValidationResult>();
        return Validator.TryValidateObject(this, new ValidationContext(this), problems, validateAllProperties: true)
            ? this : throw new ArgumentException(string.Join(" ", problems.Select(p => p.ErrorMessage)), "options");
    }
}
