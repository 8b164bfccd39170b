using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;
using NasFarm.Farm.Trainers;

namespace NasFarm.Farm.Quarantine;

/// <summary>Writes a bundle for every unit in quarantine that has none yet. A process that coordinates keeps them in its own folder.</summary>
internal sealed class QuarantineKeeper(IFarmStore store, IArtifactStore artifacts, TrainerOptions trainer, string folder, Action<FarmEvent> tell)
{
    private readonly HashSet<AttemptKey> seen = [];

    /// <summary>Looks once. What cannot be written is told, once in the life of this process.</summary>
    public async Task KeepAsync(CancellationToken stop)
    {
        try
        {
            foreach (var unit in await store.ReadQuarantineAsync(seen, stop))
            {
                seen.Add(unit.Key);
                var bundle = new QuarantineBundle(Path.Combine(folder, unit.Key.UnitId));
                if (!bundle.IsOf(unit.Key))
                    await WriteAsync(bundle, unit, stop);
            }
        }
        catch (StoreUnavailableException)
        {
            // The next look finds the same.
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // So does another process.
        }
    }

    private async Task WriteAsync(QuarantineBundle bundle, QuarantinedUnit unit, CancellationToken stop)
    {
        try
        {
            await bundle.WriteAsync(unit, trainer, artifacts, stop);
            tell(new FarmEvent.Quarantined(unit.Key, unit.RunId, unit.Sentence, bundle.Command));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            tell(new FarmEvent.NotBundled(unit.Key, unit.RunId, $"{unit.Sentence}; its bundle could not be written to {bundle.Folder}: {refused.Message}"));
        }
    }
}
