using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Tests.Artifacts;

/// <summary>What every artifact store promises.</summary>
[Collection("s3")]
public sealed class ArtifactStoreTests(S3Fixture s3)
{
    private static readonly AttemptKey First = new("r-1-p00", 1);
    private static readonly AttemptKey Second = new("r-1-p00", 2);

    [Theory, OnDisks, OnS3]
    public async Task A_published_file_comes_back_on_another_host(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);
        var stored = await Storage.PublishAsync(storage.Host("a"), First, "000001.safetensors");

        var fetched = await storage.Host("b").FetchAsync(Second, stored);

        Assert.Equal("r-1-p00/fence-1/000001.safetensors", stored.Path);
        Assert.Null(fetched.Problem);
        Assert.True(Path.IsPathRooted(fetched.File.Path) && Storage.IsWhole(fetched));
        Assert.Equal(stored, fetched.File with { Path = stored.Path });
    }

    [Theory, OnDisks, OnS3]
    public async Task What_an_attempt_resumes_from_has_the_path_that_rows_know(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);
        var stored = await Storage.PublishAsync(storage.Host("a"), First, "000001.safetensors");
        var host = storage.Host("b");

        Assert.Equal(stored, host.Stored(Second, (await host.FetchAsync(Second, stored)).File));
    }

    [Theory, OnDisks, OnS3]
    public async Task Publishing_again_is_harmless(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);
        var host = storage.Host("a");
        var stored = await Storage.PublishAsync(host, First, "000001.safetensors");

        await host.PublishAsync(First, stored);

        Assert.Single(await host.ListAsync().ToListAsync());
        Assert.True(Storage.IsWhole(await storage.Host("b").FetchAsync(Second, stored)));
    }

    [Theory, OnDisks, OnS3]
    public async Task A_large_file_comes_back(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);

        var stored = await Storage.PublishAsync(storage.Host("a"), First, "000001.safetensors", bytes: 3 * Storage.PartBytes + 17);

        Assert.True(Storage.IsWhole(await storage.Host("b").FetchAsync(Second, stored)));
        Assert.Equal(stored.Bytes, (await storage.Host("c").ListAsync().ToListAsync()).Single().Bytes);
    }

    [Theory, OnDisks, OnS3]
    public async Task A_late_attempt_cannot_touch_the_files_of_whoever_owns_the_unit_now(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);
        var zombie = storage.Host("zombie");
        var owners = await Storage.PublishAsync(storage.Host("owner"), Second, "000001.safetensors", seed: 2);

        // Under its own fence it may write, too late and for nobody; under another's it may not.
        await Storage.PublishAsync(zombie, First, "000001.safetensors", seed: 1);
        var wrong = Storage.Write(zombie, Second, "000001.safetensors", seed: 3);
        var refused = await Assert.ThrowsAsync<InvalidDataException>(async () => await zombie.PublishAsync(First, owners with { Sha256 = wrong.Sha256 }));

        Assert.Contains("r-1-p00 at fence 1 cannot publish r-1-p00/fence-2/000001.safetensors", refused.Message, StringComparison.Ordinal);
        if (kind != "local")
            Assert.True(Storage.IsWhole(await storage.Host("third").FetchAsync(new("r-1-p00", 3), owners)));
    }

    [Theory, OnDisks, OnS3]
    public async Task A_missing_file_is_said_and_not_made_up(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);
        var host = storage.Host("a");
        var stored = await Storage.PublishAsync(host, First, "000001.safetensors");
        File.Delete(storage.Behind(stored));

        var fetched = await storage.Host("b").FetchAsync(Second, stored);

        Assert.False(File.Exists(fetched.File.Path));
        Assert.Equal(kind == "local" ? null : $"r-1-p00/fence-1/000001.safetensors is not in {host.Where}", fetched.Problem);
    }

    [Theory, OnDisks, OnS3]
    public async Task A_damaged_file_never_passes_for_whole(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);
        var stored = await Storage.PublishAsync(storage.Host("a"), First, "000001.safetensors");
        await File.WriteAllTextAsync(storage.Behind(stored), "seven!!");

        var fetched = await storage.Host("b").FetchAsync(Second, stored);

        Assert.False(Storage.IsWhole(fetched));
        if (kind != "local")
            Assert.Contains("has 7 bytes with SHA-256", fetched.Problem, StringComparison.Ordinal);
    }

    [Theory, OnDisks, OnS3]
    public async Task Listing_tells_path_length_and_date_and_leaves_out_what_is_not_ours(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);
        var host = storage.Host("a");
        await Storage.PublishAsync(host, First, "000001.safetensors", bytes: 10);
        var second = await Storage.PublishAsync(host, Second, "000001.safetensors", bytes: 20);
        await File.WriteAllTextAsync(storage.Behind(second) + ".note", "a person's");

        var files = (await host.ListAsync().ToListAsync()).OrderBy(f => f.Path, StringComparer.Ordinal).Where(f => !f.Path.EndsWith(".note", StringComparison.Ordinal)).ToList();

        Assert.Equal([("r-1-p00/fence-1/000001.safetensors", 10L), ("r-1-p00/fence-2/000001.safetensors", 20L)], files.Select(f => (f.Path, f.Bytes)));
        Assert.All(files, f => Assert.InRange(f.WrittenAt, DateTimeOffset.UtcNow - TimeSpan.FromMinutes(10), DateTimeOffset.UtcNow + TimeSpan.FromMinutes(10)));
    }

    [Theory, OnDisks, OnS3]
    public async Task Deleted_files_are_gone_and_deleting_again_is_harmless(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);
        var host = storage.Host("a");
        await Storage.PublishAsync(host, First, "000001.safetensors");
        var kept = await Storage.PublishAsync(host, First, "000002.safetensors", seed: 2);
        var files = (await host.ListAsync().ToListAsync()).Where(f => f.Path != kept.Path).ToList();

        await host.DeleteAsync(files);
        await host.DeleteAsync(files);
        await host.DeleteAsync([]);

        Assert.Equal([kept.Path], (await host.ListAsync().ToListAsync()).Select(f => f.Path));
    }

    [Theory, OnDisks, OnS3]
    public async Task Odd_names_are_refused_with_what_would_be_right(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);
        var host = storage.Host("a");
        var stored = await Storage.PublishAsync(host, First, "000001.safetensors");

        foreach (var odd in new[] { "../x", "/etc/passwd", "r-1-p00/fence-0/x", "r-1-p00/fence-1/../x", "r-1-p00/fence-1/a b", "r-1-p00/fence-1/x.tmp", "r-1-p00/fence-1/ü", "x", "" })
        {
            await Assert.ThrowsAsync<InvalidDataException>(async () => await host.PublishAsync(First, stored with { Path = odd }));
            var refused = await Assert.ThrowsAsync<InvalidDataException>(async () => await host.FetchAsync(First, stored with { Path = odd }));
            Assert.Contains("one is {unit}/fence-{n}/{file}", refused.Message, StringComparison.Ordinal);
        }
        Assert.Throws<InvalidDataException>(() => host.Stored(First, stored with { Path = "/etc/passwd" }));
        Assert.Throws<InvalidDataException>(() => host.Stored(First, stored));
    }

    [Theory, OnDisks, OnS3]
    public async Task It_says_where_it_is_and_that_it_can_be_used(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);
        var host = storage.Host("a");

        await host.CheckAsync();

        Assert.Contains(kind switch { "local" => "folder /", "shared" => "shared folder /", _ => "s3://artifacts/" }, host.Where, StringComparison.Ordinal);
        Assert.Empty(await host.ListAsync().ToListAsync());
    }

    [Theory, Shared, OnS3]
    public async Task An_interrupted_upload_shows_nothing_and_the_next_try_succeeds(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);
        var host = storage.Host("a");
        foreach (var bytes in new[] { 1000, 2 * Storage.PartBytes })
        {
            var stored = host.Stored(First, Storage.Write(host, First, $"{bytes}.safetensors", bytes));
            using var broken = new CancellationTokenSource();
            await broken.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await host.PublishAsync(First, stored, broken.Token));
            Assert.DoesNotContain(await host.ListAsync().ToListAsync(), f => f.Path == stored.Path);

            await host.PublishAsync(First, stored);
            Assert.True(Storage.IsWhole(await storage.Host("b").FetchAsync(Second, stored)));
        }
    }

    [Theory, Shared, OnS3]
    public async Task A_file_that_is_not_what_the_trainer_said_is_not_published(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);
        var host = storage.Host("a");
        var said = host.Stored(First, Storage.Write(host, First, "000001.safetensors"));
        Storage.Write(host, First, "000001.safetensors", bytes: 999);

        var refused = await Assert.ThrowsAsync<InvalidDataException>(async () => await host.PublishAsync(First, said));

        Assert.Contains("has 999 bytes with SHA-256", refused.Message, StringComparison.Ordinal);
        Assert.Contains("the trainer said has 1000 bytes", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await host.ListAsync().ToListAsync());
    }

    [Theory, Shared, OnS3]
    public async Task A_wrong_file_under_the_key_is_replaced_by_the_right_one(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);
        var host = storage.Host("a");
        var stored = await Storage.PublishAsync(host, First, "000001.safetensors");
        await File.WriteAllTextAsync(storage.Behind(stored), "torn");

        await host.PublishAsync(First, stored);

        Assert.True(Storage.IsWhole(await storage.Host("b").FetchAsync(Second, stored)));
    }

    [Theory, Shared, OnS3]
    public async Task After_its_attempt_a_host_keeps_only_the_cache(string kind)
    {
        await using var storage = new Storage(kind, s3.Server);
        var host = storage.Host("a");
        var stored = await Storage.PublishAsync(host, First, "000001.safetensors");
        host.Forget(First, stored);
        host.Release(First);
        Assert.Empty(Directory.EnumerateFileSystemEntries(host.LocalRoot));

        // The cache alone answers: the storage has lost it.
        File.Delete(storage.Behind(stored));
        Assert.True(Storage.IsWhole(await host.FetchAsync(Second, stored)));
    }
}
