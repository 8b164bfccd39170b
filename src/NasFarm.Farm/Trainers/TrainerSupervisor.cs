using System.ComponentModel;
using System.Threading.Channels;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Trainers;

/// <summary>Drives the trainer of one slot: one unit at a time, each until it is done, ended or somebody else's. The trainer process
/// stays for the next unit while that has the same pins. Disposing kills the trainer.</summary>
/// <param name="store">Where ownership and results are.</param>
/// <param name="slot">The slot.</param>
/// <param name="visibleDevice">GPU the trainer may see; null on the CPU.</param>
/// <param name="options">How trainers run.</param>
/// <param name="artifacts">Where checkpoints lie.</param>
/// <param name="time">Timers, and how long ago the lease was granted.</param>
/// <param name="tell">Hears what happens.</param>
/// <param name="launcher">Starts trainers. Null: the program of <paramref name="options"/>.</param>
/// <param name="writer">Shared with the other slots of the process. Null: of its own.</param>
public sealed class TrainerSupervisor(
    IFarmStore store, SlotInfo slot, string? visibleDevice, TrainerOptions options, IArtifactStore artifacts, TimeProvider time,
    Action<FarmEvent> tell, ITrainerLauncher? launcher = null, RowWriter? writer = null) : IAsyncDisposable
{
    private readonly RowWriter writer = writer ?? new(store);
    private readonly ITrainerLauncher launcher = launcher ?? new TrainerProcess.Launcher(options, options.WorkingDirectory ?? artifacts.LocalRoot);
    private ITrainer? trainer;
    private volatile Claim? executing;
    private Channel<TrainerSignal> inbox = NewInbox();

    /// <summary>Process id of the living trainer; null: none.</summary>
    public int? TrainerProcessId => trainer is { IsAlive: true } ? trainer.ProcessId : null;

    /// <summary>The attempt in execution; null: none.</summary>
    public AttemptKey? Executing => executing?.Key;

    /// <summary>Lets the attempt in execution ask the store now whether it should stop, and not at the next third of its lease.</summary>
    public void RenewNow() => inbox.Writer.TryWrite(new TrainerSignal.Tick());

    /// <summary>Ends the trainer that waits for another unit. Not while one is executed.</summary>
    public ValueTask RestAsync() => DismissAsync();

    /// <summary>Executes a claimed unit to its end. Cancelling <paramref name="stop"/> asks the trainer for a checkpoint and releases the unit.</summary>
    /// <param name="claim">The unit, claimed just now.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <param name="asked">Timestamp of the clock when the claim was asked for, from which its lease counts. Null: now.</param>
    public async Task ExecuteAsync(Claim claim, CancellationToken stop, long? asked = null)
    {
        tell(new FarmEvent.Claimed(claim, slot.SlotId));
        var lease = new HeldLease(options.Lease, time, asked ?? time.GetTimestamp());
        var pins = TrainerEnvironment.For(claim.Execution, options.InstructionSet, visibleDevice);
        if (trainer is not null && (options.FreshForEachUnit || !trainer.IsAlive || !trainer.Environment.SequenceEqual(pins)))
            await DismissAsync();
        var isNew = trainer is null;
        try
        {
            trainer ??= await launcher.StartAsync(pins, inbox.Writer);
        }
        catch (Win32Exception e)
        {
            var message = $"trainer program {options.Program} could not be started: {e.Message}";
            var ending = await lease.AskAsync(
                () => store.EndAttemptAsync(claim.Key, FailureReason.TrainerError, message, [], CancellationToken.None), new AttemptEnding.FenceLost());
            tell(new FarmEvent.Ended(claim, slot.SlotId, FailureReason.TrainerError, message, ending));
            return;
        }
        using var files = new AttemptFiles(artifacts, claim, slot.SlotId, options.ArtifactPatience, time, inbox.Writer, tell);
        var attempt = new SupervisedAttempt(store, writer, slot.SlotId, claim, lease, trainer, options, files, time, tell);
        executing = claim;
        var keep = await attempt.RunAsync(inbox, isNew, stop);
        executing = null;
        if (!keep)
            await DismissAsync();
        artifacts.Release(claim.Key);
    }

    /// <summary>Kills the trainer and waits until it is gone.</summary>
    public ValueTask DisposeAsync() => DismissAsync();

    private async ValueTask DismissAsync()
    {
        if (trainer is null)
            return;
        await trainer.DisposeAsync();
        trainer = null;
        // Nothing the old process said may reach the next one's attempt.
        inbox = NewInbox();
    }

    private static Channel<TrainerSignal> NewInbox() => Channel.CreateUnbounded<TrainerSignal>(new() { SingleReader = true });
}
