using System.Globalization;
using System.Threading.Channels;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Trainers;
using NasFarm.Orleans.Programs;

namespace NasFarm.Bench;

/// <summary>A silo as <c>nasfarm-silo</c> runs it, with slots, claims, leases and supervisors as ever; its trainers are timers. They write down when
/// they said that they were done, for whoever measures.</summary>
internal static class BenchSilo
{
    public static async Task<int> RunAsync(string folder, double seconds, int phases)
    {
        string Of(string name) => Environment.GetEnvironmentVariable(SiloSettings.Prefix + name)!;
        int Number(string name) => int.Parse(Of(name), CultureInfo.InvariantCulture);
        var settings = new SiloSettings
        {
            Store = Environment.GetEnvironmentVariable("NASFARM_STORE"), Home = folder, SiloPort = Number("SILOPORT"), GatewayPort = Number("GATEWAYPORT"),
            CpuSlots = Number("CPUSLOTS"), LeaseSeconds = Number("LEASESECONDS"), Json = true,
        };
        using var trainers = new TimedTrainers(Path.Combine(folder, Of("SILOPORT") + ".done"), seconds, phases);
        await SiloProgram.RunAsync(settings, trainers);
        return 0;
    }

    private sealed class TimedTrainers(string file, double seconds, int phases) : ITrainerLauncher, IDisposable
    {
        private readonly StreamWriter done = new(file);

        private double Seconds => seconds;

        private int Phases => phases;

        public Task<ITrainer> StartAsync(IReadOnlyDictionary<string, string> environment, ChannelWriter<TrainerSignal> inbox)
        {
            inbox.TryWrite(new TrainerSignal.Said(new TrainerEvent.Hello(Environment.ProcessId, "bench", TrainerEvent.Hello.CurrentProtocol)));
            return Task.FromResult<ITrainer>(new Trainer(this, environment, inbox));
        }

        public void Dispose()
        {
            lock (done)
                done.Dispose();
        }

        private sealed class Trainer(TimedTrainers all, IReadOnlyDictionary<string, string> environment, ChannelWriter<TrainerSignal> inbox) : ITrainer
        {
            /// <summary>Of a unit; each ends with metrics, as an epoch does.</summary>
            private const int Epochs = 4;

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

            /// <summary>Units of different seeds take between half and one and a half of the time, so that they do not end together; those of the sweep that
            /// comes first, a second.</summary>
            private async Task TrainAsync(TrainerCommand.Run run)
            {
                var fence = run.Fence;
                var epoch = TimeSpan.FromSeconds((run.Unit.UnitId.StartsWith("warm", StringComparison.Ordinal) ? 1 : all.Seconds) * (0.5 + run.Unit.SeedRun.SearchSeed * 0.618 % 1) / Epochs);
                Say(new TrainerEvent.Started(fence, BenchSweep.Fingerprint, null, 0, [], NumericsChanged: false));
                for (var n = 1; n <= Epochs; n++)
                {
                    await Task.Delay(epoch);
                    var step = run.Unit.Phase * Epochs + n;
                    foreach (var name in new[] { "train_loss", "alpha_loss", "lambda_max" })
                        Say(new TrainerEvent.Metric(fence, step, step, name, 1.0 / step));
                }
                var file = new CheckpointRef(Path.Combine(run.OutputDirectory, "end.safetensors"), "00", 1, 1, 1, EndOfUnit: true);
                lock (all.done)
                    all.done.WriteLine(FormattableString.Invariant($"{run.Unit.UnitId} {fence} {TimeProvider.System.GetUtcNow().UtcTicks}"));
                Say(new TrainerEvent.Done(fence, file, new(run.Unit.Phase == all.Phases - 1, "-", Epochs, Epochs, false), null));
            }

            private void Say(TrainerEvent said) => inbox.TryWrite(new TrainerSignal.Said(said));
        }
    }
}
