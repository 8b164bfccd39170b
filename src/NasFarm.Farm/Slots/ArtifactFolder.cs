using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Slots;

/// <summary>Where checkpoints lie: <c>{unit}/fence-{n}/…</c> below one root. Rows carry paths relative to it, so the folder may move.</summary>
public sealed class ArtifactFolder
{
    /// <summary>Takes an existing folder or makes it.</summary>
    public ArtifactFolder(string root) => Root = Directory.CreateDirectory(root).FullName;

    /// <summary>Absolute path.</summary>
    public string Root { get; }

    /// <summary>Makes the attempt's folder.</summary>
    public string Prepare(AttemptKey attempt) =>
        Directory.CreateDirectory(Path.Combine(Root, attempt.UnitId, $"fence-{attempt.Fence}")).FullName;

    /// <summary>As the trainer needs it.</summary>
    public CheckpointRef Absolute(CheckpointRef file) => file with { Path = Path.GetFullPath(Path.Combine(Root, file.Path)) };

    /// <summary>As the store keeps it. Throws <see cref="InvalidDataException"/> when the file lies elsewhere.</summary>
    public CheckpointRef Relative(CheckpointRef file)
    {
        var relative = Path.GetRelativePath(Root, file.Path);
        return Path.IsPathRooted(file.Path) && !Path.IsPathRooted(relative) && !relative.StartsWith("..", StringComparison.Ordinal)
            ? file with { Path = relative.Replace('\\', '/') }
            : throw new InvalidDataException($"checkpoint {file.Path} does not lie in the artifacts folder {Root}");
    }
}
