using System.Globalization;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Slots;

/// <summary>A slot of this process.</summary>
/// <param name="Info">As the store knows it.</param>
/// <param name="VisibleDevice">The one GPU its trainer may see; null on the CPU.</param>
internal sealed record LocalSlot(SlotInfo Info, string? VisibleDevice)
{
    /// <summary>Shares of the CPU, then one slot a GPU.</summary>
    public static LocalSlot[] Of(LocalFarmOptions options)
    {
        var memory = options.SlotMemoryBytes ?? options.Trainer.MemoryLimitBytes
            ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (options.CpuSlots + options.Gpus.Count);
        return [
            .. Enumerable.Range(0, options.CpuSlots).Select(n => Slot(Invariant($"cpu-{n}"), "cpu", "cpu", null)),
            .. options.Gpus.Select(gpu => Slot($"gpu-{gpu}", "cuda", $"cuda {gpu}", gpu)),
        ];

        LocalSlot Slot(string name, string device, string model, string? visible) =>
            new(new($"{options.Owner}/{name}", options.Owner, options.Host, device, model, memory, options.Labels), visible);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
