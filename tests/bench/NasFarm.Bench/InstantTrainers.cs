using System.Threading.Channels;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Trainers;

namespace NasFarm.Bench;

/// <summary>Trainers without a process that are done with a search phase as soon as they hear of it.</summary>
internal sealed class InstantTrainers : ITrainerLauncher
{
    /// <summary>Of a search: one for each edge of a DARTS cell that SGAS decides.</summary>
    private const int Phases = 8;

    public Task<ITrainer> StartAsync(IReadOnlyDictionary<string, string> environment, ChannelWriter<TrainerSignal> inbox)
    {
        inbox.TryWrite(new TrainerSignal.Said(new TrainerEvent.Hello(Environment.ProcessId, "bench", TrainerEvent.Hello.CurrentProtocol)));
        return Task.FromResult<ITrainer>(new Trainer(environment, inbox));
    }

    private sealed class Trainer(IReadOnlyDictionary<string, string> environment, ChannelWriter<TrainerSignal> inbox) : ITrainer
    {
        public IReadOnlyDictionary<string, string> Environment => environment;

        public int ProcessId => System.Environment.ProcessId;

        public bool IsAlive => true;

        public IReadOnlyList<string> Log => [];

        public Task SendAsync(TrainerCommand command)
        {
            if (command is TrainerCommand.Run run)
            {
                var file = new CheckpointRef(Path.Combine(run.OutputDirectory, "end.safetensors"), "00", 1, 1, 1, EndOfUnit: true);
                inbox.TryWrite(new TrainerSignal.Said(new TrainerEvent.Started(run.Fence, BenchSweep.Fingerprint, null, 0, [], NumericsChanged: false)));
                inbox.TryWrite(new TrainerSignal.Said(new TrainerEvent.Done(run.Fence, file, new(run.Unit.Phase == Phases - 1, "-", 1, 1, false), null)));
            }
            return Task.CompletedTask;
        }

        public void Kill(KillCause cause, string why) => inbox.TryWrite(new TrainerSignal.Exited(new(0, cause, why, KernelOutOfMemory: false)));

        public void ClearLog()
        {
            // It has none.
        }

        public long ResidentBytes() => 0;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
