using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using NasFarm.Farm.Artifacts.Remote;

namespace NasFarm.Farm.Artifacts;

/// <summary>Where a farm keeps its artifacts, as a person writes it: nothing (a folder of the farm's home), the absolute path of a folder
/// that several hosts mount, or <c>s3://bucket/prefix</c>; options follow a question mark.</summary>
public abstract record ArtifactLocation
{
    /// <summary>Environment variable that holds it.</summary>
    public const string Variable = "NASFARM_ARTIFACTS";

    private const long DefaultCacheBytes = 10L << 30;
    private const int DefaultPartBytes = 16 << 20;

    private ArtifactLocation() { }

    /// <summary>A folder of the farm's home.</summary>
    public sealed record OfHome : ArtifactLocation;

    /// <summary>A folder that several hosts mount, e.g. <c>/mnt/farm?cache=20GiB</c>.</summary>
    /// <param name="Folder">Absolute path.</param>
    /// <param name="CacheBytes">Bound of the copies on each host.</param>
    public sealed record Shared(string Folder, long CacheBytes) : ArtifactLocation;

    /// <summary>A prefix of a bucket, e.g. <c>s3://bucket/farm?endpoint=http://minio:9000&amp;path-style=true</c>.</summary>
    /// <param name="Bucket">Existing bucket.</param>
    /// <param name="Prefix">Empty, or ends in '/'.</param>
    /// <param name="Endpoint">Of a server that is not Amazon's; null: Amazon's.</param>
    /// <param name="Region">Null: the AWS environment's, else us-east-1.</param>
    /// <param name="PathStyle">Bucket in the path instead of the host name. Default: with an endpoint.</param>
    /// <param name="CacheBytes">Bound of the copies on each host.</param>
    /// <param name="PartBytes">Longer files go in parts of this length.</param>
    public sealed record S3(string Bucket, string Prefix, Uri? Endpoint, string? Region, bool PathStyle, long CacheBytes, int PartBytes) : ArtifactLocation;

    /// <summary>Reads a location. Throws <see cref="FormatException"/> with what would be right.</summary>
    public static ArtifactLocation Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return new OfHome();
        var (place, options) = Split(text);
        ArtifactLocation location = place switch
        {
            _ when place.StartsWith("s3://", StringComparison.Ordinal) => ReadBucket(place["s3://".Length..], options),
            _ when place.StartsWith('/') => new Shared(Path.GetFullPath(place), options.Size("cache", DefaultCacheBytes)),
            _ => throw new FormatException($"{Variable} is '{place}'; it must be s3://bucket/prefix, the absolute path of a folder that several hosts mount, or nothing."),
        };
        options.MustBeEmpty();
        return location;
    }

    /// <summary>Opens it; nothing remote is asked yet.</summary>
    /// <param name="home">Folder of this host: the artifacts themselves, or what stands in for remote ones.</param>
    /// <param name="owner">Unique name of this process.</param>
    /// <param name="time">Dates uses of cached files.</param>
    public IArtifactStore Open(string home, string owner, TimeProvider time)
    {
        return this switch
        {
            Shared shared => Staged(new SharedDirectory(shared.Folder, owner, time), shared.CacheBytes),
            S3 s3 => Staged(new S3Bucket(Client(s3), s3.Bucket, s3.Prefix, $"s3://{s3.Bucket}/{s3.Prefix}{(s3.Endpoint is { } at ? $" at {at}" : "")}", s3.PartBytes), s3.CacheBytes),
            _ => new LocalDirectory(Path.Combine(home, "artifacts")),
        };

        StagedArtifacts Staged(IRemoteFolder remote, long cacheBytes) => new(
            remote, new(Path.Combine(home, "staging"), owner), new(Path.Combine(home, "artifact-cache"), cacheBytes, owner, time));
    }

    private static AmazonS3Client Client(S3 s3)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = s3.PathStyle,
            RetryMode = RequestRetryMode.Standard,
            // For a moment's trouble; what lasts longer is repeated by who knows whether it still matters.
            MaxErrorRetry = 2,
            Timeout = TimeSpan.FromSeconds(100),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // We give SHA-256 ourselves; other servers than Amazon's refuse the default's trailing checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        var region = s3.Region ?? FallbackRegionFactory.GetRegionEndpoint(includeInstanceMetadata: false)?.SystemName ?? "us-east-1";
        if (s3.Endpoint is { } endpoint)
            (config.ServiceURL, config.AuthenticationRegion) = (endpoint.ToString(), region);
        else
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region);
        // Credentials: the usual AWS variables, files and services, found by the client itself.
        return new(config);
    }

    private static S3 ReadBucket(string path, LocationOptions options)
    {
        var (bucket, prefix) = path.Split('/', 2) is [var b, var p] ? (b, p.Trim('/')) : (path, "");
        if (bucket.Length == 0 || bucket.Contains('@', StringComparison.Ordinal))
            throw new FormatException($"{Variable} names no bucket; it must be s3://bucket/prefix. Credentials belong in the AWS environment or files.");
        var endpoint = options.Endpoint();
        return new(
            bucket, prefix.Length == 0 ? "" : prefix + "/", endpoint, options.Text("region"), options.Flag("path-style", endpoint is not null),
            options.Size("cache", DefaultCacheBytes), options.Part());
    }

    private static (string Place, LocationOptions Options) Split(string text) =>
        text.Split('?', 2) is [var place, var query] ? (place, new(query)) : (text, new(""));

    /// <summary><c>name=value&amp;name=value</c>; each is taken once and none may be left.</summary>
    private sealed class LocationOptions(string query)
    {
        private readonly Dictionary<string, string> left = Read(query);

        public string? Text(string name) => left.Remove(name, out var value) ? value : null;

        public bool Flag(string name, bool otherwise) => Text(name) switch
        {
            null => otherwise,
            "true" => true,
            "false" => false,
            var other => throw new FormatException($"{Variable} has {name}={other}; it must be true or false."),
        };

        public long Size(string name, long otherwise)
        {
            if (Text(name) is not { } text)
                return otherwise;
            var factor = text switch { _ when text.EndsWith("MiB", StringComparison.Ordinal) => 20, _ when text.EndsWith("GiB", StringComparison.Ordinal) => 30, _ => -1 };
            return factor > 0 && int.TryParse(text[..^3], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
                ? (long)number << factor
                : throw new FormatException($"{Variable} has {name}={text}; it must be a size such as 512MiB or 20GiB.");
        }

        public int Part() => Size("part", DefaultPartBytes) switch
        {
            >= 5 << 20 and <= 1 << 30 and var bytes => (int)bytes,
            var bytes => throw new FormatException($"{Variable} has part={bytes >> 20}MiB; S3 takes parts of 5MiB to 1GiB."),
        };

        public Uri? Endpoint() => Text("endpoint") switch
        {
            null => null,
            var text when Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 => uri,
            _ => throw new FormatException($"{Variable} has an endpoint that is no http:// or https:// address without user name and password."),
        };

        private static Dictionary<string, string> Read(string query)
        {
            var options = new Dictionary<string, string>();
            foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('=', 2)))
                if (!options.TryAdd(pair[0], Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "")))
                    throw new FormatException($"{Variable} has an option '{pair[0]}' twice.");
            return options;
        }

        public void MustBeEmpty()
        {
            if (left.Count > 0)
                throw new FormatException($"{Variable} has an option '{left.Keys.First()}'; there are cache, and for s3:// endpoint, region, path-style, part.");
        }
    }
}
