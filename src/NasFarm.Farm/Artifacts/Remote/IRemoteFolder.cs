namespace NasFarm.Farm.Artifacts.Remote;

/// <summary>Storage that several hosts reach and trainers do not write to: whole files under keys. A key names its content
/// (<see cref="ArtifactKey"/>), so whoever puts it twice, however late, puts the same bytes.</summary>
internal interface IRemoteFolder : IDisposable
{
    /// <inheritdoc cref="IArtifactStore.Where"/>
    string Where { get; }

    /// <inheritdoc cref="IArtifactStore.ClockTolerance"/>
    TimeSpan ClockTolerance { get; }

    /// <summary>Throws <see cref="ArtifactsUnavailableException"/> when nothing can be kept there now.</summary>
    Task CheckAsync(CancellationToken cancel);

    /// <summary>Puts a file durably and whole, or not at all. A complete one that is there already stands; a wrong one is replaced.
    /// Throws <see cref="ArtifactsUnavailableException"/> when it may be tried again.</summary>
    /// <param name="key">Names the content.</param>
    /// <param name="file">Absolute path of the local file.</param>
    /// <param name="sha256">Lower-case hex of its bytes.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="cancel">Gives up.</param>
    Task PutAsync(string key, string file, string sha256, long bytes, CancellationToken cancel);

    /// <summary>Copies the bytes under a key into a new local file; the caller checks them. False: there is no such key.
    /// Throws <see cref="ArtifactsUnavailableException"/> when it may be tried again.</summary>
    Task<bool> GetAsync(string key, string file, CancellationToken cancel);

    /// <summary>Every file, by key.</summary>
    IAsyncEnumerable<RemoteFile> ListAsync(CancellationToken cancel);

    /// <summary>Removes keys; one that is gone already is no error.</summary>
    Task DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancel);
}

/// <summary>A file in a remote folder, dated by its clock.</summary>
internal sealed record RemoteFile(string Key, long Bytes, DateTimeOffset WrittenAt);
