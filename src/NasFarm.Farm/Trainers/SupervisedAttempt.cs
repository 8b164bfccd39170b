using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Trainers;

/// <summary>One attempt from claim to end: forwards lease grants, writes what the trainer says, and ends with exactly one named reason.
/// Told in the order of <see cref="TrainerSignal"/>s; every write goes through the fence, and is repeated while the store is unavailable
/// and the lease holds by this process's own clock; after that the unit counts as lost.</summary>
internal sealed class SupervisedAttempt(
    IFarmStore store, RowWriter writer, string slotId, Claim claim, HeldLease lease, ITrainer trainer, TrainerOptions options, AttemptFiles files,
    TimeProvider time, Action<FarmEvent> tell)
{
    private const int MostRowsPerWrite = 500;
    private readonly List<TrainerEvent> rows = [];
    private readonly long began = time.GetTimestamp();
    private long heard = time.GetTimestamp();
    private bool greeted;
    private bool begun;
    private IReadOnlyList<string> notFetched = [];
    private Ending? ending;
    private FailureReason? stopping;

    private enum Next { GoOn, KeepTrainer, DismissTrainer }

    /// <summary>What is done when the files on their way have arrived.</summary>
    /// <param name="RunAsync">Writes the ending.</param>
    /// <param name="NeedsFiles">It is no ending without them.</param>
    private sealed record Ending(Func<Task<Next>> RunAsync, bool NeedsFiles);

    /// <summary>Runs to the end. True: the trainer is sound and may take another unit.</summary>
    public async Task<bool> RunAsync(Channel<TrainerSignal> inbox, bool isNewTrainer, CancellationToken stop)
    {
        var key = claim.Key;
        using var ticks = time.CreateTimer(_ => inbox.Writer.TryWrite(new TrainerSignal.Tick()), null, options.Lease / 3, options.Lease / 3);
        using var grace = time.CreateTimer(_ => inbox.Writer.TryWrite(new TrainerSignal.GraceOver(key)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var asked = stop.UnsafeRegister(_ => inbox.Writer.TryWrite(new TrainerSignal.StopAsked(key)), null);
        try
        {
            if (!isNewTrainer)
                Begin();
            while (true)
            {
                var signal = await inbox.Reader.ReadAsync(CancellationToken.None);
                var next = await OnAsync(signal, grace, moreWaits: inbox.Reader.TryPeek(out _));
                if (next != Next.GoOn)
                    return next == Next.KeepTrainer;
            }
        }
        catch (InvalidDataException broken)
        {
            return await BrokenAsync(broken.Message) == Next.KeepTrainer;
        }
    }

    private async Task<Next> OnAsync(TrainerSignal signal, ITimer grace, bool moreWaits)
    {
        switch (signal)
        {
            case TrainerSignal.Said { Event: TrainerEvent.Hello hello }:
                return await GreetedAsync(hello);
            case TrainerSignal.Said said:
                heard = time.GetTimestamp();
                return await SaidAsync(said.Event, moreWaits);
            case TrainerSignal.Garbled garbled:
                return await BrokenAsync($"it said '{Shorten(garbled.Line)}', which is no event: {garbled.Why}");
            case TrainerSignal.Exited when ending is not null:
                return Next.GoOn;
            case TrainerSignal.Exited exited:
                return await AfterFilesAsync(() => GoneAsync(exited.Exit), needsFiles: false);
            case TrainerSignal.Ready ready when ready.Attempt == claim.Key:
                return await ReadyAsync(ready.Files);
            case TrainerSignal.Published published when published.Attempt == claim.Key:
                return await PublishedAsync(published.Row);
            case TrainerSignal.TransferFailed failed when failed.Attempt == claim.Key:
                return await NotTransferredAsync(failed.Why);
            case TrainerSignal.Tick:
                return await TickAsync(grace);
            case TrainerSignal.StopAsked asked when asked.Attempt == claim.Key:
                return await StopAsync(FailureReason.HostStopping, grace);
            case TrainerSignal.GraceOver over when over.Attempt == claim.Key:
                return await KillAsync(KillCause.StopOverdue, Invariant($"it did not stop within {options.StopGrace.TotalSeconds:0.#} s"));
            default:
                // A stop or grace signal of an earlier unit on this trainer.
                return Next.GoOn;
        }
    }

    /// <summary>Asks for a checkpoint and an end, once.</summary>
    private async Task<Next> StopAsync(FailureReason reason, ITimer grace)
    {
        if (stopping is not null)
            return Next.GoOn;
        stopping = reason;
        if (!greeted)
            return await KillAsync(KillCause.StopOverdue, $"{Why(reason)} and the unit had not begun");
        if (!begun)
            return await ReleaseAsync(reason, $"{Why(reason)} and the unit had not begun");
        grace.Change(options.StopGrace, Timeout.InfiniteTimeSpan);
        if (ending is null)
            await trainer.SendAsync(new TrainerCommand.Stop(claim.Key.Fence, reason));
        return Next.GoOn;
    }

    private static string Why(FailureReason stop) => stop switch
    {
        FailureReason.Preempted => "another unit needs the slot",
        FailureReason.Paused => "the run was paused",
        _ => "the host is stopping",
    };

    private async Task<Next> GreetedAsync(TrainerEvent.Hello hello)
    {
        if (greeted)
            return await BrokenAsync("it said hello twice");
        if (hello.Protocol != TrainerEvent.Hello.CurrentProtocol)
            return await BrokenAsync($"it speaks '{hello.Protocol}' (code {hello.CodeVersion}), this farm '{TrainerEvent.Hello.CurrentProtocol}'");
        Begin();
        return Next.GoOn;
    }

    private void Begin()
    {
        greeted = true;
        trainer.ClearLog();
        files.Fetch();
    }

    private async Task<Next> ReadyAsync(IReadOnlyList<FetchedArtifact> fetched)
    {
        begun = true;
        heard = time.GetTimestamp();
        files.Begun();
        notFetched = [.. fetched.Select(f => f.Problem).OfType<string>()];
        await trainer.SendAsync(new TrainerCommand.Run(
            claim.Unit, claim.Execution, claim.Key.Fence, files.Prepare(), [.. fetched.Select(f => f.File)], (int)options.Lease.TotalMilliseconds));
        return Next.GoOn;
    }

    private async Task<Next> SaidAsync(TrainerEvent said, bool moreWaits)
    {
        if (!greeted)
            return await BrokenAsync($"it said {Name(said)} before hello");
        if (Fence(said) != claim.Key.Fence)
            return await BrokenAsync(Invariant($"it said {Name(said)} for fence {Fence(said)} while executing fence {claim.Key.Fence}"));
        switch (said)
        {
            case TrainerEvent.Started started:
                var stored = started with
                {
                    ResumedFrom = started.ResumedFrom is { } from ? files.Stored(from) : null,
                    DamagedCheckpoints = [.. notFetched, .. started.DamagedCheckpoints],
                };
                if (await WriteAsync(() => store.RecordStartedAsync(claim.Key, stored, CancellationToken.None)) == FenceAnswer.FenceLost)
                    return await LostAsync();
                tell(new FarmEvent.Started(claim, slotId, stored));
                return Next.GoOn;
            case TrainerEvent.Progress progress:
                tell(new FarmEvent.Progress(claim, slotId, progress));
                break;
            case TrainerEvent.Checkpoint checkpoint:
                var saved = checkpoint with { File = files.Stored(checkpoint.File) };
                if (files.TryPublish(saved.File, saved))
                    rows.Add(saved);
                break;
            case TrainerEvent.Metric or TrainerEvent.Decision:
                rows.Add(said);
                break;
            case TrainerEvent.Done done:
                var end = done with { File = files.Stored(done.File) };
                files.TryPublish(end.File, row: null);
                return await AfterFilesAsync(() => DoneAsync(end), needsFiles: true);
            case TrainerEvent.Failed failed:
                return await AfterFilesAsync(() => FailedAsync(failed), needsFiles: false);
        }
        // Rows are written together while more is waiting to be read: one commit for a burst.
        return !moreWaits || rows.Count >= MostRowsPerWrite ? await FlushAsync() : Next.GoOn;
    }

    private async Task<Next> FlushAsync()
    {
        if (rows.Count == 0)
            return Next.GoOn;
        if (await WriteAsync(() => writer.AppendAsync(claim.Key, [.. rows])) == FenceAnswer.FenceLost)
            return await LostAsync();
        foreach (var row in rows)
        {
            tell(row switch
            {
                TrainerEvent.Metric metric => new FarmEvent.Measured(claim, slotId, metric),
                TrainerEvent.Decision decision => new FarmEvent.Decided(claim, slotId, decision),
                TrainerEvent.Checkpoint checkpoint => new FarmEvent.Saved(claim, slotId, checkpoint.File, checkpoint.Seconds),
                _ => throw new InvalidOperationException($"{Name(row)} is not a row"),
            });
        }
        rows.Clear();
        return Next.GoOn;
    }

    /// <summary>A row that names a file follows the file.</summary>
    private async Task<Next> PublishedAsync(TrainerEvent.Checkpoint? row)
    {
        files.Arrived();
        if (row is not null)
            rows.Add(row);
        if (await FlushAsync() is var flushed and not Next.GoOn)
            return flushed;
        return ending is not null && files.AllPublished ? await ending.RunAsync() : Next.GoOn;
    }

    /// <summary>Ends now, or once the files on their way have arrived; the lease is renewed meanwhile.</summary>
    private async Task<Next> AfterFilesAsync(Func<Task<Next>> end, bool needsFiles)
    {
        if (files.AllPublished)
            return await end();
        ending = new(end, needsFiles);
        files.Await();
        return await FlushAsync();
    }

    private async Task<Next> NotTransferredAsync(Exception why)
    {
        switch (why)
        {
            case InvalidDataException wrong:
                return await BrokenAsync(wrong.Message);
            case ArtifactsUnavailableException when ending is { NeedsFiles: false }:
                return await ending.RunAsync();
            case ArtifactsUnavailableException away:
                return await ReleaseAsync(away.Reason, away.Message);
            default:
                ExceptionDispatchInfo.Throw(why);
                return Next.DismissTrainer;
        }
    }

    /// <summary>Gives the unit back; the trainer waits for its next command and is as good as new. Whoever pauses wants the machine back.</summary>
    private async Task<Next> ReleaseAsync(FailureReason reason, string message)
    {
        if (await FlushAsync() is var flushed and not Next.GoOn)
            return flushed;
        await EndAsync(reason, message);
        return reason == FailureReason.Paused ? Next.DismissTrainer : Next.KeepTrainer;
    }

    private async Task<Next> DoneAsync(TrainerEvent.Done done)
    {
        if (await FlushAsync() is var flushed and not Next.GoOn)
            return flushed;
        if (await WriteAsync(() => store.CompleteAsync(claim.Key, done, trainer.Log, CancellationToken.None)) == FenceAnswer.FenceLost)
            return await LostAsync();
        tell(new FarmEvent.Completed(claim, slotId, done.Search, done.Retrain));
        return Next.KeepTrainer;
    }

    private async Task<Next> FailedAsync(TrainerEvent.Failed failed)
    {
        if (await FlushAsync() is var flushed and not Next.GoOn)
            return flushed;
        await EndAsync(failed.Reason, failed.Message);
        // After a stop or a refusal the process is as good as new; after an error nobody knows what it holds, and a pause gives the machine back.
        return failed.Reason is FailureReason.Preempted or FailureReason.HostStopping or FailureReason.Cancelled or FailureReason.NumericsMismatch
            ? Next.KeepTrainer : Next.DismissTrainer;
    }

    private async Task<Next> TickAsync(ITimer grace)
    {
        if (await FlushAsync() is var flushed and not Next.GoOn)
            return flushed;
        var renewal = await WriteAsync(RenewAsync);
        if (renewal == FenceAnswer.FenceLost)
            return await LostAsync();
        if (begun && ending is null)
            await trainer.SendAsync(new TrainerCommand.Lease(claim.Key.Fence));
        if (Wish(renewal) is { } wish && await StopAsync(wish, grace) is var stopped and not Next.GoOn)
            return stopped;
        // Before it begins and after its last word a trainer waits for nothing but a command; limits are for what it does between.
        if ((greeted && !begun) || ending is not null)
            return Next.GoOn;
        if (claim.WallLimit is { } wall && time.GetElapsedTime(began) > wall)
            return await KillAsync(KillCause.WallLimit, Invariant($"it ran longer than its wall limit of {wall.TotalSeconds:0.#} s"));
        if (options.MemoryLimitBytes is { } limit && trainer.ResidentBytes() is var resident && resident > limit)
            return await KillAsync(KillCause.MemoryLimit, Invariant($"resident memory {resident >> 20} MiB is above the limit of {limit >> 20} MiB"));
        var patience = begun ? options.SilenceLimit : options.HelloWithin;
        if (time.GetElapsedTime(heard) > patience)
            return await KillAsync(KillCause.Silence, Invariant($"it {(begun ? "said nothing" : "did not say hello")} for {patience.TotalSeconds:0.#} s"));
        return Next.GoOn;
    }

    private static FailureReason? Wish(FenceAnswer renewal) => renewal switch
    {
        FenceAnswer.Preempted => FailureReason.Preempted,
        FenceAnswer.Paused => FailureReason.Paused,
        FenceAnswer.Draining => FailureReason.HostStopping,
        _ => null,
    };

    private async Task<Next> GoneAsync(TrainerExit exit)
    {
        if (await FlushAsync() is var flushed and not Next.GoOn)
            return flushed;
        var (reason, message) = exit.Explain(trainer.Log);
        await EndAsync(stopping ?? reason, message);
        return Next.DismissTrainer;
    }

    private async Task<Next> BrokenAsync(string what)
    {
        rows.Clear();
        return await KillAsync(KillCause.BrokenProtocol, what);
    }

    /// <summary>Kills the trainer, sees it gone, and only then gives the unit back.</summary>
    private async Task<Next> KillAsync(KillCause cause, string why)
    {
        trainer.Kill(cause, why);
        await trainer.DisposeAsync();
        if (await FlushAsync() is var flushed and not Next.GoOn)
            return flushed;
        var (reason, message) = new TrainerExit(0, cause, why, KernelOutOfMemory: false).Explain([]);
        await EndAsync(cause == KillCause.StopOverdue ? stopping ?? reason : reason, message);
        return Next.DismissTrainer;
    }

    /// <summary>Not ours any more: kill, write nothing.</summary>
    private async Task<Next> LostAsync()
    {
        rows.Clear();
        var why = lease.Holds
            ? "another attempt owns the unit, or it was cancelled"
            : Invariant($"the store granted no lease for two thirds of {options.Lease.TotalSeconds:0.#} s");
        trainer.Kill(KillCause.LeaseLost, why);
        await trainer.DisposeAsync();
        tell(new FarmEvent.Ended(claim, slotId, FailureReason.LeaseLost, why, new AttemptEnding.FenceLost()));
        return Next.DismissTrainer;
    }

    private async Task EndAsync(FailureReason reason, string message)
    {
        var ending = await lease.AskAsync(
            () => store.EndAttemptAsync(claim.Key, reason, message, trainer.Log, CancellationToken.None), new AttemptEnding.FenceLost());
        tell(new FarmEvent.Ended(claim, slotId, reason, message, ending));
        if (ending.SlotExcluded is { } exclusion)
            tell(new FarmEvent.SlotExcluded(exclusion));
    }

    private async Task<FenceAnswer> RenewAsync()
    {
        var asked = time.GetTimestamp();
        var answer = await store.RenewAsync(claim.Key, options.Lease, CancellationToken.None);
        if (answer != FenceAnswer.FenceLost)
            lease.Granted(asked);
        return answer;
    }

    private Task<FenceAnswer> WriteAsync(Func<Task<FenceAnswer>> write) => lease.AskAsync(write, FenceAnswer.FenceLost);

    private static long Fence(TrainerEvent said) => said switch
    {
        TrainerEvent.Started e => e.Fence,
        TrainerEvent.Progress e => e.Fence,
        TrainerEvent.Metric e => e.Fence,
        TrainerEvent.Decision e => e.Fence,
        TrainerEvent.Checkpoint e => e.Fence,
        TrainerEvent.Done e => e.Fence,
        TrainerEvent.Failed e => e.Fence,
        TrainerEvent.Predicted e => e.Fence,
        _ => throw new InvalidOperationException($"{Name(said)} carries no fence."),
    };

    private static string Name(TrainerEvent said) => said.GetType().Name.ToLowerInvariant();

    private static string Shorten(string line) => line.Length <= 200 ? line : line[..200] + "…";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
