using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using NasFarm.Farm.Store.Sqlite;

namespace NasFarm.Cli.Tests.Programs;

/// <summary>How a program ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"exit code {ExitCode}\n--- standard output\n{Output}--- standard error\n{Errors}";
}

/// <summary>A temporary folder with data, home and caches of its own, in which <c>nasfarm</c> runs as a person would run it. Every process
/// started here, and every process those start, carries a mark; disposing ends what is left of them.</summary>
internal sealed class Workplace : IDisposable
{
    private readonly string mark = "NASFARM_TEST_MARK=" + Guid.NewGuid().ToString("N");

    public Workplace()
    {
        Folder = Directory.CreateTempSubdirectory("nasfarm-cli-").FullName;
        foreach (var name in new[] { "home", "tmp" })
            Directory.CreateDirectory(Path.Combine(Folder, name));
        TinyImages.Write(Data);
    }

    /// <summary>The built program beside this assembly.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "nasfarm");

    public string Folder { get; }

    public string Data => Path.Combine(Folder, "data");

    public string Home => Path.Combine(Folder, "farm");

    public string Database => Path.Combine(Home, "farm.db");

    /// <summary>Seconds of a lease in every program started from here; null: the program's own.</summary>
    public double? LeaseSeconds { get; init; } = 4;

    /// <summary>Processes of this workplace that live.</summary>
    public IReadOnlyList<int> Living => [.. Signals.Marked(mark).Select(p => p.Id)];

    /// <summary>Trainers of this workplace that live.</summary>
    public IReadOnlyList<int> Trainers => [.. Signals.Marked(mark).Where(p => p.Command is [_, "trainer", ..]).Select(p => p.Id).Order()];

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Starts the program; what it says is collected.</summary>
    public Running Start(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment) => Launch([Program, .. arguments], environment);

    /// <summary>Starts any program likewise.</summary>
    public Running Launch(IReadOnlyList<string> command, params (string Name, string Value)[] environment)
    {
        // A shell starts its background jobs with Ctrl-C ignored, and children inherit that; env becomes the program.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("NASFARM_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        var home = Path.Combine(Folder, "home");
        var (markName, markValue) = (mark.Split('=')[0], mark.Split('=')[1]);
        foreach (var (name, value) in new[]
        {
            ("HOME", home), ("XDG_DATA_HOME", Path.Combine(home, "share")), ("XDG_CACHE_HOME", Path.Combine(home, "cache")),
            ("TMPDIR", Path.Combine(Folder, "tmp")), ("NASFARM_DATA", Data), ("NASFARM_HOME", Home), (markName, markValue),
        }.Concat(LeaseSeconds is { } lease ? [("NASFARM_LEASE_SECONDS", lease.ToString(CultureInfo.InvariantCulture))] : []).Concat(environment))
            start.Environment[name] = value;
        return new(ParentThread.Start(start));
    }

    /// <summary>Runs the program to its end.</summary>
    public async Task<Ended> RunAsync(params string[] arguments)
    {
        using var running = Start(arguments);
        return await running.EndAsync();
    }

    /// <summary>Runs the program to its end and expects success.</summary>
    public async Task<Ended> MustRunAsync(params string[] arguments)
    {
        var ended = await RunAsync(arguments);
        Assert.True(ended.ExitCode == ExitCodes.Done, $"nasfarm {string.Join(' ', arguments)}: {ended}");
        return ended;
    }

    public Task<SqliteFarmStore> OpenStoreAsync() => SqliteFarmStore.OpenAsync(Database, TimeProvider.System);

    /// <summary>The effective history of every run in the farm, by run id.</summary>
    public async Task<SortedDictionary<string, string>> HistoriesAsync()
    {
        await using var store = await OpenStoreAsync();
        var histories = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var sweep in await store.ListSweepsAsync())
            foreach (var run in (await store.ReadSweepAsync(sweep.SweepId))!.Runs)
                histories[run.RunId] = (await store.EffectiveHistoryAsync(run.RunId))!;
        return histories;
    }

    public void Dispose()
    {
        foreach (var id in Living)
            Signals.Send(id, Signals.Kill);
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>A program in execution. Disposing kills it if it still lives.</summary>
internal sealed class Running : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly Process process;
    private readonly StringBuilder said = new();
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly Task output;
    private readonly Task<string> errors;

    public Running(Process process)
    {
        this.process = process;
        output = ListenAsync();
        errors = process.StandardError.ReadToEndAsync();
    }

    public bool HasEnded => process.HasExited;

    /// <summary>Standard output until now, in whole lines.</summary>
    public string SaidSoFar
    {
        get
        {
            lock (said)
                return said.ToString();
        }
    }

    /// <summary>Lines of its standard output as they come, each once.</summary>
    public ChannelReader<string> Lines => lines.Reader;

    public void Send(int signal) => Signals.Send(process.Id, signal);

    /// <summary>A line for its standard input.</summary>
    public async Task SayAsync(string line)
    {
        await process.StandardInput.WriteAsync(line + "\n");
        await process.StandardInput.FlushAsync();
    }

    /// <param name="closeInput">End its standard input first.</param>
    public async Task<Ended> EndAsync(bool closeInput = true)
    {
        if (closeInput)
            process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Longest);
        await process.WaitForExitAsync(patience.Token);
        await output.WaitAsync(patience.Token);
        return new(process.ExitCode, SaidSoFar, await errors.WaitAsync(patience.Token));
    }

    public void Dispose()
    {
        if (!process.HasExited)
            Signals.Send(process.Id, Signals.Kill);
        process.Dispose();
    }

    private async Task ListenAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (said)
                said.Append(line).Append('\n');
            lines.Writer.TryWrite(line);
        }
        lines.Writer.Complete();
    }
}
