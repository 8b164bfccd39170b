using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Data;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Lineage;
using NasFarm.Farm.Plans;

namespace NasFarm.Farm.Tests.Lineage;

public sealed class RecordedRunTests
{
    private static readonly PlannedRun Planned = Histories.Planned();

    [Fact]
    public void It_is_planned_again_under_the_same_ids()
    {
        var plan = Histories.Recorded(Planned).PlanAgain([], new Here("00"), "0.1.0+new");
        var run = Assert.Single(plan.Runs);
        Assert.Equal(Planned.RunId, run.RunId);
        Assert.Equal(Planned.Retrains.Select(r => r.RetrainId), run.Retrains.Select(r => r.RetrainId));
        Assert.Equal(("0.1.0+new", false), (plan.CodeVersion, plan.Execution.AllowNumericsChange));
    }

    [Fact]
    public void Retrain_jobs_without_a_result_are_left_out()
    {
        var plan = Histories.Recorded(Planned, Histories.Of(Planned, retrained: "failed")).PlanAgain([], new Here("00"), "0.1.0+new");
        Assert.Empty(plan.Runs.Single().Retrains);
    }

    [Fact]
    public void The_sources_of_a_placebo_are_searched_and_not_retrained()
    {
        var sources = new[] { Histories.Planned(seed: 1), Histories.Planned(seed: 2), Histories.Planned(seed: 3) }.Select(p => Histories.Recorded(p)).ToList();
        var placebo = Histories.Recorded(Histories.Planned("sgas-es-placebo", 0, 1, sources[0].Run.RunId, sources[2].Run.RunId));
        var plan = placebo.PlanAgain(sources, new Here("00"), "0.1.0+new");
        Assert.Equal([sources[0].Run.RunId, sources[2].Run.RunId, placebo.Run.RunId], plan.Runs.Select(r => r.RunId));
        Assert.Equal([0, 0, 1], plan.Runs.Select(r => r.Retrains.Count));
        Assert.Contains(sources[2].Run.RunId, Assert.Throws<ArgumentException>(() => placebo.PlanAgain([sources[0]], new Here("00"), "v")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unfinished_search_is_refused()
    {
        var open = RunHistory.Parse($"run {Planned.RunId} search open diverged False\ngenotype \n");
        var refused = Assert.Throws<ArgumentException>(() => Histories.Recorded(Planned, open).PlanAgain([], new Here("00"), "v"));
        Assert.Contains("its search is open", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_numerics_revisions_and_other_contents_are_refused_with_the_version_to_take()
    {
        var later = Planned with { Spec = Planned.Spec with { NumericsRevision = 99 } };
        later = later with { RunId = Catalog.Identity.ContentId.OfSeedRun(later.Spec), Retrains = [] };
        Assert.Contains("0.1.0+old", Refused(later), StringComparison.Ordinal);
        Assert.Contains("the run has 99", Refused(later), StringComparison.Ordinal);
        Assert.Contains("another id", Refused(Planned with { Retrains = [Planned.Retrains[0] with { RetrainSeed = 7 }, Planned.Retrains[1]] }), StringComparison.Ordinal);
        Assert.Contains("gives its specification the id", Refused(Planned with { Spec = Planned.Spec with { SearchSeed = 5 } }), StringComparison.Ordinal);

        static string Refused(PlannedRun run) => Assert.Throws<ArgumentException>(() => Histories.Recorded(run).PlanAgain([], new Here("00"), "0.1.0+new")).Message;
    }

    [Fact]
    public void Other_images_are_refused_with_both_hashes()
    {
        var refused = Assert.Throws<DataSetUnavailableException>(() => Histories.Recorded(Planned).PlanAgain([], new Here("11"), "v"));
        Assert.Contains("fashion-mnist has content 11 here", refused.Message, StringComparison.Ordinal);
        Assert.Contains("was made with 00", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void As_json_it_reads_back_without_its_history()
    {
        var recorded = Histories.Recorded(Planned);
        var json = JsonSerializer.Serialize(recorded, CatalogJson.Pretty);
        var read = JsonSerializer.Deserialize<RecordedRun>(json, CatalogJson.Compact)!;
        Assert.Null(read.History);
        Assert.Equal(json, JsonSerializer.Serialize(read, CatalogJson.Pretty));
        Assert.Equal(recorded.Fingerprints, read.Fingerprints);
    }

    private sealed class Here(string contentHash) : IDataSets
    {
        public IReadOnlyList<string> Names => ["fashion-mnist"];

        public DataSetInfo Describe(string name) => new(name, 1, 28, 28, 10, 60_000, 10_000, contentHash, Complete: true);
    }
}
