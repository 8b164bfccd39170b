using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Slots;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Slots;

public sealed class CheckpointCollectorTests : IAsyncLifetime
{
    private readonly TestFolder folder = new();
    private readonly ManualTime clock = new();
    private ArtifactFolder artifacts = null!;
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

    public static TheoryData<string, string, bool, string, string> Cases => new()
    {
        { "open: the last two", "darts", false, "4 3 2 1", "2 1" },
        { "open and able to roll back: all", "sgas-es", false, "4 3 2 1", "" },
        { "open placebo: all", "sgas-es-placebo", false, "4 3 2 1", "" },
        { "done: the end", "sgas-es", true, "4e 4 3 2", "4 3 2" },
        { "done twice over: the newest end", "darts", true, "4e 4e 3", "4e 3" },
        { "void rows never stay", "sgas-es", false, "4v 3 2v 1", "4v 2v" },
        { "void rows do not count as the last two", "darts", false, "4v 3 2 1", "4v 1" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Retention_lets_go_of(string because, string method, bool done, string files, string droppable)
    {
        var rows = files.Split(' ').Select((word, n) => new ArtifactRow(
            new("u", 9 - n), new($"u/{n}-{word}", "sha", 1, word[0] - '0', 0, word.EndsWith('e')), word.EndsWith('v'))).ToList();

        var dropped = Retention.Droppable(new("u", UnitKind.Search, method, done, rows));

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
        Write("darts-s1-p00/fence-1/5.tmp", age: 3);
        Write("darts-s1-p00/fence-1/6.tmp", age: 1);
        Write("notes.txt", age: 3);
        Write("darts-s1-p00/notes.txt", age: 3);

        var collector = new CheckpointCollector(store, artifacts, Lease, clock);
        Assert.Equal((3, 21L), await collector.CollectAsync());
        Assert.Equal((0, 0L), await collector.CollectAsync());

        Assert.Equal(
            ["darts-s1-p00/fence-1/3.safetensors", "darts-s1-p00/fence-1/4.safetensors", "darts-s1-p00/fence-1/6.tmp", "darts-s1-p00/notes.txt", "notes.txt"],
            Directory.EnumerateFiles(artifacts.Root, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(artifacts.Root, f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Paths_are_relative_in_rows_and_absolute_for_trainers()
    {
        var file = TestPlans.File("u", 1, 2);

        var absolute = artifacts.Absolute(file);

        Assert.Equal(Path.Combine(artifacts.Root, "u", "fence-1", "2.safetensors"), absolute.Path);
        Assert.Equal(file, artifacts.Relative(absolute));
        Assert.Throws<InvalidDataException>(() => artifacts.Relative(file with { Path = artifacts.Root + "-else/x" }));
        Assert.Throws<InvalidDataException>(() => artifacts.Relative(file));
    }

    private void Write(string path, int age)
    {
        var full = Path.Combine(artifacts.Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        System.IO.File.WriteAllText(full, "weights");
        System.IO.File.SetLastWriteTimeUtc(full, (clock.GetUtcNow() - age * Lease).UtcDateTime);
    }
}
