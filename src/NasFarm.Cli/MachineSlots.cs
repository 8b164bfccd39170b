using System.CommandLine.Parsing;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using NasFarm.Catalog.Units;

namespace NasFarm.Cli;

/// <summary>The slots of this machine that fit a plan: shares of the CPU, or one per GPU.</summary>
/// <param name="Cpu">Units executed at once on the CPU.</param>
/// <param name="Gpus">GPUs by index or UUID.</param>
public sealed record MachineSlots(int Cpu, IReadOnlyList<string> Gpus)
{
    /// <summary>Labels of each slot.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Memory of each slot in bytes; null: as the farm finds it.</summary>
    public long? MemoryBytes { get; init; }

    private const int MostCpuSlots = 1024;

    /// <summary>Reads the value of <c>--slots</c>.</summary>
    public static int? Parse(ArgumentResult given)
    {
        var text = given.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var slots) && slots is >= 1 and <= MostCpuSlots)
            return slots;
        given.AddError($"--slots is '{text}'; it must be 1 to {MostCpuSlots}.");
        return null;
    }

    /// <summary>What the execution asks for. Throws <see cref="InputException"/> when it asks for GPUs and there are none.</summary>
    /// <param name="execution">Device and threads of the plan.</param>
    /// <param name="cpu">CPU slots asked for; null: processors / threads.</param>
    /// <param name="gpus">GPUs asked for; null: all that the driver names.</param>
    public static MachineSlots For(ExecutionSpec execution, int? cpu, IReadOnlyList<string>? gpus)
    {
        if (execution.Device == "cpu")
            return new(cpu ?? Math.Max(1, Environment.ProcessorCount / Math.Max(1, execution.Threads)), []);
        IReadOnlyList<string> chosen = gpus is { Count: > 0 } ? gpus : Named();
        return chosen.Count > 0
            ? new(0, chosen)
            : throw new InputException("The manifest says device: cuda, and nvidia-smi names no GPU here. Run it where there is one, or set execution.device to cpu.");
    }

    private static IReadOnlyList<string> Named()
    {
        try
        {
            using var query = Process.Start(new ProcessStartInfo("nvidia-smi", ["--query-gpu=index", "--format=csv,noheader"]) { RedirectStandardOutput = true })!;
            var lines = query.StandardOutput.ReadToEnd();
            query.WaitForExit();
            return query.ExitCode == 0 ? lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
        }
        catch (Win32Exception)
        {
            return [];   // no driver, so no nvidia-smi
        }
    }
}
