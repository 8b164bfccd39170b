using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Artifacts;

/// <summary>Where checkpoints are kept. A trainer writes into a folder of this host; what it wrote is published before a row names it,
/// and is made available again on whichever host resumes. Files are immutable: one path of one attempt, one content.</summary>
public interface IArtifactStore : IAsyncDisposable
{
    /// <summary>Says in a few words where the files are, e.g. <c>s3://bucket/farm at http://…</c>. Never holds a credential.</summary>
    string Where { get; }

    /// <summary>Local folder below which trainers write.</summary>
    string LocalRoot { get; }

    /// <summary>Copies on this host; null: the store keeps none.</summary>
    CacheUse? Cache { get; }

    /// <summary>How far the clock that dates the files may be from this host's.</summary>
    TimeSpan ClockTolerance { get; }

    /// <summary>Throws <see cref="ArtifactsUnavailableException"/> with a sentence when files cannot be kept there now.</summary>
    Task CheckAsync(CancellationToken cancel = default);

    /// <summary>Makes the attempt's output folder on this host and returns its absolute path.</summary>
    string Prepare(AttemptKey attempt);

    /// <summary>A trainer's file (absolute path) as rows keep it (<see cref="ArtifactPath"/>). Throws <see cref="InvalidDataException"/> when
    /// the file lies elsewhere.</summary>
    CheckpointRef Stored(AttemptKey attempt, CheckpointRef file);

    /// <summary>Makes a file that the attempt wrote durable where other hosts find it. Safe to repeat. Completes at once when there is
    /// nothing to copy. Throws <see cref="ArtifactsUnavailableException"/> when it may be tried again, <see cref="InvalidDataException"/> when
    /// the file is not what <paramref name="stored"/> says or belongs to another attempt.</summary>
    ValueTask PublishAsync(AttemptKey attempt, CheckpointRef stored, CancellationToken cancel = default);

    /// <summary>Makes a stored file available to the attempt on this host. One that is missing or wrong is no error: its
    /// <see cref="FetchedArtifact.Problem"/> says so, and at its path the trainer finds the same.
    /// Throws <see cref="ArtifactsUnavailableException"/> when it may be tried again.</summary>
    ValueTask<FetchedArtifact> FetchAsync(AttemptKey attempt, CheckpointRef stored, CancellationToken cancel = default);

    /// <summary>The attempt will not read this published file of its own again: its copy on this host may go.</summary>
    void Forget(AttemptKey attempt, CheckpointRef stored);

    /// <summary>The attempt is over and its trainer reads nothing of it any more.</summary>
    void Release(AttemptKey attempt);

    /// <summary>Every kept file, in no order. Files that are not ours are left out.</summary>
    IAsyncEnumerable<StoredArtifact> ListAsync(CancellationToken cancel = default);

    /// <summary>Removes files; one that is gone already is no error.</summary>
    Task DeleteAsync(IReadOnlyList<StoredArtifact> files, CancellationToken cancel = default);
}

/// <summary>A checkpoint on this host.</summary>
/// <param name="File">With an absolute path.</param>
/// <param name="Problem">Why there is no such file; null: it is there.</param>
public sealed record FetchedArtifact(CheckpointRef File, string? Problem);

/// <summary>A kept file.</summary>
/// <param name="Path">As rows name it.</param>
/// <param name="Key">Its name in the storage.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="WrittenAt">By the storage's clock.</param>
public sealed record StoredArtifact(string Path, string Key, long Bytes, DateTimeOffset WrittenAt);

/// <summary>Copies of kept files on one host.</summary>
/// <param name="Folder">Absolute path.</param>
/// <param name="Files">How many.</param>
/// <param name="Bytes">Sum of their lengths.</param>
/// <param name="LimitBytes">What the sum may be; the least recently used go first.</param>
public sealed record CacheUse(string Folder, int Files, long Bytes, long LimitBytes);

/// <summary>Files cannot be kept or read now; trying again may help.</summary>
/// <param name="reason"><see cref="FailureReason.DiskFull"/> or <see cref="FailureReason.ArtifactsUnavailable"/>.</param>
/// <param name="message">What was tried, where, and what happened; no credential.</param>
/// <param name="inner">The cause.</param>
public sealed class ArtifactsUnavailableException(FailureReason reason, string message, Exception? inner = null) : Exception(message, inner)
{
    private const int NoSpace = 28, QuotaExceeded = 122, ReadOnlyFileSystem = 30;

    /// <summary>Reason of an attempt that ends by it.</summary>
    public FailureReason Reason => reason;

    /// <summary>What a refusal of the file system stands for.</summary>
    internal static ArtifactsUnavailableException Of(Exception refused, string doing) => new(
        refused is UnauthorizedAccessException || (refused.HResult & 0xFFFF) is NoSpace or QuotaExceeded or ReadOnlyFileSystem
            ? FailureReason.DiskFull : FailureReason.ArtifactsUnavailable,
        $"{doing}: {refused.Message}", refused);
}
