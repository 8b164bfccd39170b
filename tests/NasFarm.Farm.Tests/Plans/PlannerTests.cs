using NasFarm.Catalog.Identity;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Tests.Manifests;

namespace NasFarm.Farm.Tests.Plans;

public class PlannerTests
{
    private static SweepPlan Plan(string text, int generation = 0) =>
        Planner.Plan(ManifestReader.Read(text), FakeDataSets.Instance, "0.1.0-test", new(generation));

    private static SweepPlan Good(params string[] replacements) =>
        Plan(replacements.Chunk(2).Aggregate(BadManifest.Good, (text, r) =>
            text.Contains(r[0], StringComparison.Ordinal) ? text.Replace(r[0], r[1]) : throw new ArgumentException($"The good manifest has no '{r[0]}'.")));

    private static string[] Ids(SweepPlan plan) => [.. plan.Runs.Select(r => r.RunId)];

    [Fact]
    public void A_manifest_expands_to_arms_in_order_and_seeds_ascending()
    {
        var plan = Good("{ start: 0, count: 10 }", "[5, 1, 3]");
        Assert.Equal(["sgas-es", "sgas-f6", "random"], plan.Arms);
        Assert.Equal(
            ["sgas-es 1", "sgas-es 3", "sgas-es 5", "sgas-f6 1", "sgas-f6 3", "sgas-f6 5", "random 1", "random 3", "random 5"],
            plan.Runs.Select(r => $"{r.Arm} {r.Spec.SearchSeed}"));
        Assert.All(plan.Runs, r => Assert.Equal(r.Spec.SearchSeed, r.Spec.DataOrderSeed));
        Assert.All(plan.Runs, r => Assert.Equal(ContentId.OfSeedRun(r.Spec), r.RunId));
        Assert.All(plan.Runs, r => Assert.Equal([0L, 1L], r.Retrains.Select(t => t.RetrainSeed)));
        Assert.All(plan.Runs, r => Assert.True(r.Table));
    }

    [Fact]
    public void Spaces_and_data_multiply()
    {
        var plan = Good(
            "  space: { name: nas-bench-201, channels: 4, cells: 1 }", "  spaces: [{ name: nas-bench-201 }, { name: nas-bench-201, channels: 4, cells: 1 }]",
            "data: { name: fashion-mnist, imageSize: 16, trainImages: 640, alphaImages: 640 }", "data: [{ name: mnist }, { name: cifar-10 }]");
        Assert.Equal(3 * 2 * 2 * 10, plan.Runs.Count);
        Assert.Equal(plan.Runs.Count, Ids(plan).Distinct().Count());
    }

    [Fact]
    public void Data_order_seeds_are_a_factor_of_their_own()
    {
        var plan = Good("  seeds: { start: 0, count: 10 }", "  dataOrderSeeds: [7, 8]\n  seeds: [0, 1, 2]");
        Assert.Equal(["0/7", "0/8", "1/7", "1/8", "2/7", "2/8"], plan.Runs.Where(r => r.Arm == "random").Select(r => $"{r.Spec.SearchSeed}/{r.Spec.DataOrderSeed}"));
    }

    [Fact]
    public void Every_setting_is_written_out_and_defaults_reach_only_methods_that_have_them()
    {
        var plan = Good();
        var sgas = plan.Runs.First(r => r.Arm == "sgas-f6").Spec.Hyperparameters;
        Assert.Equal((5, 6, 32, 4), (sgas.Int("warmup"), sgas.Int("interval"), sgas.Int("batchSize"), sgas.Int("history")));
        Assert.Empty(plan.Runs.First(r => r.Arm == "random").Spec.Hyperparameters);
    }

    [Fact]
    public void An_arms_own_setting_wins_over_the_defaults() =>
        Assert.Equal(48, Good("{ warmup: 5, interval: 6 }", "{ warmup: 5, batchSize: 48 }").Runs.First(r => r.Arm == "sgas-f6").Spec.Hyperparameters.Int("batchSize"));

    [Fact]
    public void A_given_cell_is_one_run_in_its_canonical_text()
    {
        var plan = Good("    - random\n", "    - random\n    - { name: given, as: best, hyperparameters: { genotype: NB201_BEST_C10 } }\n");
        var run = Assert.Single(plan.Runs, r => r.Arm == "best");
        Assert.Equal("|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|", run.Spec.Hyperparameters.Text("genotype"));
        Assert.Equal(0, run.Spec.SearchSeed);
    }

    [Fact]
    public void A_placebo_is_fed_by_the_other_seeds_of_its_source_in_ascending_order()
    {
        var plan = Good("    - random\n", "    - random\n    - sgas-es-placebo\n", "count: 10", "count: 4");
        var sources = plan.Runs.Where(r => r.Arm == "sgas-es").ToDictionary(r => r.Spec.SearchSeed, r => r.RunId);
        foreach (var run in plan.Runs.Where(r => r.Arm == "sgas-es-placebo"))
            Assert.Equal(sources.Where(s => s.Key != run.Spec.SearchSeed).Select(s => s.Value).Order(StringComparer.Ordinal), run.Spec.PlaceboSources);
        Assert.All(plan.Runs.Where(r => r.Arm != "sgas-es-placebo"), r => Assert.Empty(r.Spec.PlaceboSources));
    }

    [Fact]
    public void Looks_expand_to_the_last_one_and_every_run_knows_its_own()
    {
        var plan = Good("{ start: 0, count: 10 }", "{ start: 7, looks: [2, 3, 6] }");
        Assert.Equal([2, 3, 6], plan.Looks!);
        Assert.Equal([(7, 1), (8, 1), (9, 2), (10, 3), (11, 3), (12, 3)], plan.Runs.Where(r => r.Arm == "random").Select(r => ((int)r.Spec.SearchSeed, r.Look)));
        Assert.Equal(Ids(Good("{ start: 0, count: 10 }", "{ start: 7, count: 6 }")), Ids(plan));
        Assert.All(Good().Runs, r => Assert.Equal(0, r.Look));
    }

    [Fact]
    public void Looks_and_the_level_are_part_of_the_question_and_so_of_the_id()
    {
        const string seeds = "{ start: 0, count: 10 }", primary = "[sgas-es, sgas-f6]";
        SweepPlan[] plans =
        [
            Good(), Good(seeds, "{ looks: [5, 10] }"), Good(seeds, "{ looks: [4, 10] }"), Good(primary, "[sgas-es, sgas-f6], alpha: 0.01"),
        ];
        Assert.Equal(4, plans.Select(p => p.SweepId).Distinct().Count());
        Assert.Equal(Good().SweepId, Good(primary, "[sgas-es, sgas-f6], alpha: 0.05").SweepId);
        Assert.Equal(0.01, plans[3].Comparison.Alpha);
    }

    [Fact]
    public void A_placebo_is_never_fed_by_a_seed_of_a_later_look()
    {
        var plan = Good("    - random\n", "    - random\n    - sgas-es-placebo\n", "count: 10", "looks: [2, 4]");
        var sources = plan.Runs.Where(r => r.Arm == "sgas-es").ToDictionary(r => r.RunId, r => r.Spec.SearchSeed);
        Assert.Equal(
            ["0: 1", "1: 0", "2: 0 1 3", "3: 0 1 2"],
            plan.Runs.Where(r => r.Arm == "sgas-es-placebo").Select(r => $"{r.Spec.SearchSeed}: {string.Join(' ', r.Spec.PlaceboSources.Select(id => sources[id]).Order())}"));
    }

    [Fact]
    public void A_placebo_follows_the_source_it_names_and_the_data_order_it_shares()
    {
        var plan = Good(
            "    - random\n", "    - random\n    - { name: sgas-es, as: wide, hyperparameters: { window: 5 } }\n    - { name: sgas-es-placebo, source: wide }\n",
            "  seeds: { start: 0, count: 10 }", "  dataOrderSeeds: [7, 8]\n  seeds: [0, 1, 2]");
        var wide = plan.Runs.Where(r => r.Arm == "wide").ToDictionary(r => r.RunId, r => r.Spec);
        foreach (var run in plan.Runs.Where(r => r.Arm == "sgas-es-placebo").Select(r => r.Spec))
        {
            Assert.Equal(2, run.PlaceboSources.Count);
            Assert.All(run.PlaceboSources, id => Assert.Equal(run.DataOrderSeed, wide[id].DataOrderSeed));
            Assert.All(run.PlaceboSources, id => Assert.NotEqual(run.SearchSeed, wide[id].SearchSeed));
        }
    }

    [Fact]
    public void The_crop_of_a_retraining_follows_its_image_size()
    {
        var retrain = Good().Runs[0].Retrains[0].Spec;
        Assert.Equal(16, retrain.Settings.Int("trainImageSize"));
        Assert.Equal((16, null, null), (retrain.Data.ImageSize, retrain.Data.TrainImages, retrain.Data.TestImages));
    }

    [Theory]
    [InlineData("metadata: { name: base }", "metadata: { name: other }")]
    [InlineData("  evaluate:", "  priority: 7\n  evaluate:")]
    [InlineData("  evaluate:", "  weight: 3\n  preemption: true\n  execution: { resources: { memory: 8GiB, labels: [a100] } }\n  evaluate:")]
    [InlineData("  evaluate:", "  retry: { maxAttempts: 9, wallLimitMinutes: 5 }\n  evaluate:")]
    [InlineData("  evaluate:", "  execution: { device: cuda, threads: 4, allowNumericsChange: true }\n  evaluate:")]
    [InlineData("{ start: 0, count: 10 }", "[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]")]
    [InlineData("seeds: [0, 1], settings", "seeds: [1, 0], settings")]
    [InlineData("  methods:\n    - sgas-es\n", "  methods:\n    - { name: sgas-es, as: sgas-es, hyperparameters: { window: 3, factor: 1.3e0 } }\n")]
    [InlineData("imageSize: 16, trainImages: 640,", "imageSize: 16, split: ordered, augment: true, trainImages: 640,")]
    [InlineData("# nothing", "")]
    public void What_is_not_science_changes_no_id(string old, string @new)
    {
        var (a, b) = (Good(), old[0] == '#' ? Plan("# a comment\n" + BadManifest.Good) : Good(old, @new));
        Assert.Equal(a.SweepId, b.SweepId);
        Assert.Equal(Ids(a), Ids(b));
    }

    [Fact]
    public void The_order_of_arms_changes_no_id()
    {
        var a = Good();
        var b = Good("    - sgas-es\n", "", "    - random\n", "    - random\n    - sgas-es\n");
        Assert.Equal(a.SweepId, b.SweepId);
        Assert.Equal(["sgas-f6", "random", "sgas-es"], b.Arms);
    }

    [Fact]
    public void What_equals_the_default_has_the_id_of_the_default() => Assert.Equal(
        Ids(Good("imageSize: 16, trainImages: 640, alphaImages: 640", "split: ordered")),
        Ids(Good("imageSize: 16, trainImages: 640, alphaImages: 640", "imageSize: 28, trainImages: 30000, alphaImages: 30000")));

    [Theory]
    [InlineData("warmup: 5", "warmup: 6")]
    [InlineData("channels: 4", "channels: 8")]
    [InlineData("trainImages: 640", "trainImages: 641")]
    [InlineData("batchSize: 32", "batchSize: 33")]
    [InlineData("alphaImages: 640", "alphaImages: 640, split: permuted")]
    [InlineData("  space:", "  noneRule: paper\n  space:")]
    [InlineData("name: base", "name: base, tenant: lab")]
    public void Science_changes_the_ids_of_the_runs_it_touches(string old, string @new) =>
        Assert.Empty(Good().Runs.Where(r => r.Arm == "sgas-f6").Select(r => r.RunId).Intersect(Ids(Good(old, @new))));

    [Theory]
    [InlineData("primary: [sgas-es, sgas-f6]", "primary: [sgas-es, random]")]
    [InlineData("primary: [sgas-es, sgas-f6]", "budgetMatch: epochs")]
    [InlineData("table: true", "table: false")]
    [InlineData("epochs: 2", "epochs: 3")]
    [InlineData("seeds: [0, 1]", "seeds: [0]")]
    [InlineData("as: sgas-f6", "as: SGAS", "[sgas-es, sgas-f6]", "[sgas-es, SGAS]")]
    public void A_sweep_is_also_what_it_wants_and_compares(params string[] replacements)
    {
        var (a, b) = (Good(), Good(replacements));
        Assert.NotEqual(a.SweepId, b.SweepId);
        Assert.Equal(Ids(a), Ids(b));
    }

    [Fact]
    public void Two_sweeps_share_the_runs_they_have_in_common()
    {
        var small = Good("count: 10", "count: 3");
        var large = Good("  defaults:", "    - darts\n  defaults:", "evaluate: { table: true }", "priority: 4");
        Assert.Equal(9, Ids(small).Intersect(Ids(large)).Count());
        Assert.NotEqual(small.SweepId, large.SweepId);
    }

    [Fact]
    public void A_fresh_generation_makes_every_run_new()
    {
        var (a, b) = (Good(), Plan(BadManifest.Good, generation: 1));
        Assert.Empty(Ids(a).Intersect(Ids(b)));
        Assert.NotEqual(a.SweepId, b.SweepId);
        Assert.Empty(a.Runs.SelectMany(r => r.Retrains).Select(t => t.RetrainId).Intersect(b.Runs.SelectMany(r => r.Retrains).Select(t => t.RetrainId)));
    }

    [Fact]
    public void Execution_retries_and_priority_arrive_in_the_plan()
    {
        var plan = Good("  evaluate:", "  execution: { device: cuda, threads: 4, allowNumericsChange: true }\n  retry: { maxAttempts: 5, wallLimitMinutes: 30 }\n  priority: -2\n  evaluate:");
        Assert.Equal(new ExecutionSpec("cuda", 4, true, 1), plan.Execution);
        Assert.Equal((5, TimeSpan.FromMinutes(30), -2), (plan.MaxAttempts, plan.WallLimit, plan.Priority));
        Assert.Equal((3, (TimeSpan?)null, 0), (Good().MaxAttempts, Good().WallLimit, Good().Priority));
    }

    [Fact]
    public void Weight_preemption_resources_and_phases_arrive_in_the_plan()
    {
        var plan = Good("  evaluate:", "  weight: 3\n  preemption: true\n  execution: { resources: { memory: 512MiB, labels: [nvlink, a100, a100] } }\n  evaluate:");
        Assert.Equal((3, true, new ResourceRequest(512L << 20, "a100,nvlink")), (plan.Weight, plan.Preemption, plan.Resources));
        Assert.Equal((1, false, ResourceRequest.Any), (Good().Weight, Good().Preemption, Good().Resources));
        Assert.All(plan.Runs, run => Assert.Equal(PhasePlan.Of(run.Spec.Method, run.Spec.Hyperparameters, run.Spec.Space.Name).Phases.Count, run.Phases));
        Assert.True(plan.Runs.Max(r => r.Phases) > 1);
    }

    [Fact]
    public void The_manifest_is_kept_byte_for_byte()
    {
        var text = BadManifest.Good.Replace("\n", "\r\n") + "# end  \t";
        Assert.Equal(text, Plan(text).Manifest);
    }

    [Fact]
    public void Thousands_of_runs_have_ids_of_their_own()
    {
        var plan = Good("count: 10", "count: 5000", "  retrain:\n    - { data: fashion-mnist, recipe: nas-bench-201, seeds: [0, 1], settings: { epochs: 2 }, imageSize: 16 }\n", "");
        Assert.Equal(15_000, plan.Runs.Count);
        Assert.Equal(15_000, Ids(plan).Distinct().Count());
    }

    [Fact]
    public void An_auxiliary_head_on_native_images_of_28_pixels_is_refused_with_a_remedy()
    {
        var manifest = ManifestReader.Read("""
            apiVersion: nasfarm.io/v1
            kind: Sweep
            metadata: { name: aux }
            spec:
              seeds: [0]
              space: { name: darts }
              data: { name: fashion-mnist }
              methods: [darts]
              retrain:
                - { data: fashion-mnist, recipe: darts, settings: { augmentation: none } }
            """);
        var error = Assert.Single(Assert.Throws<ManifestException>(() => Planner.Plan(manifest, FakeDataSets.Instance, "v")).Errors);
        Assert.Equal((10, 7), (error.Place.Line, error.Place.Column));
        Assert.Contains("training images of 28×28; the head needs at least 32. Write auxiliary: false, or imageSize: 32.", error.Message);
    }

    /// <summary>Errors that need the data to be seen: old, new with the mark, fragments.</summary>
    [Theory]
    [InlineData("data: { name: fashion-mnist, imageSize: 16,", "data: §{ name: fashon-mnist, imageSize: 16,", "there is no data set 'fashon-mnist'; did you mean 'fashion-mnist'?")]
    [InlineData("    - { data: fashion-mnist,", "    - §{ data: emnist,", "there is no data set 'emnist'")]
    [InlineData("data: { name: fashion-mnist, imageSize: 16,", "data: §{ name: svhn, imageSize: 16,", "Data set svhn is not available|nasfarm data fetch svhn")]
    [InlineData("data: { name: fashion-mnist, imageSize: 16, trainImages: 640,", "data: §{ name: fashion-mnist, imageSize: 16, trainImages: 30001,", "trainImages is 30001; the weight half of fashion-mnist has 30000 images.")]
    [InlineData("data: { name: fashion-mnist, imageSize: 16, trainImages: 640, alphaImages: 640", "data: §{ name: fashion-mnist, imageSize: 16, alphaImages: 40000", "alphaImages is 40000; the alpha half of fashion-mnist has 30000 images.")]
    [InlineData("data: { name: fashion-mnist, imageSize: 16,", "data: §{ name: fashion-mnist, imageSize: 64,", "imageSize 64 cannot be made from the 28×28 images of fashion-mnist; it can be 28 or 32 or 16.")]
    [InlineData("data: { name: fashion-mnist, imageSize: 16, trainImages: 640, alphaImages: 640", "data: §{ name: odd", "the 30×30 images of odd cannot be halved twice; set imageSize.")]
    [InlineData("data: { name: fashion-mnist, imageSize: 16, trainImages: 640, alphaImages: 640", "data: §{ name: wide, imageSize: 16", "imageSize 16 cannot be made from the 28×20 images of wide; leave it out.")]
    [InlineData("    - { data: fashion-mnist,", "    - §{ data: fashion-mnist, testImages: 20000,", "testImages is 20000; the test set of fashion-mnist has 10000 images.")]
    [InlineData("batchSize: 32", "batchSize: §641", "'sgas-es' reaches a batch of 689 images, and trainImages of fashion-mnist is 640.")]
    [InlineData("batchSize: 32", "batchSize: §32, batchIncrease: 200", "'sgas-f6' reaches a batch of 1232 images")]
    [InlineData("    - { data: fashion-mnist,", "    - §{ data: fashion-mnist, trainImages: 200,", "batches have 256 images, and trainImages is 200. Set batchSize to 200 or fewer.")]
    [InlineData("epochs: 2 }", "epochs: 2, trainImageSize: §28 }", "trainImageSize is 28 and imageSize is 16; the network trains on imageSize.")]
    [InlineData("epochs: 2 }, imageSize: 16", "epochs: 2, trainImageSize: §40 }", "trainImageSize is 40; a crop from 28×28 images padded by 4 is at most 36.")]
    [InlineData("epochs: 2 }, imageSize: 16", "epochs: 2, trainImageSize: §30 }", "training images of 30×30 cannot be halved twice")]
    [InlineData("epochs: 2 }", "epochs: 2, augmentation: affine, trainImageSize: §16 }", "scales 28×28 images up, never down")]
    [InlineData("epochs: 2 }", "epochs: 2, testMode: §both }", "testMode both shows 32-pixel images to a network trained on 16. Write testMode: paper.")]
    public void An_error_of_the_data_names_the_place_and_the_remedy(string old, string @new, string fragments)
    {
        var (text, line, column) = BadManifest.With(old, @new);
        var manifest = ManifestReader.Read(text, "sweep.yaml");
        var errors = Assert.Throws<ManifestException>(() => Planner.Plan(manifest, FakeDataSets.Instance, "v")).Errors;
        var here = errors.Where(e => e.Place.Line == line && e.Place.Column == column).ToList();
        Assert.True(here.Count > 0, $"Expected an error at {line}:{column}; found:\n{string.Join('\n', errors)}");
        Assert.All(fragments.Split('|'), f => Assert.Contains(here, e => e.ToString().Contains(f, StringComparison.Ordinal)));
    }
}
