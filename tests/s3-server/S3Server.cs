using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace NasFarm.Tests.S3;

/// <summary>The S3 server of the tests on loopback (server.js), with a bucket and a folder of its own; ends with this.</summary>
public sealed class S3Server : IAsyncDisposable
{
    public const string Bucket = "artifacts";

    /// <summary>The one account that it knows, as the usual AWS variables.</summary>
    public static readonly (string Name, string Value)[] Credentials = [("AWS_ACCESS_KEY_ID", "S3RVER"), ("AWS_SECRET_ACCESS_KEY", "S3RVER")];

    private readonly Process process;
    private readonly HttpClient http = new();
    private readonly string folder;

    private S3Server(Process process, string folder, int port) =>
        (this.process, this.folder, Endpoint) = (process, folder, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")));

    /// <summary>Why it cannot be started here; null: it can.</summary>
    public static string? Absent { get; } = FindProblem();

    public Uri Endpoint { get; }

    /// <param name="plain">Ignore conditional writes, as some servers do.</param>
    public static async Task<S3Server> StartAsync(bool plain = false)
    {
        var folder = Directory.CreateTempSubdirectory("nasfarm-s3-").FullName;
        // s3rver encrypts the tokens of its listings with DES.
        string[] arguments = ["--openssl-legacy-provider", Path.Combine(Scripts(), "server.js"), folder, Bucket, .. plain ? ["plain"] : Array.Empty<string>()];
        var process = Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var port = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The S3 server ended before it said its port.");
        return new(process, folder, int.Parse(port, CultureInfo.InvariantCulture));
    }

    /// <summary>As <c>NASFARM_ARTIFACTS</c> names a prefix of it.</summary>
    public string Location(string prefix) => $"s3://{Bucket}/{prefix}?endpoint={Endpoint}";

    /// <summary>Where it keeps an object's bytes.</summary>
    public string FileOf(string key) => Path.Combine(folder, Bucket, key + "._S3rver_object");

    /// <summary>The next requests of a method meet a fault: <c>refuse</c> (503), <c>drop</c> (cut while it is read), <c>lose</c> (done, not answered).</summary>
    public Task FailAsync(string method, int times, string how) =>
        http.PostAsync(new Uri(Endpoint, string.Create(CultureInfo.InvariantCulture, $"/-/fault?method={method}&times={times}&do={how}")), null);

    /// <summary>Requests of a method until now, without refused and dropped ones.</summary>
    public async Task<int> CountAsync(string method)
    {
        using var count = JsonDocument.Parse(await http.GetStringAsync(new Uri(Endpoint, "/-/count")));
        return count.RootElement.TryGetProperty(method, out var number) ? number.GetInt32() : 0;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string? FindProblem()
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "node")));
        return !onPath ? "needs node, which 'make install' installs"
            : !Directory.Exists(Path.Combine(Scripts(), "node_modules", "s3rver")) ? "needs the S3 test server, which 'make install' installs with npm into tests/s3-server"
            : null;
    }

    private static string Scripts()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "NasFarm.sln")))
                return Path.Combine(at.FullName, "tests", "s3-server");
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds NasFarm.sln.");
    }
}
