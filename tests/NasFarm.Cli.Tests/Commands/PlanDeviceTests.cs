using NasFarm.Cli.Tests.Kills;
using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Commands;

/// <summary>A manifest for GPUs, planned where there is none.</summary>
public sealed class PlanDeviceTests : IDisposable
{
    private readonly Workplace place = new();

    [NoGpuFact]
    public async Task Without_the_device_nothing_is_timed_and_another_device_may_be()
    {
        var manifest = place.Write("gpu.yaml", Reference.Sweeps["single"] + "  execution: { device: cuda }\n");

        var plan = await place.MustRunAsync("plan", manifest);
        Assert.Contains("Cost at most: not measured", plan.Output, StringComparison.Ordinal);
        Assert.Contains("This machine has no cuda device", plan.Errors, StringComparison.Ordinal);

        var onCpu = await place.MustRunAsync("plan", manifest, "--device", "cpu");
        Assert.Matches("Cost at most: [0-9.]+ (s|min) of one slot", onCpu.Output);
        Assert.Contains("Timed on cpu; the manifest asks for cuda.", onCpu.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => place.Dispose();

    private sealed class NoGpuFactAttribute : FactAttribute
    {
        public NoGpuFactAttribute()
        {
            if (File.Exists("/dev/nvidiactl"))
                Skip = "This machine has a GPU.";
        }
    }
}
