namespace NasFarm.Search.Checkpoints;

/// <summary>A checkpoint cannot be used: absent, cut off, or not what was written. The message names the file, the place, what stands
/// there and what would be right. The caller falls back to an earlier checkpoint and says so.</summary>
public sealed class CheckpointDamagedException(string path, string place, string problem, Exception? inner = null)
    : Exception($"Checkpoint {path}, {place}: {problem}", inner)
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>Where in it, e.g. <c>header length (offset 0)</c> or <c>tensor 'alphas'</c>.</summary>
    public string Place { get; } = place;
}
