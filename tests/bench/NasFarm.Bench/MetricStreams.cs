using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Trainers;
using Npgsql;

namespace NasFarm.Bench;

/// <summary>Many trainers that measure many times a second: each a unit of its own with its own slot and supervisor, a few processes writing their
/// lines. How long until every row is durable, and is every row there once?</summary>
internal static class MetricStreams
{
    public static async Task<int> RunAsync(MetricStreamsOptions options)
    {
        var plan = BenchSweep.Of(options.Streams);
        var folder = Directory.CreateTempSubdirectory("nasfarm-bench-");
        try
        {
            await using var store = await PostgresFarmStore.OpenAsync(options.Store, TimeProvider.System);
            await store.AcceptAsync(plan);
            using var generators = new Generators(options);
            var farm = new LocalFarm(store, new()
            {
                Owner = "bench", CpuSlots = options.Streams, Artifacts = folder.FullName,
                Trainer = new() { Program = "none: the generators are started here" },
            }, TimeProvider.System, launcher: generators);
            var (began, usedBefore) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            await farm.RunAsync([plan.SweepId], CancellationToken.None);
            var (took, used) = (Stopwatch.GetElapsedTime(began).TotalSeconds, (Environment.CpuUsage.TotalTime - usedBefore).TotalSeconds);
            var expected = (long)(options.Streams * options.Rate * options.Seconds);
            var rows = await CountAsync(options.Store);
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                what = "metric-streams", streams = options.Streams, per_second = options.Rate, seconds = options.Seconds, generators = options.Processes,
                rows, expected_rows = expected, took_s = took, farm_cpu_s = used,
            }));
            return rows == expected ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<long> CountAsync(string address)
    {
        await using var source = NpgsqlDataSource.Create(PostgresAddress.Parse(address).Connection(TimeSpan.FromMinutes(1)));
        await using var count = source.CreateCommand("SELECT COUNT(*) FROM metric WHERE void = 0");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    /// <summary>The processes that write; each speaks for many trainers, a line beginning with the trainer's number.</summary>
    private sealed class Generators : ITrainerLauncher, IDisposable
    {
        private readonly List<Process> processes = [];
        private readonly List<ChannelWriter<TrainerSignal>> inboxes = [];
        private readonly Lock gate = new();

        public Generators(MetricStreamsOptions options)
        {
            for (var n = 0; n < options.Processes; n++)
            {
                var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!,
                    ["stream-generator", options.Rate.ToString(CultureInfo.InvariantCulture), options.Seconds.ToString(CultureInfo.InvariantCulture)])
                {
                    RedirectStandardInput = true, RedirectStandardOutput = true,
                })!;
                processes.Add(process);
                _ = HearAsync(process);
            }
        }

        public Task<ITrainer> StartAsync(IReadOnlyDictionary<string, string> environment, ChannelWriter<TrainerSignal> inbox)
        {
            lock (gate)
            {
                inboxes.Add(inbox);
                inbox.TryWrite(new TrainerSignal.Said(new TrainerEvent.Hello(Environment.ProcessId, "bench", TrainerEvent.Hello.CurrentProtocol)));
                return Task.FromResult<ITrainer>(new Stream(environment, inboxes.Count - 1, processes[inboxes.Count % processes.Count]));
            }
        }

        public void Dispose()
        {
            foreach (var process in processes)
            {
                process.Kill();
                process.Dispose();
            }
        }

        private async Task HearAsync(Process process)
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                var space = line.IndexOf(' ');
                ChannelWriter<TrainerSignal> inbox;
                lock (gate)
                    inbox = inboxes[int.Parse(line.AsSpan(0, space), CultureInfo.InvariantCulture)];
                inbox.TryWrite(TrainerSignal.Parse(line[(space + 1)..]));
            }
        }
    }

    private sealed class Stream(IReadOnlyDictionary<string, string> environment, int number, Process process) : ITrainer
    {
        public IReadOnlyDictionary<string, string> Environment => environment;

        public int ProcessId => process.Id;

        public bool IsAlive => true;

        public IReadOnlyList<string> Log => [];

        public Task SendAsync(TrainerCommand command)
        {
            lock (process)
            {
                process.StandardInput.Write(string.Create(CultureInfo.InvariantCulture, $"{number} {JsonSerializer.Serialize(command, CatalogJson.Compact)}\n"));
                process.StandardInput.Flush();
            }
            return Task.CompletedTask;
        }

        public void Kill(KillCause cause, string why)
        {
            if (cause != KillCause.Dismissed)
                throw new InvalidOperationException($"Stream {number} was to be killed: {cause}, {why}");
        }

        public void ClearLog()
        {
            // It has none.
        }

        public long ResidentBytes() => 0;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>How many trainers, how many rows a second and how long.</summary>
internal sealed record MetricStreamsOptions(string Store, int Streams = 1000, double Rate = 10, double Seconds = 100, int Processes = 8)
{
    public static MetricStreamsOptions Parse(string[] arguments)
    {
        var options = new MetricStreamsOptions(Environment.GetEnvironmentVariable("NASFARM_STORE") ?? "");
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            double Number() => double.Parse(arguments[i + 1], CultureInfo.InvariantCulture);
            options = arguments[i] switch
            {
                "--store" => options with { Store = arguments[i + 1] },
                "--streams" => options with { Streams = (int)Number() },
                "--rate" => options with { Rate = Number() },
                "--seconds" => options with { Seconds = Number() },
                "--processes" => options with { Processes = (int)Number() },
                _ => throw new ArgumentException($"There is no option {arguments[i]}."),
            };
        }
        return options;
    }
}
