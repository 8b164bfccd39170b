using NasFarm.Catalog.Units;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Tests.Manifests;

namespace NasFarm.Farm.Tests.Plans;

public class CostEstimateTests
{
    private static readonly SweepPlan Plan = Planned("lambdaMax: false");

    private static SweepPlan Planned(string sgasSetting) => Planner.Plan(
        ManifestReader.Read(BadManifest.Good.Replace("interval: 6", "interval: 6, " + sgasSetting).Replace("    - random\n", "    - random\n    - { name: darts, hyperparameters: { lambdaMaxEvery: 4 } }\n")),
        FakeDataSets.Instance, "v");

    /// <summary>A millisecond per image of a search step, so that a step costs batch/1000 s; 0.01 s per retrain step.</summary>
    private sealed class Measured(bool retrain = true) : IStepCosts
    {
        public double? SearchStepSeconds(SeedRunSpec run, int batchSize) => batchSize / 1000.0;

        public double? LambdaMaxSeconds(SeedRunSpec run, int batchSize) => 1000;

        public double? RetrainStepSeconds(SpaceSpec space, RetrainSpec target) => retrain ? 0.01 : null;
    }

    [Fact]
    public void Cost_is_epochs_times_steps_times_measured_seconds()
    {
        var cost = CostEstimate.Of(Plan, FakeDataSets.Instance, new Measured());
        var sgas = cost.Arms[1];
        // W 5, F 6 on six edges: 6 + 5·6 + 5 epochs; the batch grows by 8 after each decision, 640 images.
        double[] epochs = [6, 6, 6, 6, 6, 6, 5], batches = [32, 40, 48, 56, 64, 72, 80];
        var seconds = epochs.Zip(batches, (e, b) => e * Math.Ceiling(640 / b) * b / 1000).Sum();
        Assert.Equal((10, 41, 41), (sgas.Runs, sgas.LeastEpochs, sgas.MostEpochs));
        Assert.Equal(10 * seconds, sgas.SearchSeconds!.Value, 9);
        // Two retrain seeds on 60,000 images in batches of 256, 2 epochs.
        Assert.Equal(20, sgas.RetrainJobs);
        Assert.Equal(20 * 2 * 235 * 0.01, sgas.RetrainSeconds!.Value, 9);
        Assert.Equal(cost.Arms.Sum(a => a.Seconds!.Value), cost.Seconds!.Value, 9);
        Assert.Equal(cost.Seconds.Value / 2, cost.WallSeconds(2)!.Value, 9);
    }

    /// <summary>Measured from the first epoch of each phase that ends in a decision: 6 × 15 epochs of SGAS-es, 6 × 6 of SGAS; DARTS
    /// measures in the first of every four of its 50 epochs.</summary>
    [Theory]
    [InlineData("lambdaMax: false", 0)]
    [InlineData("lambdaMax: true", 36)]
    [InlineData("lambdaMaxEvery: 4", 6 * 2)]
    public void Measuring_lambda_max_is_counted_where_it_happens(string setting, int sgas)
    {
        var arms = CostEstimate.Of(Planned(setting), FakeDataSets.Instance, new Measured()).Arms;
        Assert.Equal([6 * 15, sgas, 0, 13], arms.Select(a => (int)(a.SearchSeconds!.Value / a.Runs / 1000)));
    }

    [Fact]
    public void Early_stopping_has_a_range_of_epochs_and_random_cells_cost_no_search()
    {
        var cost = CostEstimate.Of(Plan, FakeDataSets.Instance, new Measured());
        Assert.Equal((6 * 6 + 4, 6 * 15 + 4), (cost.Arms[0].LeastEpochs, cost.Arms[0].MostEpochs));
        Assert.Equal((0, 0, 0.0), (cost.Arms[2].LeastEpochs, cost.Arms[2].MostEpochs, cost.Arms[2].SearchSeconds!.Value));
    }

    [Fact]
    public void What_is_not_measured_is_said_and_not_guessed()
    {
        var nothing = CostEstimate.Of(Plan, FakeDataSets.Instance, null);
        Assert.Null(nothing.Seconds);
        Assert.Null(nothing.WallSeconds(2));
        var part = CostEstimate.Of(Plan, FakeDataSets.Instance, new Measured(retrain: false));
        Assert.NotNull(part.Arms[0].SearchSeconds);
        Assert.Null(part.Arms[0].Seconds);
        Assert.Null(part.Seconds);
        Assert.Contains("Cost at most: not measured; measure this machine's seconds per step to know.", PlanReport.Of(Plan, part).Text());
    }

    [Theory]
    [InlineData(null, "not measured")]
    [InlineData(0.0, "0 s")]
    [InlineData(45.4, "45 s")]
    [InlineData(720.0, "12 min")]
    [InlineData(12600.0, "3.5 h")]
    [InlineData(200000.0, "2.3 d")]
    public void Durations_are_said_as_people_say_them(double? seconds, string expected) => Assert.Equal(expected, PlanReport.Duration(seconds));
}
