using System.Runtime.InteropServices;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Data;
using NasFarm.Search.Phases;
using NasFarm.Torch.Ext;

namespace NasFarm.Search.Trainer;

/// <summary>The trainer process: units in on standard input, events out on standard output, one at a time (docs/reference/trainer.md).
/// It cannot outlive its lease or its parent: it leaves when standard input ends, when the parent dies, and when no lease grant came for
/// two thirds of the lease. Nothing it may be doing then matters: every file it writes becomes visible whole or not at all.</summary>
public sealed partial class TrainerLoop
{
    /// <summary>Standard input ended while idle: the supervisor is done with us.</summary>
    public const int ExitDone = 0;

    /// <summary>A command could not be read.</summary>
    public const int ExitProtocol = 2;

    /// <summary>No lease grant for two thirds of the lease.</summary>
    public const int ExitLeaseLost = 75;

    /// <summary>Standard input ended, or standard output broke, while a unit was running.</summary>
    public const int ExitOrphaned = 76;

    private const int ParentDeathSignal = 1, Kill = 9;

    private readonly TextReader input;
    private readonly TextWriter output;
    private readonly TimeProvider time;
    private readonly string codeVersion;
    private readonly UnitExecution execution;
    private readonly Lock sending = new();
    private readonly Queue<TrainerCommand> orders = [];
    private readonly SemaphoreSlim waiting = new(0);
    private volatile TrainerCommand.Run? current;
    private volatile StopBox? stop;
    private long lastGrant;
    private bool ended;

    /// <summary>Connects the streams.</summary>
    public TrainerLoop(TextReader input, TextWriter output, DataCatalog data, TimeProvider time, string codeVersion)
    {
        (this.input, this.output, this.time, this.codeVersion) = (input, output, time, codeVersion);
        execution = new(data);
    }

    /// <summary>Serves commands until standard input ends. Returns the exit code; a lost lease or parent ends the process at once.</summary>
    public int Run()
    {
        if (OperatingSystem.IsLinux())
            _ = SetProcessOption(ParentDeathSignal, (nuint)Kill);
        Send(new TrainerEvent.Hello(Environment.ProcessId, codeVersion, TrainerEvent.Hello.CurrentProtocol));
        new Thread(ReadCommands) { IsBackground = true, Name = "commands" }.Start();
        using var watch = time.CreateTimer(_ => CheckLease(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        while (true)
        {
            waiting.Wait();
            TrainerCommand? order;
            lock (orders)
            {
                if (!orders.TryDequeue(out order) && ended)
                    return ExitDone;
            }
            if (order is TrainerCommand.Run run)
                Execute(run);
            else if (order is TrainerCommand.Predict question)
                Predict(question);
        }
    }

    private void Execute(TrainerCommand.Run command)
    {
        try
        {
            var numerics = Fingerprints.Pin(command.Execution);
            var fingerprint = numerics.Hash();
            var resume = ResumeChoice.Make(command.Unit, command.ResumeFrom);
            var written = resume.Content?.Document.GetProperty("fingerprint").GetString();
            var changed = written is not null && written != fingerprint;
            if (changed && !command.Execution.AllowNumericsChange)
                throw new NumericsMismatchException(
                    $"{resume.From!.Path} was written under numerics fingerprint {written}; this trainer's is {fingerprint} ({numerics}). "
                    + "Run it where it began, or allow it with allowNumericsChange: true; the run is then marked.");
            Send(new TrainerEvent.Started(command.Fence, numerics, resume.From, resume.From?.Trained ?? 0, resume.Damaged, changed)
            {
                CodeVersion = codeVersion, DeviceModel = Fingerprints.DeviceModel(command.Execution),
            });

            var sink = new ProtocolSink(command.Fence, command.OutputDirectory, command.Execution.Device != "cpu", Send, () => StopReason(command), time);
            var (file, search, retrain) = execution.Run(command.Unit, command.Execution.Device, resume, fingerprint, sink);
            Finish(command, new TrainerEvent.Done(command.Fence, file, search, retrain));
        }
        catch (Exception problem) when (problem is not BrokenPipeException)
        {
            // The edge of the loop: whatever a unit throws has a reason, and the next unit may run.
            Console.Error.WriteLine(problem);
            Finish(command, new TrainerEvent.Failed(command.Fence, FailureReasons.Of(problem), problem.Message));
        }
    }

    private void Predict(TrainerCommand.Predict question)
    {
        try
        {
            _ = Fingerprints.Pin(question.Execution);
            var tensors = execution.Predict(question.Unit, question.Execution.Device, question.From);
            var document = JsonSerializer.SerializeToElement(
                new { kind = "predictions", unit = question.Unit.UnitId, checkpoint = question.From.Sha256 }, CatalogJson.Compact);
            Send(new TrainerEvent.Predicted(question.Fence, question.Output, Safetensors.Write(question.Output, tensors, document).Sha256));
        }
        catch (Exception problem) when (problem is not BrokenPipeException)
        {
            Console.Error.WriteLine(problem);
            Send(new TrainerEvent.Failed(question.Fence, FailureReasons.Of(problem), problem.Message));
        }
    }

    private void Finish(TrainerCommand.Run command, TrainerEvent last)
    {
        current = null;
        stop = null;
        TensorMemory.TrimHostMemory();
        Send(last);
    }

    private FailureReason? StopReason(TrainerCommand.Run command) => stop is { } asked && asked.Fence == command.Fence ? asked.Reason : null;

    private void ReadCommands()
    {
        while (input.ReadLine() is { } line)
        {
            TrainerCommand? command;
            try
            {
                command = JsonSerializer.Deserialize<TrainerCommand>(line, CatalogJson.Compact);
            }
            catch (JsonException problem)
            {
                Console.Error.WriteLine($"A command cannot be read: {problem.Message} The line was: {line}");
                Leave(ExitProtocol);
                return;
            }
            switch (command)
            {
                case TrainerCommand.Run run:
                    Interlocked.Exchange(ref lastGrant, time.GetTimestamp());
                    lock (orders)
                    {
                        orders.Enqueue(run);
                        current = run;
                    }
                    waiting.Release();
                    break;
                case TrainerCommand.Predict question:
                    lock (orders)
                        orders.Enqueue(question);
                    waiting.Release();
                    break;
                case TrainerCommand.Lease:
                    Interlocked.Exchange(ref lastGrant, time.GetTimestamp());
                    break;
                case TrainerCommand.Stop request:
                    stop = new(request.Fence, request.Reason);
                    break;
            }
        }
        if (current is not null)
            Leave(ExitOrphaned);
        lock (orders)
            ended = true;
        waiting.Release();
    }

    private void CheckLease()
    {
        if (current is { } run && time.GetElapsedTime(Interlocked.Read(ref lastGrant)) > TimeSpan.FromMilliseconds(run.LeaseMilliseconds * 2.0 / 3))
            Leave(ExitLeaseLost);
    }

    private void Send(TrainerEvent message)
    {
        try
        {
            lock (sending)
            {
                output.WriteLine(JsonSerializer.Serialize(message, CatalogJson.Compact));
                output.Flush();
            }
        }
        catch (IOException)
        {
            Leave(ExitOrphaned);
            throw new BrokenPipeException();
        }
    }

    /// <summary>Ends the process now: no finalisers, no waiting for native threads.</summary>
    private static void Leave(int code) => ExitNow(code);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int SetProcessOption(int option, nuint argument);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int code);

    private sealed record StopBox(long Fence, FailureReason Reason);

    private sealed class BrokenPipeException : Exception;
}
