using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using NasFarm.Farm.Tests;

namespace NasFarm.Helm.Tests.Models;

/// <summary>Kubernetes' own schemas, and those of the Prometheus operator.</summary>
public static class KubernetesModels
{
    private static readonly string Folder = RepositoryFile.Path("tests/helm-engine");

    /// <summary>Why they are not there; null: they are.</summary>
    public static string? Absent { get; } =
        !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "node"))) ? "needs node, which 'make install' installs"
        : Directory.Exists(Path.Combine(Folder, "node_modules", "kubernetes-models")) ? null : "needs Kubernetes' schemas, which 'make install' installs with npm into tests/helm-engine";

    /// <summary>Problems of each list of objects: what is wrong, missing or unknown.</summary>
    public static async Task<IReadOnlyList<string[]>> CheckAsync(IEnumerable<IEnumerable<JsonNode>> lists)
    {
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Folder, "validate.js")]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var answers = node.StandardOutput.ReadToEndAsync();
        foreach (var list in lists)
            await node.StandardInput.WriteLineAsync(new JsonArray([.. list.Select(one => one.DeepClone())]).ToJsonString());
        node.StandardInput.Close();
        var lines = (await answers).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await node.WaitForExitAsync();
        return node.ExitCode == 0 ? [.. lines.Select(line => JsonSerializer.Deserialize<string[]>(line)!)] : throw new InvalidOperationException($"validate.js ended with {node.ExitCode}.");
    }
}
