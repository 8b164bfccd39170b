using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace NasFarm.Farm.Artifacts.Remote;

/// <summary>A long file in parts, each with its own SHA-256. Nothing is visible under the key before the last step, and a try that fails
/// takes its parts back. Source: Amazon S3 user guide, "Uploading and copying objects using multipart upload".</summary>
internal sealed class S3MultipartUpload(IAmazonS3 client, string bucket, string key, int partBytes)
{
    /// <param name="file">Absolute path.</param>
    /// <param name="sha256">Lower-case hex of the whole; kept beside the object for people.</param>
    /// <param name="condition">If-None-Match of the last step; null: none.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task RunAsync(string file, string sha256, string? condition, CancellationToken cancel)
    {
        var begin = new InitiateMultipartUploadRequest
        {
            BucketName = bucket, Key = key, ContentType = "application/octet-stream", ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
        };
        begin.Metadata["sha256"] = sha256;
        var upload = await client.InitiateMultipartUploadAsync(begin, cancel).ConfigureAwait(false);
        try
        {
            await client.CompleteMultipartUploadAsync(new()
            {
                BucketName = bucket, Key = key, UploadId = upload.UploadId, IfNoneMatch = condition,
                PartETags = await PartsAsync(file, upload.UploadId, cancel).ConfigureAwait(false),
            }, cancel).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is AmazonClientException or HttpRequestException or IOException or OperationCanceledException)
        {
            await AbortAsync(upload.UploadId).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<List<PartETag>> PartsAsync(string file, string uploadId, CancellationToken cancel)
    {
        var parts = new List<PartETag>();
        var buffer = new byte[partBytes];
        await using var from = File.OpenRead(file);
        while (await from.ReadAtLeastAsync(buffer, partBytes, throwOnEndOfStream: false, cancel).ConfigureAwait(false) is var length and > 0)
        {
            var (number, checksum) = (parts.Count + 1, Convert.ToBase64String(SHA256.HashData(buffer.AsSpan(0, length))));
            var put = await client.UploadPartAsync(new()
            {
                BucketName = bucket, Key = key, UploadId = uploadId, PartNumber = number, PartSize = length,
                InputStream = new MemoryStream(buffer, 0, length, writable: false), ChecksumSHA256 = checksum, UseChunkEncoding = false,
            }, cancel).ConfigureAwait(false);
            parts.Add(new(number, put.ETag) { ChecksumSHA256 = checksum });
        }
        return parts;
    }

    /// <summary>The first failure is the one to tell; parts that stay go by the bucket's lifecycle rule.</summary>
    private async Task AbortAsync(string uploadId)
    {
        try
        {
            await client.AbortMultipartUploadAsync(bucket, key, uploadId, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception unreachable) when (unreachable is AmazonClientException or HttpRequestException)
        {
            // As above.
        }
    }
}
