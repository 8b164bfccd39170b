using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Slots;

/// <summary>What a collection did, or would do.</summary>
/// <param name="Rows">Rows that retention let go.</param>
/// <param name="Files">Files removed.</param>
/// <param name="Bytes">Sum of their lengths.</param>
public sealed record CollectReport(int Rows, int Files, long Bytes);

/// <summary>Removes checkpoints that nobody needs: rows are released by <see cref="Retention"/>, then files without a row go once they
/// are older than two leases. A file whose row is just being written is left alone, whatever the clocks say: its attempt lives.</summary>
public sealed class CheckpointCollector(IFarmStore store, IArtifactStore artifacts, RetentionOptions retention, TimeSpan lease, TimeProvider time)
{
    private const int Batch = 500;

    /// <summary>Collects once. Throws <see cref="ArtifactsUnavailableException"/> when the files cannot be reached; what was begun is
    /// finished by the next collection.</summary>
    /// <param name="dryRun">Change nothing and report what would go.</param>
    /// <param name="cancel">Stops between batches.</param>
    public async Task<CollectReport> CollectAsync(bool dryRun = false, CancellationToken cancel = default)
    {
        // 1. Rows that retention lets go.
        var endsBefore = retention.KeepEndDays is { } days ? time.GetUtcNow() - TimeSpan.FromDays(days) : (DateTimeOffset?)null;
        var units = await store.ReadArtifactsAsync(endsBefore, cancel);
        var dropped = units.SelectMany(unit => Retention.Droppable(unit, retention.KeepLast)).ToList();
        foreach (var rows in dryRun ? [] : dropped.Chunk(Batch))
            await store.MarkCollectedAsync(rows, cancel);
        var droppedPaths = dropped.Select(row => row.File.Path).ToHashSet(StringComparer.Ordinal);

        // 2. Old files that no row refers to.
        var (files, bytes) = (0, 0L);
        var oldest = time.GetUtcNow() - 2 * lease - artifacts.ClockTolerance;
        await foreach (var batch in artifacts.ListAsync(cancel).Where(file => file.WrittenAt < oldest).Chunk(Batch).WithCancellation(cancel))
        {
            var needed = await store.ReferencedPathsAsync([.. batch.Select(file => file.Path)], cancel);
            var useless = batch.Where(file => !needed.Contains(file.Path) || (dryRun && droppedPaths.Contains(file.Path))).ToList();
            if (!dryRun)
                await artifacts.DeleteAsync(useless, cancel);
            (files, bytes) = (files + useless.Count, bytes + useless.Sum(file => file.Bytes));
        }
        return new(dropped.Count, files, bytes);
    }
}
