using System.CommandLine;
using System.CommandLine.Parsing;
using System.Data.Common;
using System.Reflection;
using System.Runtime.InteropServices;
using NasFarm.Catalog.Data;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Cli;
using NasFarm.Cli.Commands;
using NasFarm.Cli.Commands.Analyze;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Store;

try
{
    OwnMethods.Load(Environment.GetEnvironmentVariable(OwnMethods.Variable));
}
catch (InputException problem)
{
    Console.Error.WriteLine(problem.Message);
    return ExitCodes.BadInput;
}

var root = new RootCommand(
    """
    NasFarm measures how stable differentiable architecture search is: it runs many seeds of SGAS-es, SGAS, DARTS and their relatives
    side by side and compares their variance.

      nasfarm run manifests/quickstart.yaml --report     search, retrain and compare; a second time it reuses everything
      nasfarm plan manifests/overnight.yaml              what would run, what it would cost, what it could show
      nasfarm compare                                    the comparison of the newest sweep
      nasfarm submit … and nasfarm worker                the same on any number of machines with one PostgreSQL store
    """)
{
    RunCommand.Create(), PlanCommand.Create(), StatusCommand.Create(), CompareCommand.Create(), AnalyzeCommand.Create(), ExportCommand.Create(),
    ShowCommand.Create(), CatalogCommands.Methods(), CatalogCommands.Spaces(),
    SubmitCommand.Create(), WorkerCommand.Create(), SlotsCommand.Create(), CordonCommand.Cordon(), CordonCommand.Drain(), CordonCommand.Uncordon(),
    BundleCommand.Create(), ReplayCommand.Create(), WhyCommand.Create(), ControlCommands.Pause(), ControlCommands.Resume(), ControlCommands.Cancel(),
    ControlCommands.Retry(), ControlCommands.Priority(), DeleteCommand.Create(), QuotaCommand.Create(), DatabaseCommand.Create(), ArtifactsCommand.Create(),
    DataCommand.Create(), ServeCommand.Create(), TokenCommand.Create(), TrainerCommandLine.Create(),
};

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    var parsed = root.Parse(args);
    if (parsed.Errors.Count > 0)
    {
        foreach (var error in parsed.Errors)
            Console.Error.WriteLine(error.Message);
        Console.Error.WriteLine($"'nasfarm {Words(parsed.CommandResult)}--help' says what there is.");
        return ExitCodes.BadInput;
    }
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped before any work began.");
    return ExitCodes.Interrupted;
}
catch (Exception problem) when (problem is InputException or ManifestException or DataSetUnavailableException or GenotypeFormatException
    or HyperparameterException or ArgumentException or FormatException or InvalidDataException)
{
    Console.Error.WriteLine(problem.Message);
    return ExitCodes.BadInput;
}
catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or StoreUnusableException or StoreUnavailableException or DbException
    or ArtifactsUnavailableException)
{
    Console.Error.WriteLine(problem.Message);
    return ExitCodes.Failed;
}

// The words before a command's options: "quota set ".
string Words(CommandResult command) => command.Parent is CommandResult parent ? $"{Words(parent)}{command.Command.Name} " : "";

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
