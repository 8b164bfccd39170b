using NasFarm.Farm.Slots;

namespace NasFarm.Cli.Tests.Workers;

public sealed class NvidiaSmiTests
{
    private const string Lines =
        """
        0, GPU-5ba1c3e0-1111, 40960, NVIDIA A100-SXM4-40GB
        1, GPU-77aa0000-2222, [N/A], Some GPU, rev 2

        """;

    [Fact]
    public void Each_line_is_a_GPU_with_its_own_memory() => Assert.Equal(
        [
            new("0", "GPU-5ba1c3e0-1111", new("0", "NVIDIA A100-SXM4-40GB", 40L << 30)),
            new("1", "GPU-77aa0000-2222", new("1", "Some GPU, rev 2", null)),
        ], NvidiaSmi.Parse(Lines));

    [Fact]
    public void A_GPU_is_chosen_by_index_or_UUID_and_keeps_the_name_it_was_given() => Assert.Equal(
        [new("GPU-5ba1c3e0-1111", "NVIDIA A100-SXM4-40GB", 40L << 30), new("MIG-1", null, null)],
        NvidiaSmi.Choose(NvidiaSmi.Parse(Lines), ["GPU-5ba1c3e0-1111", "MIG-1"]));

    [Fact]
    public void A_GPU_of_unknown_memory_is_named_unless_somebody_says_how_much()
    {
        var slots = new MachineSlots(0, [new GpuDevice("0", "known", 1 << 30), new GpuDevice("7")]);

        Assert.Equal(["7"], slots.OfUnknownMemory);
        Assert.Empty((slots with { MemoryBytes = 1 << 30 }).OfUnknownMemory);
    }
}
