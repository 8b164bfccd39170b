using System.Text.Json.Nodes;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Plans;

namespace NasFarm.Farm.Tests.Plans;

/// <summary>The manifests of the repository are read and planned as they are. The golden files hold every id: a change of them is a change
/// of somebody's results.</summary>
public class PublishedManifestTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(RepositoryFile.Path("manifests"), "*.yaml").Select(p => Path.GetFileName(p)).Order()];

    private static SweepPlan Plan(string file) =>
        Planner.Plan(ManifestReader.ReadFile(RepositoryFile.Path("manifests/" + file)), FakeDataSets.Instance, "0.1.0");

    /// <summary>The measured search step of the small network (spec/retraining-and-data.md §10), and round numbers for the rest.</summary>
    private sealed class Eager : IStepCosts
    {
        public double? SearchStepSeconds(SeedRunSpec run, int batchSize) => 0.075;

        public double? LambdaMaxSeconds(SeedRunSpec run, int batchSize) => 1;

        public double? RetrainStepSeconds(SpaceSpec space, RetrainSpec target) => 0.05;
    }

    [Theory, MemberData(nameof(Files))]
    public void A_manifest_has_the_ids_it_had(string file)
    {
        var plan = Plan(file);
        var ids = plan.Runs.Select(r => $"{r.RunId} {r.Arm} {r.Spec.SearchSeed}{string.Concat(r.Retrains.Select(t => " " + t.RetrainId))}");
        RepositoryFile.AssertGolden($"tests/NasFarm.Farm.Tests/Plans/Golden/{Path.ChangeExtension(file, "ids")}", string.Join('\n', [plan.SweepId, .. ids, ""]));
    }

    [Theory, MemberData(nameof(Files))]
    public void A_manifest_reads_well_as_a_plan(string file)
    {
        var plan = Plan(file);
        var diff = PlanDiff.Of(plan, plan.Runs.Take(2).ToDictionary(r => r.RunId, r =>
            new KnownRun(r.Spec.SearchSeed == 0 ? SeedRunState.Failed : SeedRunState.Finished, "0.0.9", r.Retrains.Select(t => t.RetrainId).ToHashSet(), "the disk was full")));
        var report = PlanReport.Of(plan, CostEstimate.Of(plan, FakeDataSets.Instance, new Eager()), diff);
        RepositoryFile.AssertGolden($"tests/NasFarm.Farm.Tests/Plans/Golden/{Path.ChangeExtension(file, "plan.txt")}", report.Text());
        var json = JsonNode.Parse(report.Json())!;
        Assert.Equal(plan.SweepId, json["sweepId"]!.GetValue<string>());
        Assert.Equal(plan.Runs.Count - 2, json["store"]!["new"]!.GetValue<int>());
        Assert.Equal(plan.Arms, json["arms"]!.AsArray().Select(a => a!["arm"]!.GetValue<string>()));
    }

    [Fact]
    public void The_quickstart_fits_twelve_minutes_on_two_slots_at_eager_speed()
    {
        var cost = CostEstimate.Of(Plan("quickstart.yaml"), FakeDataSets.Instance, new Eager());
        Assert.InRange(cost.WallSeconds(2)!.Value, 60, 12 * 60);
        Assert.All(cost.Arms, a => Assert.InRange(a.RetrainSeconds!.Value / a.RetrainJobs, 1, 45));
    }

    [Fact]
    public void The_overnight_manifest_holds_five_arms_of_ten_pairs()
    {
        var plan = Plan("overnight.yaml");
        Assert.Equal(["sgas-es", "sgas-matched", "sgas-es-placebo", "darts", "random"], plan.Arms);
        Assert.All(plan.Runs.GroupBy(r => r.Arm), g => Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), g.Select(r => r.Spec.SearchSeed)));
        Assert.Equal(new ComparisonSpec("sgas-es", "sgas-matched"), plan.Comparison);
    }
}
