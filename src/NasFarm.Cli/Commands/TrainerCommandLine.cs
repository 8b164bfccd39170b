using System.CommandLine;
using System.Text;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;
using NasFarm.Search.Data;
using NasFarm.Search.Trainer;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm trainer</c>: the child process that executes units (docs/reference/trainer.md). For supervisors, not for people.</summary>
internal static class TrainerCommandLine
{
    public static Command Create()
    {
        var data = Options.Data();
        var fingerprint = new Option<string?>("--fingerprint") { Description = "Print the numerics fingerprint of this machine with this device as JSON, and leave.", HelpName = "DEVICE" };
        fingerprint.AcceptOnlyFromAmong("cpu", "cuda");
        var threads = new Option<int>("--threads") { Description = "Threads inside libtorch, for --fingerprint.", DefaultValueFactory = _ => 1 };
        var command = new Command("trainer", "Execute units for a supervisor: commands on standard input, events on standard output.") { data, fingerprint, threads };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(fingerprint) is { } device)
            {
                Console.WriteLine(JsonSerializer.Serialize(Fingerprints.Pin(new ExecutionSpec(device, parsed.GetValue(threads))), CatalogJson.Compact));
                return ExitCodes.Done;
            }
            // Nothing but events may reach standard output.
            var events = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { NewLine = "\n" };
            var commands = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
            Console.SetOut(Console.Error);
            return new TrainerLoop(commands, events, DataCatalog.FromEnvironment(parsed.GetValue(data)), TimeProvider.System, CodeVersion.Current).Run();
        });
        return command;
    }

    /// <summary>How to start a trainer of this very program.</summary>
    public static (string Program, IReadOnlyList<string> Arguments) Invocation(string? dataFolder)
    {
        string[] verb = dataFolder is null ? ["trainer"] : ["trainer", "--data", Path.GetFullPath(dataFolder)];
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("This process does not know its own program.");
        // Under `dotnet nasfarm.dll` the program is dotnet itself.
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? (program, [Path.Combine(AppContext.BaseDirectory, "nasfarm.dll"), .. verb])
            : (program, verb);
    }
}
