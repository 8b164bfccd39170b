using NasFarm.Catalog.Units;
using NasFarm.Search.Methods;
using NasFarm.Search.Phases;
using NasFarm.Search.Tests.Data;
using NasFarm.Search.Tests.Phases;
using NasFarm.Torch.Ext;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Gpu;

/// <summary>A test that needs a CUDA device and a libtorch built for it; <c>make gpu-check</c> runs these where there is one.</summary>
internal sealed class CudaFactAttribute : FactAttribute
{
    public CudaFactAttribute()
    {
        if (!cuda.is_available())
            Skip = "needs a CUDA device and a CUDA libtorch; make gpu-check runs it";
    }
}

/// <summary>The same seed gives the same bytes on a GPU, straight or resumed, and numbers close to the CPU's.</summary>
[Trait("Device", "cuda")]
public sealed class GpuTests
{
    [CudaFact]
    public void The_same_seed_twice_gives_the_same_bytes()
    {
        Assert.Equal(Search([]).Hash, Search([]).Hash);
    }

    [CudaFact]
    public void A_resumed_search_ends_with_the_bytes_of_a_straight_one()
    {
        Assert.Equal(Search([]).Hash, Search([1, 2]).Hash);
    }

    [CudaFact]
    public void The_first_epoch_agrees_with_the_CPU_to_a_thousandth()
    {
        var (gpu, host) = (Search([]).FirstLoss, Search([], "cpu").FirstLoss);
        Assert.InRange(gpu, host * 0.999, host * 1.001);
    }

    private static (string Hash, double FirstLoss) Search(int[] stops, string place = "cuda")
    {
        Determinism.Require();
        var unit = TinySearch.Unit("sgas", settings: [("warmup", 1), ("interval", 1), ("postEpochs", 1)]);
        using var folder = new TemporaryFolder();
        var sink = new MemorySink(folder["unit"]);
        var left = new Queue<int>(stops);
        while (true)
        {
            sink.StopAfterSteps = left.TryDequeue(out var steps) ? steps : null;
            var resume = ResumeChoice.Make(unit, sink.Checkpoints.AsEnumerable().Reverse().ToList());
            using var scope = NewDisposeScope();
            using var run = new SearchRun(
                unit, new SearchData(TinySearch.Images(), unit.SeedRun.Data, unit.SeedRun.DataOrderSeed, device(place)), resume, "gpu-test", sink, device(place));
            try
            {
                SearchMethods.Get("sgas").RunPhase(run);
                return (run.Finish().File.Sha256, sink.Metrics.First(m => m.Name == "train_loss").Value);
            }
            catch (StopRequestedException stop) when (stop.Reason == FailureReason.HostStopping)
            {
                sink.Restart();
            }
        }
    }
}
