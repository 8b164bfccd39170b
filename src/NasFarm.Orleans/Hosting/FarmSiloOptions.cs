using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;
using NasFarm.Farm.Trainers;
using Orleans.Runtime;

namespace NasFarm.Orleans.Hosting;

/// <summary>A silo of a farm.</summary>
public sealed class FarmSiloOptions
{
    /// <summary>What it is for.</summary>
    public SiloRole Role { get; set; } = SiloRole.All;

    /// <summary>The farm's memory, the same for every silo; whoever has opened it closes it.</summary>
    public required IFarmStore Store { get; set; }

    /// <summary>Opens the place of the checkpoints, for a process of this name.</summary>
    public required Func<string, IArtifactStore> OpenArtifacts { get; set; }

    /// <summary>Slots and trainers; without a name of the process, which is the silo's.</summary>
    public required Func<string, LocalFarmOptions> Farm { get; set; }

    /// <summary>Judges looks. Null: another process does.</summary>
    public LookRule? LookRule { get; set; }

    /// <summary>Starts trainers. Null: the program that the options name.</summary>
    public ITrainerLauncher? Launcher { get; set; }

    /// <summary>Hears what happens here, from any thread; must return soon.</summary>
    public Action<FarmEvent> Tell { get; set; } = _ => { };

    /// <summary>How often control silos look for sweeps that nobody coordinates. Default: 5 s.</summary>
    public TimeSpan ScanInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A silo's name among all processes that share the store.</summary>
    public static string OwnerOf(SiloAddress silo) => $"silo-{silo.Endpoint.ToString().Replace(':', '-')}-{silo.Generation:x}";
}
