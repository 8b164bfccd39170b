using System.Reflection;
using System.Runtime.InteropServices;
using NasFarm.Cli;

try
{
    OwnMethods.Load(Environment.GetEnvironmentVariable(OwnMethods.Variable));
}
catch (InputException problem)
{
    Console.Error.WriteLine(problem.Message);
    return ExitCodes.BadInput;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await CommandLine.RunAsync(args, stop.Token);

// The first signal asks for a clean end, the second one does not wait for it.
// A trainer shares its supervisor's terminal: Ctrl-C is meant for the supervisor, which asks the trainer for a checkpoint.
void Stop(PosixSignalContext context)
{
    if (args is ["trainer", ..])
    {
        context.Cancel = context.Signal == PosixSignal.SIGINT;
        return;
    }
    if (stop.IsCancellationRequested)
        return;
    context.Cancel = true;
    // Who only looks on stops nothing.
    if (args is not ["watch" or "logs", ..])
        Console.Error.WriteLine("Stopping: what runs writes a checkpoint first. Once more to stop at once.");
    stop.Cancel();
}

namespace NasFarm.Cli
{
    /// <summary>The version of this program, with the commit it was built from and the libraries of methods it was given.</summary>
    public static class CodeVersion
    {
        /// <summary>E.g. <c>0.1.0+4f2a…</c>.</summary>
        public static string Current { get; } =
            (typeof(CodeVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown")
            + OwnMethods.Versions;
    }
}
