using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Orleans.Hosting;
using NasFarm.Orleans.Programs;
using Npgsql;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;

namespace NasFarm.Bench;

/// <summary>Silos as processes, thousands of slots in each, and watchers of one sweep: how long from a trainer's last word until a watcher has the
/// move, and what a unit costs the control plane?</summary>
internal static class Scale
{
    public static async Task<int> RunAsync(ScaleOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("nasfarm-bench-");
        await using var store = await PostgresFarmStore.OpenAsync(options.Store, TimeProvider.System);
        var silos = new List<Process>();
        var durable = new ConcurrentDictionary<(string, long), long>();
        var received = new ConcurrentDictionary<(string Unit, long Fence), long>[options.Watchers];
        try
        {
            for (var n = 0; n < options.Silos; n++)
                silos.Add(await StartAsync(options, folder, options.Slots / options.Silos, durable));
            using var client = await ConnectAsync(options.Store);
            var host = new ClusterHost(client.Services.GetRequiredService<IClusterClient>(), store, TimeProvider.System, Console.Error.WriteLine);

            // 1. Everything has been used, so often that .NET has compiled most of what it will.
            var warming = Stopwatch.GetTimestamp();
            for (var n = 0; n == 0 || Stopwatch.GetElapsedTime(warming).TotalSeconds < options.WarmSeconds; n++)
            {
                var warm = FormattableString.Invariant($"warm{n}");
                await host.SubmitAsync(BenchSweep.Of(options.Slots / 4, warm));
                await UntilAsync(async () => (await store.ReadCountsAsync(warm))!.Open == 0);
            }
            await Task.Delay(TimeSpan.FromSeconds(5));

            // 2. The sweep, and those who watch it.
            using var stop = new CancellationTokenSource();
            var position = await store.ReadMovePositionAsync();
            var (before, serverBefore, compiledBefore, began) = (silos.Sum(Cpu), ServerCpu(), silos.Sum(Compiling), Stopwatch.GetTimestamp());
            await host.SubmitAsync(BenchSweep.Of(options.Slots, BenchSweep.Id));
            var watching = Enumerable.Range(0, options.Watchers).Select(n => WatchAsync(host, position, received[n] = new(), stop.Token)).ToList();
            var atOnce = 0;
            var units = options.Slots * options.Phases;
            var full = 0.0;
            while ((await store.ReadEndsAsync(BenchSweep.Id))! is var ends && ends.Finished < ends.Declared)
            {
                // A unit whose slot ends is followed by the next one: until the first run is over they are as many as they will be.
                if (ends.Finished == 0 && (await store.ReadUseAsync()).Present.Sum(use => use.Slots) is var running && running > atOnce)
                    (atOnce, full) = (running, Stopwatch.GetElapsedTime(began).TotalSeconds);
                await Task.Delay(TimeSpan.FromSeconds(2));
            }
            var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
            var (used, server, compiled) = (silos.Sum(Cpu) - before, ServerCpu() - serverBefore, silos.Sum(Compiling) - compiledBefore);
            await UntilAsync(() => Task.FromResult(received.All(r => r.Count >= units)));
            await stop.CancelAsync();
            await Task.WhenAll(watching);

            // 3. What they heard, and when.
            foreach (var silo in silos)
                await LeaveAsync(silo);
            var done = folder.EnumerateFiles("*.done").SelectMany(file => File.ReadLines(file.FullName)).Select(line => line.Split(' '))
                .ToDictionary(w => (w[0], long.Parse(w[1], CultureInfo.InvariantCulture)), w => long.Parse(w[2], CultureInfo.InvariantCulture));
            var heard = received.SelectMany(r => r).ToList();
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                what = "scale", silos = options.Silos, slots = options.Slots, phases = options.Phases, unit_s = options.Seconds, units, took_s = took,
                most_at_once = atOnce, at_once_after_s = full, watchers = options.Watchers, warm_s = options.WarmSeconds,
                said_to_watcher_ms = Quantiles(heard.Select(r => r.Value - done[r.Key])),
                said_to_durable_ms = Quantiles(done.Where(d => d.Key.Item1.StartsWith(BenchSweep.Id, StringComparison.Ordinal) && durable.ContainsKey(d.Key)).Select(d => durable[d.Key] - d.Value)),
                durable_to_watcher_ms = Quantiles(heard.Select(r => r.Value - durable[r.Key])),
                silo_cpu_ms_per_unit = 1000 * used / units, of_that_compiling_ms = 1000 * compiled / units, database_cpu_ms_per_unit = 1000 * server / units,
            }));
            return 0;
        }
        finally
        {
            foreach (var silo in silos.Where(silo => !silo.HasExited))
                silo.Kill();
            folder.Delete(recursive: true);
        }
    }

    private static object Quantiles(IEnumerable<long> ticks)
    {
        var sorted = ticks.Select(t => t / (double)TimeSpan.TicksPerMillisecond).Order().ToList();
        double At(double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
        return new { p50 = At(.5), p95 = At(.95), p99 = At(.99), most = sorted[^1] };
    }

    private static async Task WatchAsync(IFarmHost host, Farm.Store.MovePosition from, ConcurrentDictionary<(string, long), long> received, CancellationToken stop)
    {
        try
        {
            await foreach (var news in host.WatchAsync(BenchSweep.Id, from, stop))
            {
                var now = TimeProvider.System.GetUtcNow().UtcTicks;
                foreach (var move in news.Moves.Where(move => move.State == "done"))
                    received.TryAdd((move.UnitId, move.Fence), now);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It has heard all.
        }
    }

    private static async Task<Process> StartAsync(
        ScaleOptions options, DirectoryInfo folder, int slots, ConcurrentDictionary<(string, long), long> durable)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!,
            ["silo", folder.FullName, options.Seconds.ToString(CultureInfo.InvariantCulture), options.Phases.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["NASFARM_STORE"] = options.Store;
        // Its thread stays, so that what it used can be read.
        start.Environment["DOTNET_TC_BackgroundWorkerTimeoutMs"] = "7FFFFFFF";
        foreach (var (name, value) in new[] { ("SILOPORT", Free()), ("GATEWAYPORT", Free()), ("CPUSLOTS", slots), ("LEASESECONDS", (int)options.LeaseSeconds) })
            start.Environment[SiloSettings.Prefix + name] = value.ToString(CultureInfo.InvariantCulture);
        var silo = Process.Start(start)!;
        while (await silo.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.Contains("\"ready\"", StringComparison.Ordinal))
                continue;
            _ = HearAsync(silo, durable);
            return silo;
        }
        throw new InvalidOperationException("A silo ended before it was ready.");
    }

    /// <summary>When a silo said that a unit's result was durable.</summary>
    private static async Task HearAsync(Process silo, ConcurrentDictionary<(string, long), long> durable)
    {
        while (await silo.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.Contains("\"completed\"", StringComparison.Ordinal))
                continue;
            var said = JsonDocument.Parse(line).RootElement;
            durable[(said.GetProperty("unit").GetString()!, said.GetProperty("fence").GetInt64())] = said.GetProperty("at").GetDateTimeOffset().UtcTicks;
        }
    }

    private static async Task<IHost> ConnectAsync(string store)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleansClient(client => client
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("nasfarm", "nasfarm"))
            .UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = (SiloProgram.Invariant, PostgresAddress.Parse(store).ForOthers(4))));
        var client = builder.Build();
        await client.StartAsync();
        return client;
    }

    private static async Task LeaveAsync(Process silo)
    {
        using (Process.Start("kill", ["-TERM", silo.Id.ToString(CultureInfo.InvariantCulture)]))
            await silo.WaitForExitAsync();
    }

    private static double Cpu(Process silo)
    {
        silo.Refresh();
        return silo.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>What the thread that compiles a second time has used so far, in seconds. It does not end while the silo lives.</summary>
    private static double Compiling(Process silo) =>
        Directory.EnumerateDirectories(FormattableString.Invariant($"/proc/{silo.Id}/task"))
            .Where(thread => File.ReadAllText(Path.Combine(thread, "comm")).StartsWith(".NET Tiered", StringComparison.Ordinal))
            .Sum(thread => Words(Path.Combine(thread, "stat"))[11..13].Sum(word => long.Parse(word, CultureInfo.InvariantCulture))) / 100.0;

    /// <summary>The fields of a <c>stat</c> of /proc behind the name, which may have spaces.</summary>
    private static string[] Words(string file)
    {
        var text = File.ReadAllText(file);
        return text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    /// <summary>Of the server and those of its processes that have ended or live.</summary>
    private static double ServerCpu()
    {
        if (Environment.GetEnvironmentVariable("PGDATA") is not { } data)
            return double.NaN;
        var postmaster = File.ReadLines(Path.Combine(data, "postmaster.pid")).First();
        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsDigit(Path.GetFileName(f)[0])))
        {
            string[] words;
            try
            {
                words = Words(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                // It has just ended.
                continue;
            }
            if (Path.GetFileName(folder) == postmaster)
                ticks += words[11..15].Sum(word => long.Parse(word, CultureInfo.InvariantCulture));
            else if (words[1] == postmaster)
                ticks += words[11..13].Sum(word => long.Parse(word, CultureInfo.InvariantCulture));
        }
        return ticks / 100.0;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var look = 0; look < 600 && !await holds(); look++)
            await Task.Delay(500);
        if (!await holds())
            throw new TimeoutException("The bench waited for five minutes.");
    }

    private static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
