using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
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
    public void A_plan_with_looks_says_what_each_finds()
    {
        var manifest = ManifestReader.Read(Manifests.BadManifest.Good.Replace("count: 10", "looks: [5, 10]"));
        var plan = Planner.Plan(manifest, FakeDataSets.Instance, "0.1.0");
        PlannedLook[] looks = [new(1, 5, 4.5, 7.3e-6, 0.00001), new(2, 10, 2.1, 0.0483, 0.05, 9)];
        var report = PlanReport.Of(plan, CostEstimate.Of(plan, FakeDataSets.Instance, null), looks: looks);

        var text = Regex.Replace(report.Text(), " +", " ");
        Assert.Contains("Looks after 5, 10 seeds per arm: whole cohorts are added to every arm until the spread of sgas-es against sgas-f6 is decided, at the 5 % level", text);
        Assert.Contains("\n1 5 7.3e-6 4.500 1.0e-5 no ratio\n2 10 0.0483 2.100 0.0500 9.0 (SDs 3.0 to 1)\n", text);
        Assert.Equal(9, report.DetectableVarianceRatio);
        Assert.Equal(2, JsonNode.Parse(report.Json())!["looks"]!.AsArray().Count);
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
