using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Artifacts.Remote;

/// <summary>The name of a file in remote storage: its path in rows, a dot, and its SHA-256.</summary>
internal static class ArtifactKey
{
    private const int HashLength = 64;

    /// <summary>Throws <see cref="InvalidDataException"/> when the path or the hash has another form.</summary>
    public static string Of(CheckpointRef stored) => IsHash(stored.Sha256)
        ? $"{ArtifactPath.Checked(stored.Path)}.{stored.Sha256}"
        : throw new InvalidDataException($"checkpoint {stored.Path} has SHA-256 '{stored.Sha256}'; it must be {HashLength} lower-case hex digits.");

    /// <summary>The path in a key; null: the key is not one of ours.</summary>
    public static string? PathOf(string key) =>
        key.Length > HashLength + 1 && key[^(HashLength + 1)] == '.' && IsHash(key[^HashLength..]) && ArtifactPath.IsOne(key[..^(HashLength + 1)])
            ? key[..^(HashLength + 1)] : null;

    private static bool IsHash(string text) => text.Length == HashLength && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));
}
