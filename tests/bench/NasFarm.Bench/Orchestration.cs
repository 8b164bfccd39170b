using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store.Postgres;

namespace NasFarm.Bench;

/// <summary>Trials that sleep, on slots that are real child processes: what is left over the ideal, trials × seconds / slots, is the farm's own.</summary>
internal static class Orchestration
{
    public static async Task<int> RunAsync(OrchestrationOptions options)
    {
        var plan = BenchSweep.Of(options.Trials);
        var folder = Directory.CreateTempSubdirectory("nasfarm-bench-");
        try
        {
            await using var store = await PostgresFarmStore.OpenAsync(options.Store, TimeProvider.System);
            await store.AcceptAsync(plan);
            var farm = new LocalFarm(store, new()
            {
                Owner = "bench", CpuSlots = options.Slots, Artifacts = folder.FullName,
                Trainer = new()
                {
                    Program = Environment.ProcessPath!,
                    Arguments = ["sleeping-trainer", options.Seconds.ToString(CultureInfo.InvariantCulture)],
                },
            }, TimeProvider.System);
            var (began, usedBefore) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var ending = await farm.RunAsync([plan.SweepId], CancellationToken.None);
            var (took, used) = (Stopwatch.GetElapsedTime(began).TotalSeconds, (Environment.CpuUsage.TotalTime - usedBefore).TotalSeconds);
            var counts = await store.ReadCountsAsync(plan.SweepId);
            var ideal = options.Trials * options.Seconds / options.Slots;
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                what = "orchestration", trials = options.Trials, trial_s = options.Seconds, slots = options.Slots, ideal_s = ideal, took_s = took,
                overhead = took / ideal - 1, farm_cpu_ms_per_trial = 1000 * used / options.Trials, ending = ending.GetType().Name, finished = counts!.Finished,
            }));
            return counts.Finished == options.Trials ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>How many trials of what length on how many slots.</summary>
internal sealed record OrchestrationOptions(string Store, int Trials = 10_000, double Seconds = 1, int Slots = 16)
{
    public static OrchestrationOptions Parse(string[] arguments)
    {
        var options = new OrchestrationOptions(Environment.GetEnvironmentVariable("NASFARM_STORE") ?? "");
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            options = arguments[i] switch
            {
                "--store" => options with { Store = arguments[i + 1] },
                "--trials" => options with { Trials = int.Parse(arguments[i + 1], CultureInfo.InvariantCulture) },
                "--seconds" => options with { Seconds = double.Parse(arguments[i + 1], CultureInfo.InvariantCulture) },
                "--slots" => options with { Slots = int.Parse(arguments[i + 1], CultureInfo.InvariantCulture) },
                _ => throw new ArgumentException($"There is no option {arguments[i]}."),
            };
        }
        return options;
    }
}
