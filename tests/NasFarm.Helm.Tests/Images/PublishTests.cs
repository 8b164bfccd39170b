using System.Diagnostics;
using NasFarm.Farm.Tests;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Store.Postgres;

namespace NasFarm.Helm.Tests.Images;

/// <summary>What an image's build would publish: made with its own commands from a copy of what it copies, and started as its user on a root that nobody may write.</summary>
[Trait("Tier", "all")]
public sealed class PublishTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [PublishFact]
    public async Task What_is_published_starts_as_a_user_without_rights_on_a_read_only_root()
    {
        var image = Dockerfile.All.Single(file => file.Name == "control.Dockerfile");
        foreach (var source in image.Sources)
            Copy(RepositoryFile.Path(source), folder.File($"source/{source}"));
        foreach (var publish in image.Of("RUN").Where(run => run.StartsWith("dotnet publish", StringComparison.Ordinal)))
        {
            var made = await RunAsync("sh", ["-c", publish.Replace("/publish", folder.File("publish"), StringComparison.Ordinal)], folder.File("source"), [("REVISION", "0123")]);
            Assert.True(made.Code == 0, made.Said);
        }
        foreach (var program in new[] { "nasfarm", "nasfarm-silo", "nasfarm.dll", "nasfarm-silo.dll", "libnasfarm_torch.so", "libe_sqlite3.so" })
            Assert.True(File.Exists(folder.File($"publish/{program}")), program);

        await using var postgres = await PostgresServer.StartAsync();
        var store = await postgres.NewSchemaAsync();
        // Others must get through to the folder.
        await RunAsync("chmod", ["-R", "a+rX", folder.Path], folder.Path, []);
        Directory.CreateDirectory(folder.File("home"));
        var migrated = await AsImageAsync("nasfarm-silo", store);
        Assert.True(migrated.Code == 0, migrated.Said);
        Assert.Contains("\"event\":\"tables\"", migrated.Said, StringComparison.Ordinal);
        var written = await AsImageAsync("sh -c 'touch /app-was-here'", store);
        Assert.Contains("Read-only file system", written.Said, StringComparison.Ordinal);
        var sets = await AsImageAsync("nasfarm data list", store);
        Assert.True(sets.Code == 0, sets.Said);
    }

    /// <summary>Runs a command as the container would: nobody's root, one folder to write in.</summary>
    private Task<(int Code, string Said)> AsImageAsync(string command, string store) => RunAsync("unshare",
        ["--mount", "--propagation", "private", "sh", "-ec", $"""
            mount -t tmpfs -o uid=10001,gid=10001,mode=700 tmpfs "$HOME"
            mount -o remount,bind,ro /
            exec setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all {command}
            """], "/",
        [("HOME", folder.File("home")), ("NASFARM_HOME", folder.File("home")), ("DOTNET_EnableDiagnostics", "0"), ("NASFARM_STORE", store), ("NASFARM_SILO_ROLE", "migrate"), ("NASFARM_SILO_JSON", "true"),
            ("PATH", $"{folder.File("publish")}:{Environment.GetEnvironmentVariable("PATH")}")]);

    private static async Task<(int Code, string Said)> RunAsync(string program, string[] arguments, string at, (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = at };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    private static void Copy(string source, string target)
    {
        if (File.Exists(source))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source, target);
            File.SetUnixFileMode(target, File.GetUnixFileMode(source));
            return;
        }
        foreach (var inside in Directory.GetFileSystemEntries(source).Where(entry => Path.GetFileName(entry) is not ("bin" or "obj")))
            Copy(inside, Path.Combine(target, Path.GetFileName(inside)));
    }

    /// <summary>Needs what an image's build has, and the right to mount.</summary>
    private sealed class PublishFactAttribute : FactAttribute
    {
        public PublishFactAttribute() => Skip = PostgresServer.Absent
            ?? (Environment.UserName != "root" ? "needs root, to start a process on a root that it may not write" : null)
            ?? (!File.Exists(RepositoryFile.Path("src/NasFarm.Orleans/bin/Release/net10.0/nasfarm-silo")) ? "nasfarm-silo is not built: the registry does not serve Microsoft.Orleans" : null)
            ?? (MayMount() ? null : "this machine lets nobody mount");

        private static bool MayMount()
        {
            using var unshare = Process.Start(new ProcessStartInfo("unshare", ["--mount", "--propagation", "private", "true"]) { RedirectStandardError = true })!;
            unshare.WaitForExit();
            return unshare.ExitCode == 0;
        }
    }
}
