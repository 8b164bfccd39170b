using System.Threading.Channels;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Trainers;

/// <summary>An attempt's files on their way to and from the artifact store, beside its signals: a slow or absent storage holds up neither
/// the lease nor the trainer. A transfer that fails is tried again with growing pauses; only what the attempt waits for, to begin or to end,
/// has a limit. Results arrive as signals; every member is called from the attempt's loop.</summary>
internal sealed class AttemptFiles(
    IArtifactStore artifacts, Claim claim, string slotId, TimeSpan patience, TimeProvider time, ChannelWriter<TrainerSignal> inbox,
    Action<FarmEvent> tell) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource over = new();
    private readonly Queue<(CheckpointRef File, TrainerEvent.Checkpoint? Row)> waiting = [];
    private readonly List<CheckpointRef> published = [];
    private long? awaitedSince;

    /// <summary>Nothing is on its way.</summary>
    public bool AllPublished => waiting.Count == 0;

    /// <summary>Makes the attempt's folder.</summary>
    public string Prepare() => artifacts.Prepare(claim.Key);

    /// <summary>The trainer's reference as rows keep it. Throws <see cref="InvalidDataException"/> when the file lies elsewhere.</summary>
    public CheckpointRef Stored(CheckpointRef file) => artifacts.Stored(claim.Key, file);

    /// <summary>Makes what the claim resumes from available and says <see cref="TrainerSignal.Ready"/>.</summary>
    public void Fetch()
    {
        awaitedSince = time.GetTimestamp();
        _ = FetchAllAsync();
    }

    /// <summary>Publishes a file of this attempt, after those before it. True: it is published. False: <see cref="TrainerSignal.Published"/>
    /// will say so. Throws <see cref="InvalidDataException"/> when the file is not what it should be.</summary>
    /// <param name="file">As rows keep it.</param>
    /// <param name="row">The row that waits for it; null: none.</param>
    public bool TryPublish(CheckpointRef file, TrainerEvent.Checkpoint? row)
    {
        if (published.Any(known => known.Path == file.Path && known.Sha256 == file.Sha256))
            return true;
        if (waiting.Count > 0)
        {
            if (row is not null || !waiting.Any(other => other.File == file))
                waiting.Enqueue((file, row));
            return false;
        }
        var first = artifacts.PublishAsync(claim.Key, file, over.Token);
        if (first.IsCompletedSuccessfully)
        {
            Remember(file);
            return true;
        }
        waiting.Enqueue((file, row));
        _ = PublishAsync(file, row, first);
        return false;
    }

    /// <summary>The first in the queue has been published: the next may go.</summary>
    public void Arrived()
    {
        Remember(waiting.Dequeue().File);
        if (waiting.TryPeek(out var next))
            _ = PublishAsync(next.File, next.Row, artifacts.PublishAsync(claim.Key, next.File, over.Token));
    }

    /// <summary>The attempt waits for what is on its way: from now on patience counts.</summary>
    public void Await() => awaitedSince ??= time.GetTimestamp();

    /// <summary>The attempt has what it waited for.</summary>
    public void Begun() => awaitedSince = null;

    /// <summary>Gives up what is on its way.</summary>
    public void Dispose()
    {
        over.Cancel();
        over.Dispose();
    }

    private async Task FetchAllAsync()
    {
        var fetched = new List<FetchedArtifact>();
        var all = await TriedAsync(async cancel =>
        {
            foreach (var file in claim.ResumeFrom.Skip(fetched.Count))
                fetched.Add(await artifacts.FetchAsync(claim.Key, file, cancel));
        });
        if (all)
            inbox.TryWrite(new TrainerSignal.Ready(claim.Key, fetched));
    }

    private async Task PublishAsync(CheckpointRef file, TrainerEvent.Checkpoint? row, ValueTask first)
    {
        ValueTask? begun = first;
        var done = await TriedAsync(async cancel =>
        {
            var transfer = begun ?? artifacts.PublishAsync(claim.Key, file, cancel);
            begun = null;
            await transfer;
        });
        if (done)
            inbox.TryWrite(new TrainerSignal.Published(claim.Key, row));
    }

    /// <summary>Repeats a transfer while the storage is unavailable. False: it was given up, and a signal says why unless the attempt is over.</summary>
    private async Task<bool> TriedAsync(Func<CancellationToken, Task> transfer)
    {
        var cancel = over.Token;
        try
        {
            for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                try
                {
                    await transfer(cancel);
                    return true;
                }
                catch (ArtifactsUnavailableException away) when (awaitedSince is not { } since || time.GetElapsedTime(since) < patience)
                {
                    tell(new FarmEvent.ArtifactsAway(claim, slotId, away.Reason, away.Message));
                }
                await Task.Delay(pause, time, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception given)
        {
            // Told in the loop, where the attempt can end by it; nothing else would ever see it.
            inbox.TryWrite(new TrainerSignal.TransferFailed(claim.Key, given));
            return false;
        }
    }

    /// <summary>A trainer reads its own files again only to roll back: of the others, the last two stay on this host.</summary>
    private void Remember(CheckpointRef file)
    {
        published.Add(file);
        if (!Retention.MayRollBack(claim.Unit.Kind, claim.Unit.SeedRun.Method) && published.Count > 2)
            artifacts.Forget(claim.Key, published[^3]);
    }
}
