using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Cli.Tests.Serving;

/// <summary>A thousand people who look at one sweep, whose units are finished one after the other while something is killed twice; each is to hear
/// every move once and in order.</summary>
internal static class WatchingCrowd
{
    private const int Watchers = 1000, Callers = 40, Runs = 150;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100), BeforeComingAgain = TimeSpan.FromMilliseconds(500);

    /// <summary>Fails unless everybody has heard all; else says how long it took.</summary>
    /// <param name="store">An empty one, which nobody's slots work for.</param>
    /// <param name="serveAsync">Starts a server over it, which asks for tokens, as there are some; returns its address.</param>
    /// <param name="killAsync">Kills something and starts it again; twice.</param>
    /// <param name="leastConnections">Of each watcher.</param>
    public static async Task<string> WatchAsync(IFarmStore store, Func<Task<string>> serveAsync, Func<Task> killAsync, int leastConnections)
    {
        var beginning = await store.ReadMovePositionAsync();
        await store.AcceptAsync(Plan("s", [.. Enumerable.Range(1, Runs).Select(seed => Run("darts", seed))]));
        // A caller may hold 32 streams open: these are several callers, as people are.
        var tokens = new List<string>();
        for (var n = 0; n < Callers; n++)
            tokens.Add((await Tokens.IssueAsync(store, $"caller {n}", "default", Role.Viewer, null, TimeProvider.System)).Text);
        var url = await serveAsync();
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue }) { Timeout = Timeout.InfiniteTimeSpan, BaseAddress = new(url) };
        using var enough = new CancellationTokenSource();
        var begun = Stopwatch.GetTimestamp();
        var watchers = Enumerable.Range(0, Watchers).Select(n => new Watcher(client, tokens[n % Callers], beginning)).ToList();
        var watching = watchers.Select(watcher => watcher.WatchAsync(enough.Token)).ToList();
        Assert.True(await Eventually.Holds(() => watchers.TrueForAll(watcher => watcher.IsConnected)), Progress(watchers));
        var connected = Stopwatch.GetElapsedTime(begun);

        // 1. Moves go on meanwhile.
        var moving = MoveAsync(store);
        foreach (var part in new[] { 1, 2 })
        {
            Assert.True(await Eventually.Holds(() => watchers.TrueForAll(watcher => watcher.Heard.Count > part * Runs / 2)), Progress(watchers));
            await killAsync();
        }
        await moving;
        var moved = Stopwatch.GetTimestamp();

        // 2. Everybody comes to the end.
        var all = await MovesAsync(store, beginning);
        Assert.True(await Eventually.Holds(() => watchers.TrueForAll(watcher => watcher.Heard.Count >= all.Count)), Progress(watchers));
        var (last, took) = (Stopwatch.GetElapsedTime(moved), Stopwatch.GetElapsedTime(begun));
        await enough.CancelAsync();
        await Task.WhenAll(watching);

        Assert.True(all.Count >= 2 * Runs, $"{all.Count} moves");
        Assert.All(watchers, watcher => Assert.Equal(all, watcher.Heard));
        Assert.All(watchers, watcher => Assert.False(watcher.HasMissed));
        Assert.All(watchers, watcher => Assert.InRange(watcher.Connections, leastConnections, int.MaxValue));
        return FormattableString.Invariant(
            $"{Watchers} watchers, {all.Count} moves, 2 kills in {took.TotalSeconds:0.0} s; all connected after {connected.TotalSeconds:0.0} s; the last heard the last move {last.TotalSeconds:0.0} s after it");
    }

    private static async Task MoveAsync(IFarmStore store)
    {
        using var pace = new PeriodicTimer(Pace);
        for (var seed = 1; seed <= Runs; seed++)
        {
            await store.FinishSearchAsync($"darts-s{seed}-p00");
            await pace.WaitForNextTickAsync();
        }
    }

    private static async Task<IReadOnlyList<string>> MovesAsync(IFarmStore store, MovePosition from)
    {
        var all = new List<UnitMove>();
        while (await store.ReadMovesAsync(from, 100) is { Moves.Count: > 0 } some)
        {
            all.AddRange(some.Moves);
            from = some.Reached;
        }
        return [.. all.Select(Text)];
    }

    private static string Text(UnitMove move) => FormattableString.Invariant($"{move.At.Seq}: {move.UnitId} of {move.RunId} {move.State} {move.Fence}");

    private static string Progress(IReadOnlyList<Watcher> watchers) =>
        $"{watchers.Count(watcher => watcher.IsConnected)} are connected and have heard {watchers.Min(w => w.Heard.Count)} to {watchers.Max(w => w.Heard.Count)} moves; last answers: "
        + string.Join(", ", watchers.GroupBy(watcher => watcher.Trouble).Select(same => $"{same.Key ?? "fine"} ×{same.Count()}"));

    /// <summary>Hears the sweep's events as a browser does: cut off, it comes again with the last id.</summary>
    private sealed class Watcher(HttpClient client, string token, MovePosition beginning)
    {
        private static readonly ConcurrentDictionary<string, string> Texts = new(StringComparer.Ordinal);

        private string last = FormattableString.Invariant($"{beginning.Writer}-{beginning.Seq}");

        // Its own task writes, others look.
        public ConcurrentQueue<string> Heard { get; } = [];

        public bool HasMissed { get; private set; }

        public bool IsConnected { get; private set; }

        public int Connections { get; private set; }

        public string? Trouble { get; private set; }

        public async Task WatchAsync(CancellationToken enough)
        {
            while (!enough.IsCancellationRequested)
            {
                try
                {
                    await ListenAsync(enough);
                    Trouble = "the stream ended";
                }
                catch (Exception cut) when (cut is HttpRequestException or IOException or OperationCanceledException)
                {
                    Trouble = cut is HttpRequestException { StatusCode: { } status } ? status.ToString() : cut.GetType().Name;
                }
                IsConnected = false;
                await Task.Delay(BeforeComingAgain, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        private async Task ListenAsync(CancellationToken enough)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/sweeps/s/events");
            request.Headers.Authorization = new("Bearer", token);
            request.Headers.Add("Last-Event-ID", last);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, enough);
            answer.EnsureSuccessStatusCode();
            using var text = new StreamReader(await answer.Content.ReadAsStreamAsync(enough));
            (string Kind, string Id, string Data) read = ("", "", "");
            while (await text.ReadLineAsync(enough) is { } line)
            {
                if (line.Length > 0)
                    read = line.Split(": ", 2) switch
                    {
                        ["event", var kind] => read with { Kind = kind },
                        ["id", var id] => read with { Id = id },
                        ["data", var data] => read with { Data = data },
                        _ => read,
                    };
                else
                {
                    Take(read.Kind, read.Id, read.Data);
                    read = ("", "", "");
                }
            }
        }

        private void Take(string kind, string id, string data)
        {
            if (kind == "aggregate")
            {
                IsConnected = true;
                Connections++;
                Trouble = null;
            }
            if (kind != "moves")
                return;
            using var moves = JsonDocument.Parse(data);
            HasMissed |= moves.RootElement.GetProperty("missed").GetBoolean();
            foreach (var move in moves.RootElement.GetProperty("moves").Deserialize<IReadOnlyList<UnitMove>>(CatalogJson.Compact)!)
            {
                var said = Text(move);
                Heard.Enqueue(Texts.GetOrAdd(said, said));
            }
            last = id;
        }
    }
}
