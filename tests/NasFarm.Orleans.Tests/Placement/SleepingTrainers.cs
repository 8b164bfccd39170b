using System.Threading.Channels;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Trainers;

namespace NasFarm.Orleans.Tests.Placement;

/// <summary>Trainers without a process: each unit is a search that sleeps and is finished.</summary>
internal sealed class SleepingTrainers(TimeSpan sleep) : ITrainerLauncher
{
    public Task<ITrainer> StartAsync(IReadOnlyDictionary<string, string> environment, ChannelWriter<TrainerSignal> inbox)
    {
        inbox.TryWrite(new TrainerSignal.Said(new TrainerEvent.Hello(Environment.ProcessId, "test", TrainerEvent.Hello.CurrentProtocol)));
        return Task.FromResult<ITrainer>(new Trainer(sleep, environment, inbox));
    }

    private sealed class Trainer(TimeSpan sleep, IReadOnlyDictionary<string, string> environment, ChannelWriter<TrainerSignal> inbox) : ITrainer
    {
        private long executing;

        public IReadOnlyDictionary<string, string> Environment => environment;

        public int ProcessId => System.Environment.ProcessId;

        public bool IsAlive => true;

        public IReadOnlyList<string> Log => [];

        public Task SendAsync(TrainerCommand command)
        {
            switch (command)
            {
                case TrainerCommand.Run run:
                    executing = run.Fence;
                    Say(new TrainerEvent.Started(run.Fence, TestPlans.Fingerprint, null, 0, [], NumericsChanged: false));
                    _ = SleepAsync(run);
                    break;
                case TrainerCommand.Stop stop when executing == stop.Fence:
                    executing = 0;
                    Say(new TrainerEvent.Failed(stop.Fence, stop.Reason, "stopped as asked"));
                    break;
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

        private async Task SleepAsync(TrainerCommand.Run run)
        {
            await Task.Delay(sleep);
            if (executing != run.Fence)
                return;
            var file = new CheckpointRef(Path.Combine(run.OutputDirectory, "end.safetensors"), "00", 1, 1, 1, EndOfUnit: true);
            Say(new TrainerEvent.Done(run.Fence, file, new(true, "-", 1, 1, false), null));
        }

        private void Say(TrainerEvent said) => inbox.TryWrite(new TrainerSignal.Said(said));
    }
}
