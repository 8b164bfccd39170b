using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Store;
using NasFarm.Simulation.Tests.Store;
using NasFarm.Simulation.Tests.World;

namespace NasFarm.Simulation.Tests.Bugs;

/// <summary>A mistake that somebody could make, planted beside the real code: in front of the store, or of the files.</summary>
/// <param name="Name">In words.</param>
/// <param name="Check">The check that finds it.</param>
/// <param name="Layer">The store with the mistake.</param>
/// <param name="Artifacts">The artifact store with the mistake.</param>
internal sealed record Bug(
    string Name, string Check, Func<Planted, IFarmStore>? Layer = null, Func<IArtifactStore, IArtifactStore>? Artifacts = null)
{
    /// <summary>Schedules in which it is found.</summary>
    public IReadOnlyList<ulong> Seeds => RecordedSeeds.Of(Name);

    public IFarmStore Wrap(Planted at) => Layer?.Invoke(at) ?? at.Store;

    public override string ToString() => Name;
}

/// <summary>What a planted bug can reach.</summary>
internal sealed record Planted(IFarmStore Store, Database Database, SimulatedProcess Process, SimulatedWorld World);
