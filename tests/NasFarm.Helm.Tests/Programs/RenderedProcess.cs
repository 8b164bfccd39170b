using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using NasFarm.Farm.Tests;

namespace NasFarm.Helm.Tests.Programs;

/// <summary>nasfarm-silo with exactly the variables of a rendered container. What only a cluster has stands for what this machine has: names,
/// ports, folders, Secrets.</summary>
internal sealed class RenderedProcess : IAsyncDisposable
{
    private static readonly string Program = RepositoryFile.Path("src/NasFarm.Orleans/bin/Release/net10.0/nasfarm-silo");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process process;
    private readonly ConcurrentQueue<string> said = [];
    private readonly Dictionary<string, int> ports;
    private readonly JsonObject container;

    private RenderedProcess(Process process, Dictionary<string, int> ports, JsonObject container)
    {
        (this.process, this.ports, this.container) = (process, ports, container);
        process.OutputDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Why it cannot be started here; null: it can.</summary>
    public static string? Absent => File.Exists(Program) ? null : "nasfarm-silo is not built: the registry does not serve Microsoft.Orleans";

    /// <summary>What it has said.</summary>
    public string Said => string.Join('\n', said);

    /// <param name="pod">The pod.</param>
    /// <param name="replace">What stands for what, in values of variables.</param>
    /// <param name="secrets">Values by the name of a Secret and its key.</param>
    /// <param name="trainer">The program that trains.</param>
    public static RenderedProcess Start(RenderedPod pod, IReadOnlyList<(string Cluster, string Here)> replace, Func<string, string, string> secrets, string trainer)
    {
        var container = pod.Containers.Single();
        var ports = (container["ports"]?.AsArray() ?? []).ToDictionary(port => (string)port!["name"]!, _ => FreePort());
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("NASFARM_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var variable in pod.Variables)
        {
            var value = variable["valueFrom"] switch
            {
                { } from when from["secretKeyRef"] is { } key => secrets((string)key["name"]!, (string)key["key"]!),
                { } from when (string?)from["fieldRef"]?["fieldPath"] == "status.podIP" => "127.0.0.1",
                null => (string)variable["value"]!,
                { } from => throw new InvalidDataException($"{pod}: {from.ToJsonString()}"),
            };
            foreach (var port in container["ports"]?.AsArray() ?? [])
                if (value == $"{port!["containerPort"]}" || value.EndsWith($":{port["containerPort"]}", StringComparison.Ordinal))
                    value = value.Replace($"{port["containerPort"]}", ports[(string)port["name"]!].ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            start.Environment[(string)variable["name"]!] = replace.Aggregate(value, (text, pair) => text.Replace(pair.Cluster, pair.Here, StringComparison.Ordinal));
        }
        // In the image the two programs lie in one folder.
        start.Environment["NASFARM_SILO_TRAINER"] = trainer;
        return new(Process.Start(start)!, ports, container);
    }

    /// <summary>Where a port of the container is.</summary>
    public string Url(string port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[port]}");

    /// <summary>Asks as the kubelet does until the answer is yes.</summary>
    public async Task UntilAsync(string probe)
    {
        var get = container[probe]!["httpGet"]!;
        using var client = new HttpClient();
        for (var began = Stopwatch.StartNew(); began.Elapsed < Patience && !process.HasExited; await Task.Delay(100))
        {
            try
            {
                if ((await client.GetAsync(new Uri(Url((string)get["port"]!) + (string)get["path"]!))).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Nobody listens yet.
            }
        }
        Assert.Fail($"{probe} did not succeed: {Said}");
    }

    /// <summary>Sends SIGTERM and waits for the end, or only waits. Its exit code.</summary>
    public async Task<int> EndAsync(bool terminate)
    {
        if (terminate)
        {
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
