using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Slots;

/// <summary>Removes checkpoints that nobody needs: rows are released by <see cref="Retention"/>, then files without a row go once they
/// are older than two leases, which leaves a file whose row is just being written alone.</summary>
public sealed class CheckpointCollector(IFarmStore store, ArtifactFolder artifacts, TimeSpan lease, TimeProvider time)
{
    private const int Batch = 500;

    /// <summary>Collects once; returns what was removed.</summary>
    public async Task<(int Files, long Bytes)> CollectAsync(CancellationToken cancel = default)
    {
        // 1. Rows that retention lets go.
        var units = await store.ReadArtifactsAsync(cancel).ConfigureAwait(false);
        foreach (var rows in units.SelectMany(Retention.Droppable).Chunk(Batch))
            await store.MarkCollectedAsync(rows, cancel).ConfigureAwait(false);

        // 2. Old files that no row refers to.
        var (files, bytes) = (0, 0L);
        var oldest = time.GetUtcNow() - 2 * lease;
        var old = Directory.EnumerateFiles(artifacts.Root, "*", SearchOption.AllDirectories)
            .Select(path => new FileInfo(path))
            .Where(file => IsOurs(file) && file.LastWriteTimeUtc < oldest.UtcDateTime);
        foreach (var batch in old.Chunk(Batch))
        {
            var byPath = batch.ToDictionary(file => Path.GetRelativePath(artifacts.Root, file.FullName).Replace('\\', '/'));
            var needed = await store.ReferencedPathsAsync([.. byPath.Keys], cancel).ConfigureAwait(false);
            foreach (var (path, file) in byPath.Where(f => !needed.Contains(f.Key)))
            {
                (files, bytes) = (files + 1, bytes + file.Length);
                file.Delete();
            }
        }
        return (files, bytes);
    }

    /// <summary>Only what lies in <c>{unit}/fence-{n}/</c> is ever touched.</summary>
    private bool IsOurs(FileInfo file) =>
        file.Directory is { } fence && fence.Name.StartsWith("fence-", StringComparison.Ordinal) && fence.Parent?.Parent?.FullName == artifacts.Root;
}
