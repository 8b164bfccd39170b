using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace NasFarm.Farm.Artifacts.Remote;

/// <summary>A prefix of a bucket of S3 or of a server that speaks its protocol. Every request says the SHA-256 of its body, which the
/// server checks; what comes back is checked by the caller. Puts are conditional (If-None-Match: *), and as a key names its content, a
/// server that ignores the condition does no harm. Sources: Amazon S3 API reference, PutObject, CompleteMultipartUpload, ListObjectsV2.</summary>
/// <param name="client">Owned; disposed with this.</param>
/// <param name="bucket">Existing bucket.</param>
/// <param name="prefix">Empty, or ends in '/'.</param>
/// <param name="where">For people.</param>
/// <param name="partBytes">Longer files go in parts of this length; S3 wants 5 MiB to 5 GiB, and at most 10,000 parts.</param>
internal sealed class S3Bucket(IAmazonS3 client, string bucket, string prefix, string where, int partBytes) : IRemoteFolder
{
    private const string Absent = "*";
    private const int MostKeysPerDelete = 1000;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    public string Where => where;

    /// <summary>S3 refuses requests whose clock is further off than this.</summary>
    public TimeSpan ClockTolerance => TimeSpan.FromMinutes(15);

    public Task CheckAsync(CancellationToken cancel) => Do("cannot be used", async () =>
    {
        // Reading alone would not find a missing permission to write.
        var probe = $"{prefix}write-probe";
        await client.PutObjectAsync(new() { BucketName = bucket, Key = probe, ContentBody = "", UseChunkEncoding = false }, cancel).ConfigureAwait(false);
        await client.DeleteObjectAsync(bucket, probe, cancel).ConfigureAwait(false);
    }, cancel);

    public Task PutAsync(string key, string file, string sha256, long bytes, CancellationToken cancel) => Do($"could not take {key}", async () =>
    {
        for (var condition = Absent; ; condition = null)
        {
            try
            {
                if (bytes > partBytes)
                    await new S3MultipartUpload(client, bucket, prefix + key, partBytes).RunAsync(file, sha256, condition, cancel).ConfigureAwait(false);
                else
                    await PutWholeAsync(key, file, sha256, condition, cancel).ConfigureAwait(false);
                return;
            }
            catch (AmazonS3Exception refused) when (condition is not null && refused.StatusCode == HttpStatusCode.PreconditionFailed)
            {
                if (await LengthAsync(key, cancel).ConfigureAwait(false) == bytes)
                    return;   // An earlier try of ours arrived and only its answer was lost.
            }
            catch (AmazonS3Exception refused) when (condition is not null && refused.StatusCode == HttpStatusCode.NotImplemented)
            {
                // A server without conditional writes.
            }
        }
    }, cancel);

    public async Task<bool> GetAsync(string key, string file, CancellationToken cancel)
    {
        var found = false;
        await Do($"could not give {key}", async () =>
        {
            // The limit is for silence, not for the whole: a large file may take its time.
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            silence.CancelAfter(Silence);
            try
            {
                // As a range from the start: of a whole object the client would judge the bytes itself, by MD5, and keep them from who can name them.
                using var got = await client.GetObjectAsync(
                    new GetObjectRequest { BucketName = bucket, Key = prefix + key, ByteRange = new("bytes=0-") }, silence.Token).ConfigureAwait(false);
                await using var to = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None);
                var buffer = new byte[1 << 17];
                while (await got.ResponseStream.ReadAsync(buffer, silence.Token).ConfigureAwait(false) is var read and > 0)
                {
                    await to.WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
                    silence.CancelAfter(Silence);
                }
                found = true;
            }
            catch (AmazonS3Exception absent) when (absent.ErrorCode == "NoSuchKey")
            {
                // Said by the return value.
            }
        }, cancel).ConfigureAwait(false);
        return found;
    }

    public async IAsyncEnumerable<RemoteFile> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix };
        ListObjectsV2Response page = null!;
        do
        {
            await Do("could not be listed", async () => page = await client.ListObjectsV2Async(request, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
            foreach (var found in page.S3Objects ?? [])
                yield return new(found.Key[prefix.Length..], found.Size ?? 0, new DateTimeOffset(found.LastModified!.Value.ToUniversalTime()));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    public Task DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancel) => Do("could not remove files", async () =>
    {
        foreach (var batch in keys.Chunk(MostKeysPerDelete))
            await client.DeleteObjectsAsync(
                new() { BucketName = bucket, Objects = [.. batch.Select(key => new KeyVersion { Key = prefix + key })], Quiet = true }, cancel).ConfigureAwait(false);
    }, cancel);

    public void Dispose() => client.Dispose();

    private async Task PutWholeAsync(string key, string file, string sha256, string? condition, CancellationToken cancel)
    {
        await using var body = File.OpenRead(file);
        await client.PutObjectAsync(new()
        {
            BucketName = bucket, Key = prefix + key, InputStream = body, IfNoneMatch = condition, UseChunkEncoding = false,
            ContentType = "application/octet-stream", ChecksumSHA256 = Convert.ToBase64String(Convert.FromHexString(sha256)),
        }, cancel).ConfigureAwait(false);
    }

    private async Task<long?> LengthAsync(string key, CancellationToken cancel)
    {
        try
        {
            return (await client.GetObjectMetadataAsync(bucket, prefix + key, cancel).ConfigureAwait(false)).ContentLength;
        }
        catch (AmazonS3Exception absent) when (absent.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Names what went wrong by the server's code: its sentences may quote the request.</summary>
    private async Task Do(string failing, Func<Task> work, CancellationToken cancel)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (AmazonServiceException refused) when (refused.StatusCode != 0)
        {
            throw Unavailable($"the server answered {(int)refused.StatusCode} {refused.ErrorCode}", refused);
        }
        catch (Exception unanswered) when (unanswered is AmazonClientException or HttpRequestException)
        {
            throw Unavailable((unanswered.InnerException ?? unanswered).Message, unanswered);
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            throw Unavailable("the server did not answer in time", late);
        }
        catch (IOException broken)
        {
            throw ArtifactsUnavailableException.Of(broken, $"{where} {failing}");
        }

        ArtifactsUnavailableException Unavailable(string why, Exception cause) =>
            new(Catalog.Units.FailureReason.ArtifactsUnavailable, $"{where} {failing}: {why}", cause);
    }
}
