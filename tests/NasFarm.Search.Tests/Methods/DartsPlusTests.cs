using NasFarm.Catalog.Units;
using NasFarm.Search.Methods;
using NasFarm.Search.Phases;
using NasFarm.Search.Tests.Data;
using NasFarm.Search.Tests.Phases;

namespace NasFarm.Search.Tests.Methods;

public sealed class DartsPlusTests
{
    private static readonly (string, object)[] Common = [("epochs", 5), ("lambdaMax", false), ("alphaLearningRate", 0.3)];

    [Fact]
    public void It_ends_after_the_first_epoch_whose_normal_cell_has_skips_enough()
    {
        var (sink, _) = Search(TinySearch.Unit("darts", settings: Common));
        var skips = sink.Metrics.Where(m => m.Name == "skip_share").Select(m => (int)Math.Round(6 * m.Value)).ToList();
        var limit = skips.Max();
        var first = skips.IndexOf(limit);
        Assert.True(limit > 0 && first < 4, string.Join(' ', skips));

        var (stopped, outcome) = Search(TinySearch.Unit("darts-plus", settings: [.. Common, ("skipLimit", limit)]));
        Assert.Equal((first + 1, first + 1L), (outcome.Epoch, outcome.Trained));
        var stop = stopped.Decisions.Single(d => d.Name == "stop").Detail;
        Assert.Equal((first, limit, false), (stop.GetProperty("epoch").GetInt32(), stop.GetProperty("skips").GetInt32(), stop.GetProperty("overshot").GetBoolean()));

        // One skip fewer: over the limit at the first look is said.
        if (skips[0] > 1)
            Assert.True(Search(TinySearch.Unit("darts-plus", settings: [.. Common, ("skipLimit", 1)])).Sink.Decisions.Single(d => d.Name == "stop").Detail.GetProperty("overshot").GetBoolean());
    }

    [Fact]
    public void A_limit_that_is_never_reached_lets_it_run_to_its_epochs()
    {
        var (sink, outcome) = Search(TinySearch.Unit("darts-plus", settings: [("epochs", 2), ("lambdaMax", false), ("skipLimit", 6)]));
        Assert.Equal(2, outcome.Epoch);
        Assert.DoesNotContain(sink.Decisions, d => d.Name == "stop");
    }

    [Fact]
    public void By_ranking_it_ends_once_nothing_has_changed_for_long_enough()
    {
        // Logits that hardly move keep their ranking: the first epoch has nothing to compare with, two more stand still.
        var (_, still) = Search(TinySearch.Unit("darts-plus", settings:
            [("epochs", 5), ("lambdaMax", false), ("stopBy", "rank-stability"), ("stableEpochs", 2), ("alphaInitialScale", 5.0), ("alphaLearningRate", 1e-6)]));
        Assert.Equal(3, still.Epoch);
    }

    private static (MemorySink Sink, SearchOutcome Outcome) Search(UnitSpec unit)
    {
        using var folder = new TemporaryFolder();
        var sink = new MemorySink(folder["run"]);
        using var run = TinySearch.Open(unit, sink);
        SearchMethods.Get(unit.SeedRun.Method).RunPhase(run);
        return (sink, run.Finish().Outcome);
    }
}
