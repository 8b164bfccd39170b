using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;

namespace NasFarm.Bench;

/// <summary>One process that speaks for many trainers: each measures at a steady rate from the moment it is told to run, and is then done.</summary>
internal sealed class StreamGenerator(double rate, double seconds)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private readonly Lock gate = new();
    private readonly List<Running> streams = [];

    private sealed class Running(string number, TrainerCommand.Run run)
    {
        public string Number => number;

        public TrainerCommand.Run Run => run;

        public long Began { get; } = Stopwatch.GetTimestamp();

        /// <summary>Lines said; -1: not even that it began.</summary>
        public int Said { get; set; } = -1;
    }

    public static async Task<int> RunAsync(string[] arguments)
    {
        var generator = new StreamGenerator(
            double.Parse(arguments[0], CultureInfo.InvariantCulture), double.Parse(arguments[1], CultureInfo.InvariantCulture));
        _ = generator.ListenAsync();
        await generator.SpeakAsync();
        return 0;
    }

    private async Task ListenAsync()
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync() is { } line)
        {
            var space = line.IndexOf(' ');
            if (JsonSerializer.Deserialize<TrainerCommand>(line[(space + 1)..], CatalogJson.Compact) is not TrainerCommand.Run run)
                continue;
            lock (gate)
                streams.Add(new(line[..space], run));
        }
        Environment.Exit(0);
    }

    private async Task SpeakAsync()
    {
        await using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16) { NewLine = "\n" };
        using var beats = new PeriodicTimer(Beat);
        while (await beats.WaitForNextTickAsync())
        {
            lock (gate)
            {
                foreach (var stream in streams)
                    Speak(stream, output);
                streams.RemoveAll(stream => stream.Said > rate * seconds);
            }
            await output.FlushAsync();
        }
    }

    private void Speak(Running stream, StreamWriter output)
    {
        var fence = stream.Run.Fence;
        if (stream.Said < 0)
        {
            Say(new TrainerEvent.Started(fence, BenchSweep.Fingerprint, null, 0, [], NumericsChanged: false));
            stream.Said = 0;
        }
        var all = (int)(rate * seconds);
        for (var due = Math.Min(all, (int)(rate * Stopwatch.GetElapsedTime(stream.Began).TotalSeconds)); stream.Said < due; stream.Said++)
            Say(new TrainerEvent.Metric(fence, stream.Said, 1, "train_loss", 1.0 / (stream.Said + 1)));
        if (stream.Said == all)
        {
            var file = new CheckpointRef(Path.Combine(stream.Run.OutputDirectory, "end.safetensors"), "00", 1, 1, 1, EndOfUnit: true);
            Say(new TrainerEvent.Done(fence, file, new(true, "cell", 1, 1, false), null));
            stream.Said++;
        }

        void Say(TrainerEvent said)
        {
            output.Write(stream.Number);
            output.Write(' ');
            output.WriteLine(JsonSerializer.Serialize(said, CatalogJson.Compact));
        }
    }
}
