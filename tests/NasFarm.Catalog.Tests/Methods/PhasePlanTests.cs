using NasFarm.Catalog.Methods;

namespace NasFarm.Catalog.Tests.Methods;

public sealed class PhasePlanTests
{
    [Theory]
    [InlineData("darts", "darts", 1, 50, 50, 50)]
    [InlineData("darts", "nas-bench-201", 1, 50, 50, 50)]
    [InlineData("sgas", "darts", 9, 50, 50, 50)]              // spec/algorithms.md §2.3
    [InlineData("sgas", "nas-bench-201", 7, 40, 40, 40)]      // §2.8
    [InlineData("sgas-matched", "sgas-es", 9, 120, 120, 120)] // §3.4
    [InlineData("sgas-es", "sgas-es", 9, 125, 52, 124)]       // §3.1, §3.4
    [InlineData("sgas-es", "nas-bench-201", 7, 95, 40, 94)]   // §3.5
    [InlineData("sgas-es-placebo", "sgas-es", 9, 125, 12, 124)]
    [InlineData("milenas", "darts", 1, 50, 50, 50)]
    [InlineData("ms-darts", "darts", 1, 40, 40, 40)]
    [InlineData("lambda-darts", "nas-bench-201", 1, 100, 100, 100)]
    [InlineData("darts-es", "darts", 1, 50, 23, 50)]          // §4.2: earliest trigger 22
    [InlineData("darts-ada", "darts", 1, 50, 50, 74)]         // §4.3: two rollbacks of twelve epochs
    [InlineData("darts-plus", "darts", 1, 50, 1, 50)]
    [InlineData("darts-pt", "darts", 18, 50, 131, 131)]       // 14 edges and 3 nodes, 5 epochs between decisions, 1 after the last
    [InlineData("darts-pt", "nas-bench-201", 7, 100, 126, 126)]
    [InlineData("p-darts", "darts", 3, 25, 75, 75)]           // §8
    [InlineData("random", "nas-bench-201", 1, 0, 0, 0)]
    public void Published_defaults_give_the_published_number_of_epochs(
        string method, string space, int phases, int horizon, int fewest, int most)
    {
        var plan = PhasePlan.Of(method, MethodCatalog.Resolve(method, space), space);

        Assert.Equal((phases, horizon, fewest, most),
            (plan.Phases.Count, plan.NominalHorizon, plan.MinimumTrainedEpochs, plan.MaximumTrainedEpochs));
    }

    [Fact]
    public void Sgas_decides_after_the_epochs_of_the_paper_and_grows_its_batch_to_128()
    {
        var plan = PhasePlan.Of("sgas", MethodCatalog.Resolve("sgas", "darts"), "darts");

        Assert.Equal([9, 14, 19, 24, 29, 34, 39, 44],
            plan.Phases.Where(p => p.Decides).Select(p => p.FirstEpoch + p.EpochCap - 1));
        Assert.Equal([64, 72, 80, 88, 96, 104, 112, 120, 128], plan.Phases.Select(p => p.BatchSize));
    }

    [Fact]
    public void The_caps_of_all_phases_add_up_to_the_most_epochs_trained()
    {
        foreach (var method in MethodCatalog.All.Where(m => m.Name != "given"))
            foreach (var space in method.Spaces)
            {
                var plan = PhasePlan.Of(method.Name, method.Resolve(space), space);
                Assert.Equal(plan.MaximumTrainedEpochs, plan.Phases.Sum(p => p.EpochCap));
                Assert.Equal(Enumerable.Range(0, plan.Phases.Count), plan.Phases.Select(p => p.Index));
            }
    }

    [Fact]
    public void SgasEs_phases_say_how_early_and_how_late_they_may_begin()
    {
        var plan = PhasePlan.Of("sgas-es", MethodCatalog.Resolve("sgas-es", "sgas-es"), "sgas-es");

        Assert.Equal([0, 15, 30, 45, 60, 75, 90, 105, 120], plan.Phases.Select(p => p.FirstEpoch));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8], plan.Phases.Select(p => p.EarliestFirstEpoch));
        Assert.Equal([32, 40, 48, 56, 64, 72, 80, 88, 96], plan.Phases.Select(p => p.BatchSize));
        Assert.Equal([.. Enumerable.Repeat(true, 8), false], plan.Phases.Select(p => p.Decides));
    }

    [Theory] // spec/retraining-and-data.md §10
    [InlineData("sgas-es", "phaseEpochs", 6L, 6 * 6 + 4)]
    [InlineData("sgas-es", "phaseEpochs", 8L, 8 * 6 + 4)]
    public void Proxy_schedules_fit_the_published_caps(string method, string setting, long value, int most)
    {
        var settings = MethodCatalog.Resolve(method, "nas-bench-201", new Dictionary<string, object> { [setting] = value });
        Assert.Equal(most, PhasePlan.Of(method, settings, "nas-bench-201").MaximumTrainedEpochs);
    }

    [Theory] // spec/retraining-and-data.md §10: W 5 F 6 gives 41 epochs, W 7 F 8 gives 53
    [InlineData("sgas", 5L, 6L, 41)]
    [InlineData("sgas-matched", 7L, 8L, 53)]
    public void Proxy_schedules_of_Sgas_have_the_published_length(string method, long warmup, long interval, int epochs)
    {
        var settings = MethodCatalog.Resolve(
            method, "nas-bench-201", new Dictionary<string, object> { ["warmup"] = warmup, ["interval"] = interval });
        Assert.Equal(epochs, PhasePlan.Of(method, settings, "nas-bench-201").NominalHorizon);
    }

    [Fact]
    public void Without_post_epochs_the_last_phase_is_the_last_decision()
    {
        var settings = MethodCatalog.Resolve("sgas-es", "darts", new Dictionary<string, object> { ["postEpochs"] = 0L });
        var plan = PhasePlan.Of("sgas-es", settings, "darts");

        Assert.Equal(8, plan.Phases.Count);
        Assert.True(plan.Phases[^1].Decides);
    }
}
