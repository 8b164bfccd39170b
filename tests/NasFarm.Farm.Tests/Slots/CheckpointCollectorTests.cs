using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Slots;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Slots;

public sealed class CheckpointCollectorTests : IAsyncLifetime
{
    private readonly TestFolder folder = new();
    private readonly ManualTime clock = new();
    private LocalDirectory artifacts = null!;
    private IFarmStore store = null!;

    public async Task InitializeAsync()
    {
        artifacts = new(folder.File("artifacts"));
        store = await SqliteFarmStore.OpenAsync(folder.File("farm.db"), clock);
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    public static TheoryData<string, string, int, string, string, string> Cases => new()
    {
        { "open: the last two", "darts", 2, "open", "4 3 2 1", "2 1" },
        { "open: as many as asked", "darts", 3, "open", "4 3 2 1", "1" },
        { "open and able to roll back: all", "sgas-es", 2, "open", "4 3 2 1", "" },
        { "open placebo: all", "sgas-es-placebo", 2, "open", "4 3 2 1", "" },
        { "done: the end", "sgas-es", 2, "done", "4e 4 3 2", "4 3 2" },
        { "done twice over: the newest end", "darts", 2, "done", "4e 4e 3", "4e 3" },
        { "finished long ago: not even the end", "darts", 2, "old", "4e 3", "4e 3" },
        { "void rows never stay", "sgas-es", 2, "open", "4v 3 2v 1", "4v 2v" },
        { "void rows do not count as the last two", "darts", 2, "open", "4v 3 2 1", "4v 1" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Retention_lets_go_of(string because, string method, int keepLast, string state, string files, string droppable)
    {
        var rows = files.Split(' ').Select((word, n) => new ArtifactRow(
            new("u", 9 - n), new($"u/{n}-{word}", "sha", 1, word[0] - '0', 0, word.EndsWith('e')), word.EndsWith('v'))).ToList();

        var dropped = Retention.Droppable(new("u", UnitKind.Search, method, state != "open", state == "old", rows), keepLast);

        Assert.True(droppable == string.Join(' ', dropped.Select(r => r.File.Path.Split('-')[1])), because);
    }

    [Fact]
    public async Task Only_unreferenced_files_older_than_two_leases_go()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var key = (await store.MustClaimAsync("darts-s1-p00")).Key;
        var files = Enumerable.Range(1, 4).Select(trained => TestPlans.File(key.UnitId, 1, trained)).ToList();
        await store.AppendAsync(key, [.. files.Select(f => new TrainerEvent.Checkpoint(1, f, 0))]);
        foreach (var file in files)
            Write(file.Path, age: 3);
        // Of an attempt that is over, of one that has just begun to write, and of the one that lives.
        Write("darts-s1-p00/fence-9/5.tmp", age: 3);
        Write("darts-s1-p00/fence-9/6.tmp", age: 1);
        Write("darts-s1-p00/fence-1/5.tmp", age: 3);
        Write("notes.txt", age: 3);
        Write("darts-s1-p00/notes.txt", age: 3);

        var collector = new CheckpointCollector(store, artifacts, new RetentionOptions(), Lease, clock);
        Assert.Equal(new CollectReport(2, 3, 21), await collector.CollectAsync(dryRun: true));
        Assert.Equal(9, Files().Count());
        Assert.Equal(new CollectReport(2, 3, 21), await collector.CollectAsync());
        Assert.Equal(new CollectReport(0, 0, 0), await collector.CollectAsync());

        Assert.Equal(
            ["darts-s1-p00/fence-1/3.safetensors", "darts-s1-p00/fence-1/4.safetensors", "darts-s1-p00/fence-1/5.tmp", "darts-s1-p00/fence-9/6.tmp", "darts-s1-p00/notes.txt", "notes.txt"],
            Files());
    }

    [Fact]
    public async Task Ends_go_only_when_asked_and_only_of_runs_that_are_finished_for_so_long()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2, retrains: 1)));
        foreach (var unit in new[] { "darts-s1-p00", "darts-s2-p00" })
        {
            Write(TestPlans.File(unit, 1, 2, end: true).Path, age: 3);
            await store.FinishSearchAsync(unit);
        }
        var (forever, oneDay) = (Collector(null), Collector(1));

        clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(new CollectReport(0, 0, 0), await forever.CollectAsync());
        Assert.Equal(new CollectReport(1, 1, 7), await oneDay.CollectAsync());
        Assert.Equal(["darts-s2-p00/fence-1/2-end.safetensors"], Files());

        // The other run was waiting for its retrain job.
        var history = await store.EffectiveHistoryAsync("darts-s1");
        Assert.Contains("darts-s1-p00-2-True", history, StringComparison.Ordinal);
        await store.FinishRetrainAsync("darts-s2-t0");
        clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(2, (await oneDay.CollectAsync()).Rows);
        Assert.Empty(Files());

        CheckpointCollector Collector(int? days) => new(store, artifacts, new RetentionOptions { KeepEndDays = days }, Lease, clock);
    }

    private IEnumerable<string> Files() => Directory.EnumerateFiles(artifacts.LocalRoot, "*", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(artifacts.LocalRoot, f)).Order(StringComparer.Ordinal);

    private void Write(string path, int age)
    {
        var full = Path.Combine(artifacts.LocalRoot, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        System.IO.File.WriteAllText(full, "weights");
        System.IO.File.SetLastWriteTimeUtc(full, (clock.GetUtcNow() - age * Lease).UtcDateTime);
    }
}
