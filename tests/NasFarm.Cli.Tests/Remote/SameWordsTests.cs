using NasFarm.Catalog.Units;
using NasFarm.Cli.Tests.Kills;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Cli.Tests.Remote;

/// <summary>What a command prints and writes of a store, it prints and writes of a server that has this store open.</summary>
[Collection(CallersAlone.Name)]
public sealed class SameWordsTests(SameWordsTests.ReadFarm shared) : IClassFixture<SameWordsTests.ReadFarm>, IDisposable
{
    private const string Cell = "|nor_conv_3x3~0|+|nor_conv_3x3~0|skip_connect~1|+|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|";

    private readonly Person person = new();
    private readonly FarmOnLoopback farm = shared.Farm;

    /// <summary>A farm that tests only read, or submit to.</summary>
    public sealed class ReadFarm : IAsyncLifetime
    {
        internal FarmOnLoopback Farm { get; private set; } = null!;

        public async Task InitializeAsync() => Farm = await FarmOnLoopback.StartAsync(FillAsync);

        public async Task DisposeAsync() => await Farm.DisposeAsync();
    }

    public void Dispose() => person.Dispose();

    [Theory]
    [InlineData("status")]
    [InlineData("status", "s1", "--runs", "2")]
    [InlineData("status", "--json")]
    [InlineData("compare")]
    [InlineData("compare", "sweep s1", "--json")]
    [InlineData("why", "darts-s3")]
    [InlineData("why", "darts-s3", "--json")]
    [InlineData("get", "s1")]
    [InlineData("get", "darts-s1")]
    [InlineData("get", "darts-s1", "--artifacts")]
    [InlineData("logs", "darts-s1")]
    [InlineData("logs", "sgas-s2", "--json")]
    [InlineData("watch", "over")]
    [InlineData("watch", "over", "--json")]
    public async Task A_command_says_the_same(params string[] words)
    {
        var here = await Person.RunAsync([.. words, "--home", farm.Place.Home]);
        var there = await Person.RunAsync([.. words, "--server", farm.Url]);

        Assert.Equal("", here.Errors);
        Assert.NotEqual("", here.Output);
        Assert.Equal((here.ExitCode, here.Output, here.Errors), (there.ExitCode, there.Output, there.Errors));
    }

    [Fact]
    public async Task Commands_of_control_do_and_say_the_same()
    {
        // Each has a farm of its own: what is done twice does nothing the second time.
        await using var other = await FarmOnLoopback.StartAsync(FillAsync);
        await using var farm = await FarmOnLoopback.StartAsync(FillAsync);
        foreach (var words in new[]
        {
            "pause s1/seed=3 --operation p --json", "pause s1 --operation p1", "pause s1/seed=3 --operation p --json", "resume s1 --operation r", "cancel s1/darts-s4 --operation c",
            "retry sgas-s2-p00 --operation t", "retry darts-s1 --operation u --json", "priority s1 7 --operation n", "cancel s1 --operation c1 --json",
        })
        {
            var here = await Person.RunAsync([.. words.Split(' '), "--home", other.Place.Home]);
            var there = await Person.RunAsync([.. words.Split(' '), "--server", farm.Url]);
            Assert.True(here.ExitCode == ExitCodes.Done && here == there, $"{words}\nhere: {here}\nthere: {there}");
        }

        var (counted, done) = (await other.Store.ReadCountsAsync("s1"), await farm.Store.ReadCountsAsync("s1"));
        Assert.Equal(counted, done);
        Assert.True(done!.Cancelled > 0);
        Assert.Equal(7, (await farm.Store.ListSweepsAsync()).Single(s => s.SweepId == "s1").Priority);
    }

    [Theory]
    [InlineData("status", "swep s1")]
    [InlineData("why", "dart-s1")]
    [InlineData("pause", "s1/seed=9")]
    [InlineData("pause", "darts-s1-p00")]
    [InlineData("priority", "darts-s1", "3")]
    [InlineData("get", "darts-s1", "--artifact", "abc", "--to", "x")]
    [InlineData("submit", "absent.yaml")]
    public async Task A_mistake_is_told_the_same(params string[] words)
    {
        var here = await Person.RunAsync([.. words, "--home", farm.Place.Home]);
        await Person.RefusedAsync(here.ExitCode, [.. words, "--server", farm.Url], here.Errors);
        Assert.Equal(ExitCodes.BadInput, here.ExitCode);
    }

    [Fact]
    public async Task Reports_figures_and_exports_have_the_same_bytes()
    {
        foreach (var (at, place) in new[] { ("here", "--home"), ("there", "--server") })
        {
            var (folder, farmAt) = (Path.Combine(farm.Place.Folder, at), place == "--home" ? farm.Place.Home : farm.Url);
            await Person.MustRunAsync("export", "s1", "--to", folder, place, farmAt);
            await Person.MustRunAsync("export", "s1", "--to", folder, "--format", "json", place, farmAt);
            await Person.MustRunAsync("compare", "s1", "--report", Path.Combine(folder, "report.html"), "--figures", Path.Combine(folder, "figures"), place, farmAt);
        }
        var here = Files("here");

        Assert.Equal(here, Files("there"));
        Assert.Superset(new HashSet<string> { "arms.csv", "contrasts.csv", "runs.csv", "sweep.json", "report.html", "figures/figures.csv" }, here.Keys.ToHashSet());

        SortedDictionary<string, string> Files(string at)
        {
            var folder = Path.Combine(farm.Place.Folder, at);
            return new(Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(folder, file), System.IO.File.ReadAllText), StringComparer.Ordinal);
        }
    }

    [Fact]
    public async Task A_manifest_means_the_same_and_its_errors_are_told_with_their_places()
    {
        person.Set("NASFARM_DATA", farm.Place.Data);
        var (good, bad) = (farm.Place.Write("good.yaml", Reference.Sweeps["greedy"]), farm.Place.Write("bad.yaml", Reference.Sweeps["greedy"].Replace("  methods:", "  methuds:", StringComparison.Ordinal)));
        foreach (var word in new[] { "plan", "submit" })
        {
            var wrong = await Person.RunAsync(word, bad, "--home", farm.Place.Home);
            Assert.StartsWith("bad.yaml:5:", wrong.Errors, StringComparison.Ordinal);
            await Person.RefusedAsync(ExitCodes.BadInput, [word, bad, "--server", farm.Url], wrong.Errors);
        }
        Assert.Equal(await Person.MustRunAsync("plan", good, "--no-measure", "--home", farm.Place.Home), await Person.MustRunAsync("plan", good, "--server", farm.Url));
        Assert.Equal(await Person.MustRunAsync("plan", good, "--json", "--no-measure", "--home", farm.Place.Home), await Person.MustRunAsync("plan", good, "--json", "--server", farm.Url));
        Assert.Contains("3 seed-runs, 3 new", await Person.MustRunAsync("submit", good, "--server", farm.Url), StringComparison.Ordinal);
        Assert.Equal(await Person.MustRunAsync("submit", good, "--json", "--home", farm.Place.Home), await Person.MustRunAsync("submit", good, "--json", "--server", farm.Url));
    }

    /// <summary>A sweep with finished, failed, running and waiting runs, and one that is over.</summary>
    private static async Task FillAsync(SqliteFarmStore store)
    {
        await store.AcceptAsync(Plan("over", Run("random", 1)) with { Name = "over" });
        await FinishAsync(store, "random-s1", retrain: null);
        await store.AcceptAsync(Plan("s1", [.. new[] { "darts", "sgas" }.SelectMany(arm => Enumerable.Range(1, 5).Select(seed => Run(arm, seed, retrains: 1)))]) with { MaxAttempts = 1 });
        foreach (var (run, accuracy) in new[] { ("darts-s1", 91.5), ("sgas-s1", 92.25), ("darts-s2", 90.125) })
        {
            await FinishAsync(store, run, accuracy);
        }
        var failing = await store.MustClaimAsync("sgas-s2-p00");
        await store.RecordStartedAsync(failing.Key, Started(failing.Key.Fence));
        await store.EndAttemptAsync(failing.Key, FailureReason.NativeCrash, "it fell over", ["line one", "line two"]);
        await store.MustClaimAsync("darts-s5-p00");
    }

    private static async Task FinishAsync(SqliteFarmStore store, string run, double? retrain)
    {
        var search = await store.MustClaimAsync($"{run}-p00");
        await store.RecordStartedAsync(search.Key, Started(search.Key.Fence));
        await store.AppendAsync([new(search.Key, [Metric(search.Key.Fence, 1, "lambda_max", 0.5), Decision(search.Key.Fence, 1, "pruned", "{\"edge\":3}")])]);
        await store.CompleteAsync(search.Key, SearchDone($"{run}-p00", search.Key.Fence) with { Search = new(true, Cell, 2, 2, Diverged: false) }, ["the last words of the search"]);
        if (retrain is not { } accuracy)
            return;
        var job = await store.MustClaimAsync($"{run}-t0");
        await store.RecordStartedAsync(job.Key, Started(job.Key.Fence));
        await store.CompleteAsync(job.Key, RetrainDone($"{run}-t0", job.Key.Fence, accuracy), []);
    }
}
