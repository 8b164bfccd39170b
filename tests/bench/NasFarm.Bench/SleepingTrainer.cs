using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;

namespace NasFarm.Bench;

/// <summary>A trainer that sleeps where others train: it speaks the protocol, writes a durable end checkpoint, and takes the next unit.</summary>
internal static class SleepingTrainer
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var unitSeconds = TimeSpan.FromSeconds(double.Parse(arguments[0], CultureInfo.InvariantCulture));
        await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true, NewLine = "\n" };
        using var input = new StreamReader(Console.OpenStandardInput());
        await Say(output, new TrainerEvent.Hello(Environment.ProcessId, "bench", TrainerEvent.Hello.CurrentProtocol));
        while (await input.ReadLineAsync() is { } line)
        {
            // Leases and stops come while it sleeps and are read when it is done: a unit is shorter than a lease.
            if (JsonSerializer.Deserialize<TrainerCommand>(line, CatalogJson.Compact) is not TrainerCommand.Run run)
                continue;
            await Say(output, new TrainerEvent.Started(run.Fence, BenchSweep.Fingerprint, null, 0, [], NumericsChanged: false));
            await Task.Delay(unitSeconds);
            await Say(output, new TrainerEvent.Metric(run.Fence, 0, 1, "train_loss", 1));
            await Say(output, new TrainerEvent.Done(run.Fence, Save(run), new(true, "cell", 1, 1, false), null));
        }
        return 0;
    }

    private static CheckpointRef Save(TrainerCommand.Run run)
    {
        var path = Path.Combine(run.OutputDirectory, "end.safetensors");
        var bytes = new byte[1024];
        using (var file = File.Create(path))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        return new(path, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, 1, 1, EndOfUnit: true);
    }

    private static Task Say(StreamWriter output, TrainerEvent said) => output.WriteLineAsync(JsonSerializer.Serialize(said, CatalogJson.Compact));
}
