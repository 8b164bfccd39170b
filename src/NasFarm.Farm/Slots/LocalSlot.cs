using System.Globalization;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Slots;

/// <summary>A slot of this process.</summary>
/// <param name="Info">As the store knows it.</param>
/// <param name="VisibleDevice">The one GPU its trainer may see; null on the CPU.</param>
internal sealed record LocalSlot(SlotInfo Info, string? VisibleDevice)
{
    /// <summary>Shares of the CPU, then one slot a GPU. A GPU has its own memory: where nobody tells how much, it counts as none.</summary>
    public static LocalSlot[] Of(LocalFarmOptions options)
    {
        var share = options.SlotMemoryBytes ?? options.Trainer.MemoryLimitBytes
            ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Math.Max(1, options.CpuSlots);
        return [
            .. Enumerable.Range(0, options.CpuSlots).Select(n => Slot(Invariant($"cpu-{n}"), "cpu", "cpu", share, null)),
            .. options.Gpus.Select(gpu => Slot(
                $"gpu-{gpu.Id.Replace('/', '-')}", "cuda", gpu.Model ?? $"cuda {gpu.Id}", gpu.MemoryBytes ?? options.SlotMemoryBytes ?? 0, gpu.Id)),
        ];

        LocalSlot Slot(string name, string device, string model, long memory, string? visible) =>
            new(new($"{options.Owner}/{name}", options.Owner, options.Host, device, model, memory, options.Labels), visible);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
