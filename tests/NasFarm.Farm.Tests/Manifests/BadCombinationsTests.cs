namespace NasFarm.Farm.Tests.Manifests;

/// <summary>Round three: every value is legal, and together they make no experiment.</summary>
public class BadCombinationsTests
{
    private const string Random = "    - random\n";
    private const string Target = "    - { data: fashion-mnist, recipe: nas-bench-201, seeds: [0, 1], settings: { epochs: 2 }, imageSize: 16 }\n";

    [Theory]
    // Size
    [InlineData("seeds: { start: 0, count: 10 }", "seeds: §{ start: 0, count: 50000 }", "expands to 150,000 seed-runs; the limit is 100,000")]
    [InlineData("seeds: { start: 0, count: 10 }", "dataOrderSeeds: { count: 1000 }\n  seeds: §{ count: 100 }", "expands to 300,000 seed-runs")]
    [InlineData("seeds: { start: 0, count: 10 }\n", "seeds: { count: 30000 }\n", "expands to 1,800,000 retrain jobs; the limit is 1,000,000", "    - { data: fashion-mnist", "    - §{ data: fashion-mnist", "[0, 1]", "{ count: 20 }")]
    // Arms
    [InlineData("as: sgas-f6", "as: sgas-es", "the arm 'sgas-es' stands here a second time (first in line 9)|'as'", "- name: sgas\n", "- §name: sgas\n")]
    [InlineData(Random, "    - random\n    - §random\n", "the arm 'random' stands here a second time")]
    [InlineData(Random, "    - random\n    - §{ name: random, as: chance }\n", "the arms 'random' and 'chance' have the same method and settings; remove one.")]
    [InlineData(Random, "    - random\n    - §{ name: sgas-es, as: again, hyperparameters: { window: 3 } }\n", "the arms 'sgas-es' and 'again' have the same method and settings")]
    [InlineData("batchSize: 32", "batchSize: 32, §order: 1", "no method of this sweep has the setting 'order'; remove it.")]
    // Settings that contradict each other
    [InlineData("    - sgas-es\n", "    - { name: sgas-es, hyperparameters: { phaseEpochs: §5 } }\n", "phaseEpochs is 5|needs at least 6 epochs a phase to fire at all|spec.methods[0].hyperparameters.phaseEpochs")]
    [InlineData("    - sgas-es\n", "    - { name: sgas-es, hyperparameters: { window: 9, phaseEpochs: §8 } }\n", "early stopping needs at least 9 epochs")]
    [InlineData("    - sgas-es\n", "    - { name: sgas-es, hyperparameters: { lambdaMax: §false } }\n", "sgas-es decides by it. Without it use sgas-matched.")]
    [InlineData("{ warmup: 5, interval: 6 }", "{ warmup: §0, interval: 6, criterion: 2 }", "selection stability needs at least 1 epoch")]
    [InlineData("batchSize: 32", "batchSize: 32, wLearningRateMin: §0.5", "wLearningRateMin (0.5) is above wLearningRate (0.025).|spec.defaults.hyperparameters.wLearningRateMin")]
    [InlineData(Random, "    - random\n    - §given\n", "genotype is empty; give the cell's text or a published name")]
    [InlineData(Random, "    - random\n    - { name: given, hyperparameters: { genotype: §SGAS_ES_FM_1 } }\n", "genotype: |SGAS_ES_FM_1")]
    [InlineData(Random, "    - random\n    - { name: given, hyperparameters: { genotype: §'|nor_conv_3x3~0|+|no' } }\n", "genotype: ")]
    [InlineData(Random, "    - random\n    - §{ name: pc-darts, hyperparameters: { partialChannels: 8 } }\n", "channels is 4; pc-darts sends one channel in 8 through the operations and needs a multiple of 8 in space 'nas-bench-201'.")]
    // Placebo
    [InlineData("    - sgas-es\n", "    - §sgas-es-placebo\n", "there is none; add sgas-es to the methods", "[sgas-es, sgas-f6]", "[sgas-f6, random]")]
    [InlineData(Random, "    - random\n    - §sgas-es-placebo\n", "there is only one seed; give seeds: { count: 2 } or more", "count: 10", "count: 1")]
    [InlineData(Random, "    - random\n    - §sgas-es-placebo\n", "300 other seeds would feed each sgas-es-placebo run; the limit is 200", "count: 10", "count: 301")]
    [InlineData(Random, "    - random\n    - §sgas-es-placebo\n    - { name: sgas-es, as: es-5, hyperparameters: { window: 5 } }\n", "several arms are sgas-es; name the one to replay with 'source': sgas-es, es-5.")]
    [InlineData(Random, "    - random\n    - §{ name: sgas-es-placebo, source: sgas }\n", "source 'sgas' is no sgas-es arm of this sweep")]
    [InlineData(Random, "    - random\n    - §{ name: sgas-es-placebo, hyperparameters: { phaseEpochs: 8 } }\n", "phaseEpochs and esStart differ from those of 'sgas-es'")]
    // Comparison
    [InlineData("[sgas-es, sgas-f6]", "[sgas-es, §sgas]", "there is no arm 'sgas'|spec.comparison.primary[1]")]
    [InlineData("[sgas-es, sgas-f6]", "[§sgas-ess, random]", "there is no arm 'sgas-ess'; did you mean 'sgas-es'?")]
    [InlineData("[sgas-es, sgas-f6]", "[sgas-es, §sgas-es]", "holds 'sgas-es' against itself")]
    [InlineData("  methods:\n    - sgas-es\n", "  methods:\n    §- sgas-es\n", "a comparison needs a random arm|Add '- random'.", Random, "")]
    // Looks
    [InlineData("{ start: 0, count: 10 }", "§{ count: 10, looks: [5, 10] }", "'count' and 'looks' both stand here; keep one.")]
    [InlineData("count: 10", "looks: [5, 10, §10]", "a look after 10 seeds stands behind one after 10; looks must grow.|spec.seeds.looks[2]")]
    [InlineData("count: 10", "looks: §[5, 10]", "none is declared; write comparison: { primary: [A, B] }|or count instead of looks", "  comparison: { primary: [sgas-es, sgas-f6] }\n", "")]
    [InlineData("count: 10", "looks: §[5, 10]", "looks compare scores, and this sweep has none|evaluate: { table: true }", "  retrain:\n" + Target, "", "  evaluate: { table: true }\n", "")]
    [InlineData("seeds: { start: 0, count: 10 }", "seeds: §{ looks: [5, 50000] }", "expands to 150,000 seed-runs")]
    // Images and targets
    [InlineData("data: { name: fashion-mnist, imageSize: 16,", "data: §{ name: fashion-mnist, imageSize: 14,", "imageSize 14 does not fit nas-bench-201|Use 16, 28 or 32.")]
    [InlineData("data: { name: fashion-mnist, imageSize: 16, trainImages: 640, alphaImages: 640 }", "data: [{ name: mnist }, §{ name: mnist }]", "the data set mnist with the same sizes stands here a second time")]
    [InlineData(Target, Target + "    - §{ data: fashion-mnist, recipe: nas-bench-201, seeds: [2], settings: { epochs: 2 }, imageSize: 16 }\n", "this target stands here a second time (first in line 17)")]
    [InlineData("    - { data: fashion-mnist, recipe: nas-bench-201,", "    - §{ data: fashion-mnist, recipe: darts,", "the recipe darts does not train cells of nas-bench-201; recipes for it: nas-bench-201.")]
    [InlineData("settings: { epochs: 2 }", "settings: { epochs: 2, auxiliary: §true }", "networks of 'nas-bench-201' have no auxiliary head")]
    [InlineData("settings: { epochs: 2 }", "settings: { nesterov: §true, momentum: 0 }", "nesterov is true with momentum 0")]
    [InlineData("  space: { name: nas-bench-201, channels: 4, cells: 1 }\n", "  spaces: [{ name: nas-bench-201 }, §{ name: nas-bench-201 }]\n", "stands here a second time; keep one.")]
    // Scores and execution
    [InlineData("evaluate: {", "evaluate: §{", "table of their space, and sgas-es has none", "{ name: nas-bench-201, channels: 4, cells: 1 }", "{ name: sgas-es }", "recipe: nas-bench-201, seeds: [0, 1], settings: { epochs: 2 }, imageSize: 16", "recipe: darts")]
    [InlineData("  evaluate:", "  execution: { checkpointEveryEpochs: §5 }\n  evaluate:", "'sgas-es' may return to any epoch of its phase; write 1.")]
    public void An_error_names_the_place_and_the_remedy(string old, string @new, string fragments, params string[] further)
    {
        var text = BadManifest.Good;
        foreach (var (from, to) in further.Chunk(2).Select(c => (c[0], c[1])).Prepend((old, @new)))
            text = text.Contains(from, StringComparison.Ordinal) ? text.Replace(from, to) : throw new ArgumentException($"The good manifest has no '{from}'.");
        BadManifest.AssertError(BadManifest.Marked(text), fragments);
    }

    [Fact]
    public void An_auxiliary_head_needs_images_of_32_pixels()
    {
        var bad = BadManifest.Marked("""
            apiVersion: nasfarm.io/v1
            kind: Sweep
            metadata: { name: aux }
            spec:
              seeds: [0]
              space: { name: darts }
              data: { name: fashion-mnist }
              methods: [darts]
              retrain:
                - §{ data: fashion-mnist, recipe: darts, imageSize: 16 }
            """);
        BadManifest.AssertError(bad, "auxiliary is true with trainImageSize 16; the head needs images of at least 32 pixels.");
    }

    [Fact]
    public void Several_contradictions_come_at_once()
    {
        var text = BadManifest.Good.Replace("[sgas-es, sgas-f6]", "[a, b]").Replace("imageSize: 16,", "imageSize: 18,").Replace(Random, "");
        Assert.Equal(4, BadManifest.Errors(text).Count);
    }
}
