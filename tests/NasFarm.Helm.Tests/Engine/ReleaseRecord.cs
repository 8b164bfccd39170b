using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace NasFarm.Helm.Tests.Engine;

/// <summary>What Helm writes down of a release: it holds the hooks that an installation does not run, and the notes.</summary>
/// <param name="Notes">As people see them.</param>
/// <param name="Hooks">Manifests of hooks, each with its events.</param>
public sealed record ReleaseRecord(string Notes, IReadOnlyList<(string[] Events, string Manifest)> Hooks)
{
    /// <summary>Reads Helm's Secret: JSON, compressed, in base64, and as every Secret once more in base64.</summary>
    public static ReleaseRecord Read(JsonObject secret)
    {
        var packed = Convert.FromBase64String(Encoding.UTF8.GetString(Convert.FromBase64String((string)secret["data"]!["release"]!)));
        using var zipped = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        var release = JsonNode.Parse(zipped)!;
        return new((string)release["info"]!["notes"]!,
            [.. release["hooks"]!.AsArray().Select(hook => (hook!["events"]!.AsArray().Select(e => (string)e!).ToArray(), (string)hook["manifest"]!))]);
    }
}
