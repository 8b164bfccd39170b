using NasFarm.Catalog.Results;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Tests.Manifests;

namespace NasFarm.Farm.Tests.Plans;

public class PlanDiffTests
{
    private static readonly SweepPlan Plan = Planner.Plan(ManifestReader.Read(BadManifest.Good), FakeDataSets.Instance, "v2");

    private static KnownRun Known(PlannedRun run, SeedRunState state, int retrainsFinished, string? reason = null) =>
        new(state, "v1", run.Retrains.Take(retrainsFinished).Select(r => r.RetrainId).ToHashSet(), reason);

    [Theory]
    [InlineData(SeedRunState.Finished, 2, PlanAction.Reuse, "reuse the result of version v1")]
    [InlineData(SeedRunState.Finished, 1, PlanAction.Continue, "reuse the search of version v1, 1 of 2 retrain jobs are new")]
    [InlineData(SeedRunState.Finished, 0, PlanAction.Continue, "2 of 2 retrain jobs are new")]
    [InlineData(SeedRunState.Running, 0, PlanAction.Continue, "goes on (running)")]
    [InlineData(SeedRunState.Waiting, 0, PlanAction.Continue, "goes on (waiting)")]
    [InlineData(SeedRunState.Failed, 2, PlanAction.Failed, "failed earlier: out of memory")]
    [InlineData(SeedRunState.Cancelled, 0, PlanAction.Cancelled, "cancelled earlier")]
    public void A_known_run_is_told_by_its_state(SeedRunState state, int retrainsFinished, PlanAction action, string sentence)
    {
        var run = Plan.Runs[4];
        var change = PlanDiff.Of(Plan, new Dictionary<string, KnownRun> { [run.RunId] = Known(run, state, retrainsFinished, "out of memory") }).Runs[4];
        Assert.Equal((run.RunId, run.Arm, action), (change.RunId, change.Arm, change.Action));
        Assert.Contains(sentence, change.Sentence);
    }

    [Fact]
    public void Counts_add_up_to_the_declared_runs()
    {
        var diff = PlanDiff.Of(Plan, new Dictionary<string, KnownRun>
        {
            [Plan.Runs[0].RunId] = Known(Plan.Runs[0], SeedRunState.Finished, 2),
            [Plan.Runs[1].RunId] = Known(Plan.Runs[1], SeedRunState.Failed, 0),
            ["r-of-another-sweep"] = Known(Plan.Runs[2], SeedRunState.Finished, 2),
        });
        Assert.Equal((28, 1, 1), (diff.Count(PlanAction.New), diff.Count(PlanAction.Reuse), diff.Count(PlanAction.Failed)));
        Assert.Equal(Plan.Runs.Count, Enum.GetValues<PlanAction>().Sum(diff.Count));
    }
}
