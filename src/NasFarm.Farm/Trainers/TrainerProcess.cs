using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Trainers;

/// <summary>A trainer as a child process: commands in on standard input, events out on standard output, log on standard error.</summary>
internal sealed class TrainerProcess : ITrainer
{
    private const int LogLines = 200;
    private readonly Process process;
    private readonly ChannelWriter<TrainerSignal> inbox;
    private readonly Queue<string> log = new();
    private readonly long kernelKillsBefore;
    private readonly Task life;
    private KillCause? killedBy;
    private string? killedWhy;

    private TrainerProcess(Process process, ChannelWriter<TrainerSignal> inbox, IReadOnlyDictionary<string, string> environment, long kernelKillsBefore)
    {
        (this.process, this.inbox, Environment, this.kernelKillsBefore) = (process, inbox, environment, kernelKillsBefore);
        life = LiveAsync();
    }

    public IReadOnlyDictionary<string, string> Environment { get; }

    public int ProcessId => process.Id;

    public bool IsAlive => !life.IsCompleted && !process.HasExited;

    public IReadOnlyList<string> Log
    {
        get
        {
            lock (log)
                return [.. log];
        }
    }

    /// <summary>Starts the program of <see cref="TrainerOptions"/> as a child process.</summary>
    internal sealed class Launcher(TrainerOptions options, string workingDirectory) : ITrainerLauncher
    {
        /// <inheritdoc/>
        public async Task<ITrainer> StartAsync(IReadOnlyDictionary<string, string> environment, ChannelWriter<TrainerSignal> inbox) =>
            await TrainerProcess.StartAsync(options, workingDirectory, environment, inbox);
    }

    private static async Task<TrainerProcess> StartAsync(
        TrainerOptions options, string workingDirectory, IReadOnlyDictionary<string, string> environment, ChannelWriter<TrainerSignal> inbox)
    {
        var start = new ProcessStartInfo(options.Program, options.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = workingDirectory,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        // A trainer never talks to the store: its address and password stay here.
        start.Environment.Remove("NASFARM_STORE");
        start.Environment.Remove("PGPASSWORD");
        var kills = KernelKills();
        return new(await ParentThread.StartAsync(start), inbox, environment, kills);
    }

    public async Task SendAsync(TrainerCommand command)
    {
        try
        {
            await process.StandardInput.WriteAsync(JsonSerializer.Serialize(command, CatalogJson.Compact) + "\n");
            await process.StandardInput.FlushAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Note($"(the supervisor could not send {command.GetType().Name.ToLowerInvariant()}: {e.Message})");
        }
    }

    /// <inheritdoc/>
    /// <remarks>Only our own child is ever killed.</remarks>
    public void Kill(KillCause cause, string why)
    {
        if (life.IsCompleted)
            return;
        try
        {
            if (killedBy is null && !process.HasExited)
                (killedBy, killedWhy) = (cause, why);
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // Already gone.
        }
    }

    public void ClearLog()
    {
        lock (log)
            log.Clear();
    }

    public long ResidentBytes()
    {
        try
        {
            process.Refresh();
            return process.HasExited ? 0 : process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }

    /// <summary>Kills it if it still lives; returns when it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill(KillCause.Dismissed, "no longer needed");
        await life;
        process.Dispose();
    }

    private async Task LiveAsync()
    {
        var hearing = HearAsync();
        var logging = KeepLogAsync();
        await process.WaitForExitAsync();
        // A grandchild may hold the pipes open after the trainer is gone; what the trainer itself wrote is already in them.
        await Task.WhenAny(Task.WhenAll(hearing, logging), Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System));
        inbox.TryWrite(new TrainerSignal.Exited(new(process.ExitCode, killedBy, killedWhy, KernelKills() > kernelKillsBefore)));
    }

    private async Task HearAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
                inbox.TryWrite(TrainerSignal.Parse(line));
        }
    }

    private async Task KeepLogAsync()
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
            Note(line);
    }

    private void Note(string line)
    {
        lock (log)
        {
            log.Enqueue(line);
            while (log.Count > LogLines)
                log.Dequeue();
        }
    }

    /// <summary>How often this machine's kernel has killed for memory; 0 where it does not tell.</summary>
    private static long KernelKills() => !File.Exists("/proc/vmstat") ? 0 : File.ReadLines("/proc/vmstat")
        .Where(line => line.StartsWith("oom_kill ", StringComparison.Ordinal))
        .Select(line => long.Parse(line.AsSpan(9), CultureInfo.InvariantCulture)).FirstOrDefault();
}
