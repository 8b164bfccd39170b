using NasFarm.Search.Tests.Data;
using NasFarm.Search.Tests.Phases;

namespace NasFarm.Search.Tests.LambdaMax;

public sealed class MeasuredCostTests
{
    [Theory]
    [InlineData(1L, 1)]
    [InlineData(2L, 2)]
    [InlineData(5L, 3)] // an epoch has three steps
    public void Every_measurement_says_over_how_many_minibatches_it_went(long asked, int taken)
    {
        using var folder = new TemporaryFolder();
        var sink = new MemorySink(folder["run"]);
        using var run = TinySearch.Open(
            TinySearch.Unit("darts", settings: [("epochs", 2), ("lambdaMax", true), ("lambdaMaxEvery", 1), ("lanczosSteps", 2), ("hessianBatches", asked)]), sink);
        run.RestOfPhase();

        Assert.Equal([taken, taken], sink.Metrics.Where(m => m.Name == "lambda_max_batches").Select(m => m.Value));
        Assert.Equal([0L, 1], sink.Metrics.Where(m => m.Name == "lambda_max").Select(m => m.Step));
        // Each step of Lanczos is one product with each minibatch, whose gradient is taken once before.
        var steps = sink.Metrics.Where(m => m.Name == "lanczos_steps").Sum(m => m.Value + 1);
        Assert.Equal(steps * taken, run.State.Progress.Gradients.Hessian);
    }
}
