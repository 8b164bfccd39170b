namespace NasFarm.Farm.Tests.Manifests;

/// <summary>Round two: keys and values, each held against its own shape.</summary>
public class BadKeysAndValuesTests
{
    [Theory]
    // The envelope
    [InlineData("apiVersion: nasfarm.io/v1", "apiVersion: §nasfarm.io/v2", "apiVersion: 'nasfarm.io/v2' is not a known|did you mean 'nasfarm.io/v1'?")]
    [InlineData("kind: Sweep", "kind: §Job", "kind: 'Job' is not a known kind. Known: Sweep.")]
    [InlineData("apiVersion: nasfarm.io/v1", "§apiversion: nasfarm.io/v1", "unknown key 'apiversion'; did you mean 'apiVersion'?")]
    [InlineData("kind: Sweep\n", "kind: Sweep\n§version: 2\n", "unknown key 'version'; did you mean 'apiVersion'? Known: apiVersion, kind, metadata, spec.")]
    [InlineData("metadata: { name: base }", "metadata: §{ tenant: lab }", "metadata: 'name' is missing")]
    [InlineData("{ name: base }", "{ name: §2024 }", "metadata.name: the number 2024 stands here; it must be a name")]
    [InlineData("{ name: base }", "{ name: §'a b' }", "the text 'a b' stands here; it must be a name: 1 to 63 letters")]
    [InlineData("{ name: base }", "{ name: §../../etc }", "the text '../../etc' stands here")]
    [InlineData("{ name: base }", "{ name: base, §tenant: }", "metadata.tenant: nothing stands here|Give it a value or remove the key.")]
    // Seeds
    [InlineData("  seeds: { start: 0, count: 10 }\n", "  §priority: 3\n", "spec: 'seeds' is missing")]
    [InlineData("{ start: 0, count: 10 }", "§10", "spec.seeds: the number 10 stands here; it must be a mapping with start, count, looks, or a list")]
    [InlineData("{ start: 0, count: 10 }", "§{ start: 3 }", "spec.seeds: 'count' is missing: write how many seeds, or looks with a list")]
    [InlineData("count: 10", "looks: §5", "spec.seeds.looks: the number 5 stands here; it must be a list of 2 to 20. Write [5].")]
    [InlineData("count: 10", "looks: [§1, 5]", "spec.seeds.looks[0]: the number 1 stands here; it must be a whole number from 2 to 100000.")]
    [InlineData("[sgas-es, sgas-f6]", "[sgas-es, sgas-f6], alpha: §1", "spec.comparison.alpha: the number 1 stands here; it must be a number above 0 and below 1.")]
    [InlineData("[sgas-es, sgas-f6]", "[sgas-es, sgas-f6], alpha: §five", "the text 'five' stands here; it must be a number above 0 and below 1.")]
    [InlineData("count: 10", "count: §0", "spec.seeds.count: the number 0 stands here; it must be a whole number from 1 to 100000.")]
    [InlineData("count: 10", "count: §ten", "the text 'ten' stands here; it must be a whole number")]
    [InlineData("count: 10", "count: §'10'", "Remove the quotes if you mean 10.")]
    [InlineData("count: 10", "count: §2.5", "the number 2.5 stands here; it must be a whole number")]
    [InlineData("{ start: 0, count: 10 }", "[0, 1, §-1]", "spec.seeds[2]: the number -1 stands here; it must be a whole number, 0 or more.")]
    [InlineData("{ start: 0, count: 10 }", "§[]", "spec.seeds: a list of 0 stands here; it must be a list of 1 to 100000.")]
    [InlineData("{ start: 0, count: 10 }", "[4, 7, §4]", "spec.seeds[2]: seed 4 stands here a second time (first in line 5)")]
    [InlineData("{ start: 0, count: 10 }", "§{ start: 2147483640, count: 10 }", "the last seed would be 2147483649; seeds end at 2147483647.")]
    [InlineData("  seeds:", "  dataOrderSeeds: [1, §1]\n  seeds:", "spec.dataOrderSeeds[1]: seed 1 stands here a second time")]
    // Space and data
    [InlineData("name: nas-bench-201, channels", "name: §nasbench201, channels", "spec.space.name: 'nasbench201' is not a known space; did you mean 'nas-bench-201'?")]
    [InlineData("channels: 4", "§channel: 4", "spec.space.channel: unknown key 'channel'; did you mean 'channels'?")]
    [InlineData("channels: 4", "channels: §many", "it must be a whole number from 1 to 1024")]
    [InlineData("  seeds: { start: 0, count: 10 }\n  space: { name: nas-bench-201, channels: 4, cells: 1 }\n", "  §seeds: [0]\n  noneRule: excluded\n", "'space' is missing: write space: { name: … }, or spaces with a list.")]
    [InlineData("  space: {", "  spaces: §[{ name: darts }]\n  space: {", "'space' and 'spaces' both stand here; keep one.")]
    [InlineData("{ name: nas-bench-201, channels: 4, cells: 1 }", "§{ name: darts, channels: 4, cells: 1 }", "cells is 1; space 'darts' needs at least 3")]
    [InlineData("imageSize: 16, trainImages: 640,", "imageSize: §0, trainImages: 640,", "spec.data.imageSize: the number 0 stands here; it must be a whole number from 8 to 224.")]
    [InlineData("alphaImages: 640", "§alphaImage: 640", "did you mean 'alphaImages'?")]
    [InlineData("alphaImages: 640", "alphaImages: 640, split: §random", "'random' is not a known split. Known: ordered, permuted.")]
    [InlineData("alphaImages: 640", "alphaImages: 640, augment: §no", "the text 'no' stands here; it must be true or false. Write false.")]
    // Methods
    [InlineData("    - sgas-es\n", "    - §sgas_es\n", "spec.methods[0]: 'sgas_es' is not a known method; did you mean 'sgas-es'?")]
    [InlineData("- name: sgas\n", "- name: §sgass\n", "spec.methods[1].name: 'sgass' is not a known method; did you mean 'sgas'?")]
    [InlineData("- name: sgas\n      as: sgas-f6", "- §as: sgas-f6", "spec.methods[1]: 'name' is missing; name a method: ")]
    [InlineData("as: sgas-f6", "§label: sgas-f6", "spec.methods[1].label: unknown key 'label' of the method sgas")]
    [InlineData("as: sgas-f6", "as: §'f 6'", "it must be an arm label")]
    [InlineData("warmup: 5", "§warmUp: 5", "spec.methods[1].hyperparameters.warmUp: unknown key 'warmUp' of the method sgas; did you mean 'warmup'?")]
    [InlineData("warmup: 5", "§window: 3", "spec.methods[1].hyperparameters.window: unknown key 'window' of the method sgas")]
    [InlineData("warmup: 5", "warmup: §five", "spec.methods[1].hyperparameters.warmup: the text 'five' stands here; it must be an integer from 0 to 100000.")]
    [InlineData("warmup: 5", "warmup: §-1", "the number -1 stands here; it must be an integer from 0")]
    [InlineData("as: sgas-f6", "§noneRule: paper\n      as: sgas-f6", "'noneRule' belongs under spec")]
    [InlineData("batchSize: 32", "§batchsize: 32", "spec.defaults.hyperparameters.batchsize: unknown key 'batchsize'; did you mean 'batchSize'?")]
    [InlineData("batchSize: 32", "batchSize: §0", "spec.defaults.hyperparameters.batchSize: the number 0 stands here")]
    // Retraining
    [InlineData("recipe: nas-bench-201", "recipe: §nasbench", "is not a known recipe")]
    [InlineData("settings: { epochs: 2 }", "settings: { §epoch: 2 }", "unknown key 'epoch' of the recipe nas-bench-201; did you mean 'epochs'?")]
    [InlineData("settings: { epochs: 2 }", "settings: { epochs: §0 }", "settings.epochs: the number 0 stands here; it must be an integer from 1")]
    [InlineData("recipe: nas-bench-201, seeds: [0, 1], settings", "seeds: [0, 1], §settings", "'settings' depends on the recipe; name it with 'recipe': ")]
    [InlineData("seeds: [0, 1]", "seeds: §0", "spec.retrain[0].seeds: the number 0 stands here; it must be a mapping with start, count, or a list")]
    [InlineData("retrain:\n    - {", "retrain:\n    - §{ recipe: nas-bench-201 }\n    - {", "spec.retrain[0]: 'data' is missing")]
    // The rest
    [InlineData("table: true", "table: §1", "spec.evaluate.table: the number 1 stands here; it must be true or false.")]
    [InlineData("evaluate: { table", "evaluate: { §tabel", "did you mean 'table'?")]
    [InlineData("primary: [sgas-es, sgas-f6]", "primary: §[sgas-es]", "spec.comparison.primary: a list of 1 stands here; it must be a list of 2.")]
    [InlineData("primary: [sgas-es, sgas-f6]", "budgetMatch: §gradevals", "did you mean 'gradEvals'?")]
    [InlineData("  evaluate:", "  execution: { device: §gpu }\n  evaluate:", "'gpu' is not a known device|cpu, cuda")]
    [InlineData("  evaluate:", "  execution: { threads: §0 }\n  evaluate:", "spec.execution.threads: the number 0 stands here; it must be a whole number from 1 to 256.")]
    [InlineData("  evaluate:", "  retry: { maxAttempts: §100 }\n  evaluate:", "it must be a whole number from 1 to 20.")]
    [InlineData("  evaluate:", "  retry: { §priority: 1 }\n  evaluate:", "'priority' belongs under spec")]
    [InlineData("  evaluate:", "  priority: §high\n  evaluate:", "spec.priority: the text 'high' stands here; it must be a whole number from -1000 to 1000.")]
    public void An_error_names_the_place_the_value_and_the_remedy(string old, string @new, string fragments)
    {
        BadManifest.AssertError(BadManifest.With(old, @new), fragments);
    }

    [Fact]
    public void Several_errors_come_at_once_in_the_order_of_the_text()
    {
        var text = BadManifest.Good.Replace("count: 10", "count: ten").Replace("channels: 4", "chanels: 4").Replace("table: true", "table: yes");
        Assert.Equal(["spec.seeds.count", "spec.space.chanels", "spec.evaluate.table"], BadManifest.Errors(text).Select(e => e.Place.Path));
    }
}
