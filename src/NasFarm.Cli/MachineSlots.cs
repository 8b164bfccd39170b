using System.CommandLine.Parsing;
using System.Globalization;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Slots;

namespace NasFarm.Cli;

/// <summary>The slots of this machine: shares of the CPU, and one per GPU.</summary>
/// <param name="Cpu">Units executed at once on the CPU.</param>
/// <param name="Gpus">GPUs.</param>
public sealed record MachineSlots(int Cpu, IReadOnlyList<GpuDevice> Gpus)
{
    /// <summary>Labels of each slot.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Memory of a slot in bytes; null: as the farm finds it.</summary>
    public long? MemoryBytes { get; init; }

    private const string AllGpus = "all";
    private const int MostCpuSlots = 1024;

    /// <summary>GPUs whose memory nobody tells: units that ask for memory do not run there.</summary>
    public IReadOnlyList<string> OfUnknownMemory => MemoryBytes is not null ? [] : [.. Gpus.Where(gpu => gpu.MemoryBytes is null).Select(gpu => gpu.Id)];

    /// <summary>Reads the value of <c>--slots</c>.</summary>
    public static int? Parse(ArgumentResult given) => Parse(given, 1);

    /// <summary>Reads the value of a worker's <c>--slots</c>, which may be 0.</summary>
    public static int? ParseOfWorker(ArgumentResult given) => Parse(given, 0);

    /// <summary>What the execution asks for. Throws <see cref="InputException"/> when it asks for GPUs and there are none.</summary>
    /// <param name="execution">Device and threads of the plan.</param>
    /// <param name="cpu">CPU slots asked for; null: processors / threads.</param>
    /// <param name="gpus">GPUs asked for; null: all that the driver names.</param>
    public static MachineSlots For(ExecutionSpec execution, int? cpu, IReadOnlyList<string>? gpus)
    {
        if (execution.Device == "cpu")
            return new(cpu ?? Math.Max(1, Environment.ProcessorCount / Math.Max(1, execution.Threads)), []);
        var chosen = Choose(gpus is { Count: > 0 } ? gpus : [AllGpus]);
        return chosen.Count > 0
            ? new(0, chosen)
            : throw new InputException("The manifest says device: cuda, and nvidia-smi names no GPU here. Run it where there is one, or set execution.device to cpu.");
    }

    /// <summary>What a worker offers to whatever comes. Throws <see cref="InputException"/> when that is nothing.</summary>
    /// <param name="cpu">CPU slots asked for; null: none beside GPUs, else one for each processor.</param>
    /// <param name="gpus">GPUs asked for, <c>all</c> being every one that the driver names; null: none.</param>
    public static MachineSlots OfWorker(int? cpu, IReadOnlyList<string>? gpus)
    {
        var chosen = Choose(gpus ?? []);
        if (gpus is { Count: > 0 } && chosen.Count == 0)
            throw new InputException("--gpus all: nvidia-smi names no GPU here. Name them by index or UUID, or leave the option out.");
        var slots = new MachineSlots(cpu ?? (chosen.Count > 0 ? 0 : Environment.ProcessorCount), chosen);
        return slots.Cpu + chosen.Count > 0 ? slots : throw new InputException("--slots 0 without --gpus leaves the worker no slot.");
    }

    private static IReadOnlyList<GpuDevice> Choose(IReadOnlyList<string> wanted)
    {
        if (wanted.Count == 0)
            return [];
        var there = NvidiaSmi.List();
        return wanted is [AllGpus] ? [.. there.Select(gpu => gpu.Device)] : NvidiaSmi.Choose(there, wanted);
    }

    private static int? Parse(ArgumentResult given, int least)
    {
        var text = given.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var slots) && slots >= least && slots <= MostCpuSlots)
            return slots;
        given.AddError($"--slots is '{text}'; it must be {least} to {MostCpuSlots}.");
        return null;
    }
}
