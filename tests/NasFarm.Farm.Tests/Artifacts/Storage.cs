using System.Reflection;
using System.Security.Cryptography;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using NasFarm.Tests.S3;
using Xunit.Sdk;

namespace NasFarm.Farm.Tests.Artifacts;

/// <summary>A place for artifacts as several hosts see it, and what goes wrong behind their backs.</summary>
internal sealed class Storage : IAsyncDisposable
{
    public const int PartBytes = 1 << 20;

    private readonly TestFolder folder = new();
    private readonly List<IArtifactStore> open = [];
    private readonly string kind;
    private readonly S3Server? server;
    private readonly string prefix;

    public Storage(string kind, S3Server? server)
    {
        (this.kind, this.server, prefix) = (kind, server, Path.GetFileName(folder.Path) + "/");
        Directory.CreateDirectory(folder.File("shared"));
    }

    public ManualTime Clock { get; } = new();

    /// <summary>Local: the one host there is. Otherwise each name is a host with a disk of its own.</summary>
    public IArtifactStore Host(string name, long cacheBytes = 64 << 20)
    {
        ArtifactLocation location = kind switch
        {
            "local" => new ArtifactLocation.OfHome(),
            "shared" => new ArtifactLocation.Shared(folder.File("shared"), cacheBytes),
            _ => new ArtifactLocation.S3(S3Server.Bucket, prefix, server!.Endpoint, null, PathStyle: true, cacheBytes, PartBytes),
        };
        var store = location.Open(folder.File(kind == "local" ? "home" : name), $"{name}-{open.Count}", Clock);
        open.Add(store);
        return store;
    }

    /// <summary>What a trainer does: a file in the attempt's folder, and its absolute reference.</summary>
    public static CheckpointRef Write(IArtifactStore host, AttemptKey attempt, string name, int bytes = 1000, byte seed = 1)
    {
        var content = new byte[bytes];
        new Random(seed).NextBytes(content);
        var path = Path.Combine(host.Prepare(attempt), name);
        File.WriteAllBytes(path, content);
        return new(path, Convert.ToHexStringLower(SHA256.HashData(content)), bytes, Trained: 1, Epoch: 1, EndOfUnit: false);
    }

    /// <summary>Writes and publishes; returns the reference as rows keep it.</summary>
    public static async Task<CheckpointRef> PublishAsync(IArtifactStore host, AttemptKey attempt, string name, int bytes = 1000, byte seed = 1)
    {
        var stored = host.Stored(attempt, Write(host, attempt, name, bytes, seed));
        await host.PublishAsync(attempt, stored);
        return stored;
    }

    /// <summary>Are the bytes on this host the recorded ones? What a trainer asks before it resumes.</summary>
    public static bool IsWhole(FetchedArtifact fetched) =>
        File.Exists(fetched.File.Path) && Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(fetched.File.Path))) == fetched.File.Sha256;

    /// <summary>The file behind a stored reference.</summary>
    public string Behind(CheckpointRef stored) => kind switch
    {
        "local" => Path.Combine(folder.Path, "home", "artifacts", stored.Path),
        "shared" => Path.Combine(folder.Path, "shared", $"{stored.Path}.{stored.Sha256}"),
        _ => server!.FileOf($"{prefix}{stored.Path}.{stored.Sha256}"),
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var store in open)
            await store.DisposeAsync();
        folder.Dispose();
    }
}

/// <summary>Stores that need nothing but a disk.</summary>
internal sealed class OnDisksAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["local"], ["shared"]];
}

/// <summary>Stores that copy.</summary>
internal sealed class SharedAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["shared"]];
}

/// <summary>The same on S3, where the test server is installed.</summary>
internal sealed class OnS3Attribute : DataAttribute
{
    public OnS3Attribute() => Skip = S3Server.Absent;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["s3"]];
}

internal sealed class S3FactAttribute : FactAttribute
{
    public S3FactAttribute() => Skip = S3Server.Absent;
}

/// <summary>One server for all tests that need it.</summary>
public sealed class S3Fixture : IAsyncLifetime
{
    public S3Server? Server { get; private set; }

    public async Task InitializeAsync()
    {
        if (S3Server.Absent is not null)
            return;
        foreach (var (name, value) in S3Server.Credentials)
            Environment.SetEnvironmentVariable(name, value);
        Server = await S3Server.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (Server is not null)
            await Server.DisposeAsync();
    }
}

[CollectionDefinition("s3")]
public sealed class S3Collection : ICollectionFixture<S3Fixture>;
