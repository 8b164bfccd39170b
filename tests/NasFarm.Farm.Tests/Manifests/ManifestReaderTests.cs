using NasFarm.Farm.Manifests;

namespace NasFarm.Farm.Tests.Manifests;

public class ManifestReaderTests
{
    [Fact]
    public void What_is_left_out_has_its_default()
    {
        var m = ManifestReader.Read("""
            apiVersion: nasfarm.io/v1
            kind: Sweep
            metadata: { name: least }
            spec:
              seeds: [3]
              space: { name: darts }
              data: { name: mnist }
              methods: [darts]
            """);
        Assert.Equal(("least", "default", 0, 3), (m.Name, m.Tenant, m.Priority, m.MaxAttempts));
        Assert.Equal((16, 8), (m.Spaces[0].Spec.Channels, m.Spaces[0].Spec.Cells));
        Assert.Equal((true, null, null), (m.Data[0].Augment, m.Data[0].ImageSize, m.Data[0].TrainImages));
        Assert.Equal(("none", null), (m.Comparison.BudgetMatch, m.Comparison.PrimaryA));
        Assert.Equal(("cpu", 1, false, 1), (m.Execution.Device, m.Execution.Threads, m.Execution.AllowNumericsChange, m.Execution.CheckpointEveryEpochs));
        Assert.Empty(m.Retrains);
        Assert.False(m.Table);
    }

    [Fact]
    public void Seeds_are_a_range_or_a_list()
    {
        Assert.Equal([5L, 6, 7], ManifestReader.Read(BadManifest.Good.Replace("{ start: 0, count: 10 }", "{ start: 5, count: 3 }")).Seeds);
        Assert.Equal([0L, 1], ManifestReader.Read(BadManifest.Good.Replace("{ start: 0, count: 10 }", "{ count: 2 }")).Seeds);
        Assert.Equal([9L, 2], ManifestReader.Read(BadManifest.Good.Replace("{ start: 0, count: 10 }", "[9, 2]")).Seeds);
    }

    [Fact]
    public void The_recipe_left_out_is_that_of_the_space()
    {
        var retrain = ManifestReader.Read(BadManifest.Good.Replace("recipe: nas-bench-201, seeds: [0, 1], settings: { epochs: 2 }, imageSize: 16", "imageSize: 16")).Retrains[0];
        Assert.Equal(("nas-bench-201", "darts", "darts"), (retrain.RecipeFor("nas-bench-201"), retrain.RecipeFor("sgas-es"), retrain.RecipeFor("darts")));
        Assert.Equal([0L], retrain.Seeds);
    }

    [Fact]
    public void Line_ends_of_windows_and_a_byte_order_mark_change_nothing()
    {
        var m = ManifestReader.Read("\uFEFF" + BadManifest.Good.Replace("\n", "\r\n"));
        Assert.Equal(["sgas-es", "sgas-f6", "random"], m.Arms.Select(a => a.Label));
    }

    [Fact]
    public void A_sweep_of_given_cells_needs_no_random_arm() => Assert.Equal(2, ManifestReader.Read("""
        apiVersion: nasfarm.io/v1
        kind: Sweep
        metadata: { name: cells }
        spec:
          seeds: [0]
          space: { name: sgas-es }
          data: { name: fashion-mnist }
          methods:
            - { name: given, as: FM_1, hyperparameters: { genotype: SGAS_ES_FM_1 } }
            - { name: given, as: FM_2, hyperparameters: { genotype: SGAS_ES_FM_2 } }
          comparison: { primary: [FM_1, FM_2] }
        """).Arms.Count);

    /// <summary>Whatever a slip of the finger makes of a manifest, the answer is a manifest or errors with places inside the text.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_slip_never_ends_in_anything_but_a_manifest_or_errors_with_places(int seed)
    {
        var random = new Random(seed);
        const string keys = "{}[]:,-#&*!|>'\"%@`?\t \n\r\0\\~0e.\u2028é";
        for (var i = 0; i < 400; i++)
        {
            var text = BadManifest.Good;
            for (var slips = random.Next(1, 4); slips > 0; slips--)
            {
                var at = random.Next(text.Length);
                var key = keys[random.Next(keys.Length)].ToString();
                text = random.Next(3) switch { 0 => text.Remove(at, 1), 1 => text.Insert(at, key), _ => text.Remove(at, 1).Insert(at, key) };
            }
            try
            {
                Assert.NotEmpty(ManifestReader.Read(text).Arms);
            }
            catch (ManifestException e)
            {
                var lines = text.Count(c => c is '\n' or '\r' or '\u2028' or '\u0085' or '\u2029') + 2;
                Assert.All(e.Errors, error => Assert.InRange(error.Place.Line, 1, lines));
                Assert.All(e.Errors, error => Assert.InRange(error.Place.Column, 1, text.Length + 1));
                Assert.All(e.Errors, error => Assert.InRange(error.Message.Length, 10, 1000));
            }
        }
    }
}
