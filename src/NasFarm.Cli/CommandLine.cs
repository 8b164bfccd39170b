using System.CommandLine;
using System.CommandLine.Parsing;
using System.Data.Common;
using NasFarm.Catalog.Data;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Cli.Commands;
using NasFarm.Cli.Commands.Analyze;
using NasFarm.Cli.Remote;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;

namespace NasFarm.Cli;

/// <summary>Every command, and what becomes of a command's end.</summary>
public static class CommandLine
{
    /// <summary>The commands of <c>nasfarm</c>.</summary>
    public static RootCommand Create() => new(
        """
        NasFarm measures how stable differentiable architecture search is: it runs many seeds of SGAS-es, SGAS, DARTS and their relatives
        side by side and compares their variance.

          nasfarm run manifests/quickstart.yaml --report     search, retrain and compare; a second time it reuses everything
          nasfarm plan manifests/overnight.yaml              what would run, what it would cost, what it could show
          nasfarm compare                                    the comparison of the newest sweep
          nasfarm submit … and nasfarm worker                the same on any number of machines with one PostgreSQL store
          nasfarm login … and nasfarm submit --server …      the same words for a farm that a server has
        """)
    {
        RunCommand.Create(), PlanCommand.Create(), StatusCommand.Create(), CompareCommand.Create(), AnalyzeCommand.Create(), ExportCommand.Create(),
        ShowCommand.Create(), GetCommand.Create(), CatalogCommands.Methods(), CatalogCommands.Spaces(),
        SubmitCommand.Create(), WatchCommand.Create(), LogsCommand.Create(), WhyCommand.Create(),
        ControlCommands.Pause(), ControlCommands.Resume(), ControlCommands.Cancel(), ControlCommands.Retry(), ControlCommands.Priority(), DeleteCommand.Create(),
        WorkerCommand.Create(), SlotsCommand.Create(), CordonCommand.Cordon(), CordonCommand.Drain(), CordonCommand.Uncordon(), QuotaCommand.Create(),
        BundleCommand.Create(), ReplayCommand.Create(), DatabaseCommand.Create(), ArtifactsCommand.Create(), DataCommand.Create(),
        ServeCommand.Create(), TokenCommand.Create(), LoginCommand.Login(), LoginCommand.Logout(), CompletionCommand.Create(), TrainerCommandLine.Create(),
    };

    /// <summary>Does what the arguments say and returns the exit code. What goes wrong is a sentence on standard error.</summary>
    public static async Task<int> RunAsync(string[] args, CancellationToken stop)
    {
        try
        {
            var parsed = Create().Parse(args);
            // A shell asks about a line that is not finished.
            var isQuestion = args is [{ } first, ..] && first.StartsWith(CompletionCommand.Directive, StringComparison.Ordinal);
            if (parsed.Errors.Count > 0 && !isQuestion)
            {
                foreach (var error in parsed.Errors)
                    Console.Error.WriteLine(error.Message);
                Console.Error.WriteLine($"'nasfarm {Words(parsed.CommandResult)}--help' says what there is.");
                return ExitCodes.BadInput;
            }
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Console.Error.WriteLine("Stopped before any work began.");
            return ExitCodes.Interrupted;
        }
        catch (ServerException problem)
        {
            Console.Error.WriteLine(problem.Message);
            return problem.ExitCode;
        }
        catch (Exception problem) when (problem is InputException or ManifestException or RefusedException or DataSetUnavailableException or GenotypeFormatException
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
    }

    // The words before a command's options: "quota set ".
    private static string Words(CommandResult command) => command.Parent is CommandResult parent ? $"{Words(parent)}{command.Command.Name} " : "";
}
