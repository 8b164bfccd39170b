using System.Globalization;
using NasFarm.Search.Phases;
using NasFarm.Torch.Ext;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Phases;

/// <summary>A thousand search steps leave nothing behind.</summary>
[Collection("alone")]
public sealed class MemoryTests
{
    [Fact]
    public void Live_handles_and_resident_memory_are_flat_over_a_thousand_search_steps()
    {
        // An epoch has 6 α steps and 6 w steps; λmax is off, it has its own test.
        using var folder = new Data.TemporaryFolder();
        using var run = TinySearch.Open(
            TinySearch.Unit("darts", channels: 2, settings: [("epochs", 400), ("lambdaMax", false), ("batchSize", 8)]), new MemorySink(folder["run"]));
        void Epochs(int count)
        {
            for (var i = 0; i < count; i++)
                Assert.True(run.Epoch());
        }

        Epochs(20);
        var (handles, resident) = (LiveTensors.Handles, Resident());
        Epochs(84);
        Assert.Equal(handles, LiveTensors.Handles);
        Assert.InRange(Resident(), 0, resident * 1.03);
    }

    [Fact]
    public void Measuring_lambda_max_leaves_no_handle()
    {
        using var folder = new Data.TemporaryFolder();
        using var run = TinySearch.Open(TinySearch.Unit("sgas", channels: 2, settings: [("lambdaMax", false)]), new MemorySink(folder["run"]));
        void Measure()
        {
            using var scope = NewDisposeScope();
            var data = new SearchData(TinySearch.Images(), run.Unit.SeedRun.Data, 3, CPU);
            _ = AlphaCurvature.LambdaMax(run.State, [data.AlphaBatch(0, 0, 8)], 1e-3, 1, 8, 0.01);
        }
        Measure();
        var handles = LiveTensors.Handles;
        Measure();
        Assert.Equal(handles, LiveTensors.Handles);
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        TensorMemory.TrimHostMemory();
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}

/// <summary>Tests that look at the whole process run while no other does.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
