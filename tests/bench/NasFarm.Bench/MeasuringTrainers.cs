using System.Threading.Channels;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Trainers;

namespace NasFarm.Bench;

/// <summary>Trainers without a process that say what real ones say: progress, six metrics and a checkpoint each epoch.</summary>
/// <param name="epochs">Of a unit.</param>
/// <param name="epoch">How long one takes.</param>
internal sealed class MeasuringTrainers(int epochs, TimeSpan epoch) : ITrainerLauncher
{
    private static readonly string[] Names = ["train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "lambda_max", "epoch_seconds"];

    public Task<ITrainer> StartAsync(IReadOnlyDictionary<string, string> environment, ChannelWriter<TrainerSignal> inbox)
    {
        inbox.TryWrite(new TrainerSignal.Said(new TrainerEvent.Hello(Environment.ProcessId, "bench", TrainerEvent.Hello.CurrentProtocol)));
        return Task.FromResult<ITrainer>(new Trainer(environment, inbox, epochs, epoch));
    }

    private sealed class Trainer(IReadOnlyDictionary<string, string> environment, ChannelWriter<TrainerSignal> inbox, int epochs, TimeSpan epoch) : ITrainer
    {
        public IReadOnlyDictionary<string, string> Environment => environment;

        public int ProcessId => System.Environment.ProcessId;

        public bool IsAlive => true;

        public IReadOnlyList<string> Log => [];

        public Task SendAsync(TrainerCommand command)
        {
            if (command is TrainerCommand.Run run)
                _ = TrainAsync(run);
            return Task.CompletedTask;
        }

        public void Kill(KillCause cause, string why) => inbox.TryWrite(new TrainerSignal.Exited(new(0, cause, why, KernelOutOfMemory: false)));

        public void ClearLog()
        {
            // It has none.
        }

        public long ResidentBytes() => 0;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async Task TrainAsync(TrainerCommand.Run run)
        {
            Say(new TrainerEvent.Started(run.Fence, BenchSweep.Fingerprint, null, 0, [], NumericsChanged: false));
            for (var at = 0; at < epochs; at++)
            {
                Say(new TrainerEvent.Progress(run.Fence, at, at, epochs, 1, 10, 0.05, 200_000_000, 0));
                await Task.Delay(epoch, TimeProvider.System);
                foreach (var name in Names)
                    Say(new TrainerEvent.Metric(run.Fence, at, at, name, 0.1 * (at + 1), Timing: name == "epoch_seconds"));
                Say(new TrainerEvent.Checkpoint(run.Fence, File(run, at + 1, end: false), 0.01));
            }
            Say(new TrainerEvent.Done(run.Fence, File(run, epochs, end: true), new(true, "-", epochs, epochs, false), null));
        }

        private static CheckpointRef File(TrainerCommand.Run run, int trained, bool end) =>
            new(Path.Combine(run.OutputDirectory, $"{trained}{(end ? "-end" : "")}.safetensors"), "00", 1, trained, trained, end);

        private void Say(TrainerEvent said) => inbox.TryWrite(new TrainerSignal.Said(said));
    }
}
