using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Artifacts.Remote;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;

namespace NasFarm.Farm.Tests.Artifacts.Remote;

public sealed class ArtifactCacheTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly ManualTime clock = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_least_recently_used_go_first_and_the_bound_holds()
    {
        var cache = new ArtifactCache(folder.File("cache"), limitBytes: 25, "me", clock);
        var (first, second, third) = (Keep(cache, 'a'), Keep(cache, 'b'), 'c');
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await cache.TryTakeAsync(first, 10, folder.File("used"), default));
        clock.Advance(TimeSpan.FromMinutes(1));

        Keep(cache, third);

        Assert.Equal((2, 20L), (cache.Use.Files, cache.Use.Bytes));
        Assert.False(await cache.TryTakeAsync(second, 10, folder.File("x"), default));
        Assert.True(await cache.TryTakeAsync(first, 10, folder.File("x"), default));
        Assert.Equal(new string('a', 10), await File.ReadAllTextAsync(folder.File("used")));
    }

    [Fact]
    public async Task What_was_taken_outlives_its_place_in_the_cache()
    {
        var cache = new ArtifactCache(folder.File("cache"), limitBytes: 10, "me", clock);
        Assert.True(await cache.TryTakeAsync(Keep(cache, 'a'), 10, folder.File("taken"), default));
        clock.Advance(TimeSpan.FromMinutes(1));

        Keep(cache, 'b');

        Assert.Equal((1, 10L), (cache.Use.Files, cache.Use.Bytes));
        Assert.Equal(new string('a', 10), await File.ReadAllTextAsync(folder.File("taken")));
    }

    [Fact]
    public async Task A_damaged_copy_is_removed_and_not_given()
    {
        var cache = new ArtifactCache(folder.File("cache"), limitBytes: 100, "me", clock);
        var hash = Keep(cache, 'a');
        await File.WriteAllTextAsync(Path.Combine(cache.Folder, hash), "bbbbbbbbbb");

        Assert.False(await cache.TryTakeAsync(hash, 10, folder.File("x"), default));

        Assert.Equal((0, 0L), (cache.Use.Files, cache.Use.Bytes));
        Assert.False(File.Exists(folder.File("x")));
    }

    [Fact]
    public void Downloads_of_processes_that_died_go_after_a_day()
    {
        var cache = new ArtifactCache(folder.File("cache"), limitBytes: 100, "me", clock);
        foreach (var (owner, hours) in new[] { ("dead", 25), ("alive", 1) })
        {
            var download = new ArtifactCache(folder.File("cache"), 100, owner, clock).Download("hash");
            File.WriteAllText(download, "half");
            File.SetLastWriteTimeUtc(download, (clock.GetUtcNow() - TimeSpan.FromHours(hours)).UtcDateTime);
        }

        Keep(cache, 'a');

        Assert.Equal((1, 10L), (cache.Use.Files, cache.Use.Bytes));
        Assert.Equal(["hash.alive.unfinished"], Directory.EnumerateFiles(cache.Folder, "*.unfinished").Select(Path.GetFileName));
    }

    private string Keep(ArtifactCache cache, char letter)
    {
        var file = folder.File($"file-{letter}");
        File.WriteAllText(file, new string(letter, 10));
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)));
        cache.Keep(hash, file);
        return hash;
    }
}

public sealed class StagingFolderTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_a_dead_process_left_is_removed_and_what_a_living_one_has_stays()
    {
        using var living = new StagingFolder(folder.Path, "living");
        Directory.CreateDirectory(folder.File("dead"));
        File.WriteAllText(Path.Combine(folder.File("dead"), "weights"), "7");
        File.WriteAllText(folder.File("dead.lock"), "");

        using (new StagingFolder(folder.Path, "new"))
            Assert.Equal(["living", "living.lock", "new", "new.lock"], Names());

        Assert.Equal(["living", "living.lock"], Names());
    }

    private IEnumerable<string> Names() => Directory.EnumerateFileSystemEntries(folder.Path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);
}

public sealed class SharedDirectoryTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly ManualTime clock = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_host_without_the_mount_is_told_and_makes_no_folder_of_its_own()
    {
        await using var store = new ArtifactLocation.Shared(folder.File("not-mounted"), 1 << 20).Open(folder.File("home"), "me", clock);

        var refused = await Assert.ThrowsAsync<ArtifactsUnavailableException>(() => store.CheckAsync());

        Assert.Contains("there is no such folder; mount it or make it", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("not-mounted")));
    }

    [Fact]
    public async Task What_a_writer_that_died_left_is_not_listed_and_goes_after_a_day()
    {
        Directory.CreateDirectory(folder.File("shared"));
        var left = Path.Combine(folder.File("shared"), "u", "fence-1", $"x.{new string('0', 64)}.host-1.unfinished");
        Directory.CreateDirectory(Path.GetDirectoryName(left)!);
        await File.WriteAllTextAsync(left, "half");
        File.SetLastWriteTimeUtc(left, clock.GetUtcNow().UtcDateTime);
        await using var store = new ArtifactLocation.Shared(folder.File("shared"), 1 << 20).Open(folder.File("home"), "me", clock);

        Assert.Empty(await store.ListAsync().ToListAsync());
        Assert.True(File.Exists(left));
        clock.Advance(TimeSpan.FromHours(25));
        Assert.Empty(await store.ListAsync().ToListAsync());
        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task A_mount_that_vanished_is_no_missing_file()
    {
        Directory.CreateDirectory(folder.File("shared"));
        await using var store = new ArtifactLocation.Shared(folder.File("shared"), 1 << 20).Open(folder.File("home"), "me", clock);
        Directory.Delete(folder.File("shared"));

        await Assert.ThrowsAsync<ArtifactsUnavailableException>(async () =>
            await store.FetchAsync(new AttemptKey("u", 1), new("u/fence-1/x", new string('0', 64), 1, 1, 1, false)));
    }
}
