using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using NasFarm.Tests.S3;

namespace NasFarm.Farm.Tests.Artifacts.Remote;

/// <summary>What only a server at the other end of a network does.</summary>
[Collection("s3")]
public sealed class S3BucketTests(S3Fixture s3)
{
    private static readonly AttemptKey First = new("r-1-p00", 1);

    [S3Fact]
    public async Task Refused_cut_and_unanswered_requests_are_repeated_and_the_file_is_there_once()
    {
        await using var storage = new Storage("s3", s3.Server);
        var host = storage.Host("a");
        foreach (var (fault, name) in new[] { ("refuse", "1"), ("drop", "2"), ("lose", "3") })
        {
            await s3.Server!.FailAsync("PUT", 1, fault);
            var stored = await Storage.PublishAsync(host, First, name);
            Assert.True(Storage.IsWhole(await storage.Host("b").FetchAsync(First, stored)), fault);
        }
        Assert.Equal(3, (await host.ListAsync().ToListAsync()).Count);
    }

    [S3Fact]
    public async Task Parts_are_repeated_too()
    {
        await using var storage = new Storage("s3", s3.Server);
        await s3.Server!.FailAsync("PUT", 1, "refuse");
        await s3.Server.FailAsync("POST", 1, "refuse");

        var stored = await Storage.PublishAsync(storage.Host("a"), First, "1", bytes: 3 * Storage.PartBytes);

        Assert.True(Storage.IsWhole(await storage.Host("b").FetchAsync(First, stored)));
    }

    [S3Fact]
    public async Task A_server_that_stays_away_has_a_reason_and_no_credential_in_its_sentence()
    {
        await using var storage = new Storage("s3", s3.Server);
        var host = storage.Host("a");
        await s3.Server!.FailAsync("PUT", 3, "refuse");

        var away = await Assert.ThrowsAsync<ArtifactsUnavailableException>(() => Storage.PublishAsync(host, First, "1"));

        Assert.Equal(FailureReason.ArtifactsUnavailable, away.Reason);
        Assert.Contains("could not take r-1-p00/fence-1/1.", away.Message, StringComparison.Ordinal);
        Assert.EndsWith(": the server answered 503 SlowDown", away.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("S3RVER", away.Message, StringComparison.Ordinal);
    }

    [S3Fact]
    public async Task A_bucket_that_is_not_there_and_a_port_where_nobody_listens_are_named()
    {
        using var folder = new TestFolder();
        foreach (var (place, sentence) in new[]
        {
            ($"s3://nowhere/x?endpoint={s3.Server!.Endpoint}", "the server answered 404 NoSuchBucket"),
            ("s3://artifacts/x?endpoint=http://127.0.0.1:1", "Connection refused"),
        })
        {
            await using var store = ArtifactLocation.Parse(place).Open(folder.Path, "me", TimeProvider.System);
            var away = await Assert.ThrowsAsync<ArtifactsUnavailableException>(() => store.CheckAsync());
            Assert.Contains(sentence, away.Message, StringComparison.Ordinal);
        }
    }

    [S3Fact]
    public async Task A_server_without_conditional_writes_serves_as_well()
    {
        await using var plain = await S3Server.StartAsync(plain: true);
        await using var storage = new Storage("s3", plain);
        var host = storage.Host("a");
        var stored = await Storage.PublishAsync(host, First, "1");

        await host.PublishAsync(First, stored);
        await plain.FailAsync("PUT", 1, "lose");
        var second = await Storage.PublishAsync(host, First, "2", seed: 2);

        Assert.True(Storage.IsWhole(await storage.Host("b").FetchAsync(First, stored)));
        Assert.True(Storage.IsWhole(await storage.Host("b").FetchAsync(First, second)));
    }

    [S3Fact]
    public async Task More_files_than_one_page_of_a_listing_are_all_found()
    {
        await using var storage = new Storage("s3", s3.Server);
        var host = storage.Host("a");
        var stored = await Storage.PublishAsync(host, First, "x", bytes: 1);
        var (folder, end) = (Path.GetDirectoryName(storage.Behind(stored))!, Path.GetFileName(storage.Behind(stored))[1..]);
        foreach (var sidecar in new[] { "", ".md5" })
            for (var n = 0; n < 1001; n++)
                File.Copy(storage.Behind(stored) + sidecar, Path.Combine(folder, $"{n}{end}{sidecar}"));

        var files = await host.ListAsync().ToListAsync();
        Assert.Equal(1002, files.Count);
        await host.DeleteAsync(files);
        Assert.Empty(await host.ListAsync().ToListAsync());
    }
}
