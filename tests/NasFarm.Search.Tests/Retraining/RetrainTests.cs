using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Units;
using NasFarm.Search.Phases;
using NasFarm.Search.Retraining;
using NasFarm.Search.Tests.Data;
using NasFarm.Search.Tests.Phases;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Retraining;

/// <summary>Retraining derived cells.</summary>
public sealed class RetrainTests
{
    private const string Nb201Cell = "|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|avg_pool_3x3~0|none~1|nor_conv_3x3~2|";

    [Fact]
    public void A_job_stopped_anywhere_and_resumed_ends_with_the_same_bytes()
    {
        var unit = Unit("nas-bench-201", Nb201Cell, "nas-bench-201", 16, ("channels", 4), ("cells", 1));
        var straight = Run(unit, []);
        var interrupted = Run(unit, [1, 0, 2, 1]);
        Assert.Equal(4, interrupted.Restarts);
        Assert.Equal(straight.Rows, interrupted.Rows);
        Assert.Equal(straight.Hash, interrupted.Hash);
        Assert.Equal(straight.Outcome, interrupted.Outcome);
    }

    [Fact]
    public void A_DARTS_cell_trains_with_auxiliary_head_drop_path_and_cut_out_and_resumes_to_the_same_bytes()
    {
        var unit = Unit("sgas-es", Catalog.Genotypes.GenotypeText.ParseOrFind("sgas-es", "SGAS_ES_FM_1").ToString(), "sgas-es-fashion-mnist", null,
            ("channels", 4), ("cells", 3));
        var straight = Run(unit, []);
        Assert.Equal(straight.Hash, Run(unit, [2]).Hash);
        Assert.NotNull(straight.Outcome.TestAccuracyPadTo32);
        Assert.False(straight.Outcome.Diverged);
    }

    [Theory]
    [InlineData("normal s3-0 nz-1 | s3-0 nz-2 | s3-1 nz-3 | nz-0 s3-4", "some noise")]
    [InlineData("normal nz-0 nz-1 | nz-0 nz-2 | nz-1 nz-3 | nz-0 nz-4", "nothing but noise: most weights have no gradient")]
    public void A_cell_of_noise_trains_and_resumes_to_the_same_bytes(string normal, string because)
    {
        var cell = Catalog.Genotypes.GenotypeText.Parse("robust-s4", normal + " ; reduce" + normal["normal".Length..]).ToString();
        var unit = Unit("robust-s4", cell, "darts", 16, ("channels", 4), ("cells", 3), ("trainImageSize", 16), ("auxiliary", false));
        var straight = Run(unit, []);
        var interrupted = Run(unit, [1, 2]);
        Assert.Equal(straight.Rows, interrupted.Rows);
        Assert.Equal(straight.Hash, interrupted.Hash);
        Assert.False(straight.Outcome.Diverged, because);
    }

    [Theory]
    [InlineData("nas-bench-macro", "01200210", 8)]
    [InlineData("deeper-insights", "|sep_conv_3x3~0|+|max_pool_3x3~0|dil_conv_5x5~1|", 2)]
    [InlineData("nas-bench-1shot1-2", "v3(0)|vm(1)|v1(0,1)|v3(1,2)|out(0,1,4)", 3, "nas-bench-101")]
    public void Networks_of_the_smaller_spaces_train_and_resume_to_the_same_bytes(string space, string cell, int cells, string? recipe = null)
    {
        var unit = Unit(space, cell, recipe ?? space, 16, ("channels", 4), ("cells", cells));
        var straight = Run(unit, []);
        Assert.Equal(straight.Hash, Run(unit, [2]).Hash);
        Assert.False(straight.Outcome.Diverged);
    }

    /// <summary>A node without edges, an input that no edge reads, and a cell without any edge (spec/algorithms.md §10).</summary>
    [Theory]
    [InlineData("normal s3-0>2 sk-3>5 s3-1>5 ; reduce mp-0>2 d3-2>4")]
    [InlineData("normal s3-1>3 d3-1>4 ; reduce mp-0>2 sk-1>5")]
    [InlineData("normal ; reduce s3-0>2")]
    public void A_sparse_cell_trains_to_the_same_bytes(string text)
    {
        var unit = Unit("sgas-es", Catalog.Genotypes.GenotypeText.Parse("sgas-es", text).ToString(), "darts", null,
            ("channels", 4), ("cells", 3), ("auxiliary", false), ("trainImageSize", 28));
        var straight = Run(unit, []);
        Assert.Equal(straight.Hash, Run(unit, [2]).Hash);
        Assert.False(straight.Outcome.Diverged);
        Assert.Equal(Catalog.Spaces.ParameterCounts.Derived(Catalog.Genotypes.GenotypeText.Parse("sgas-es", text), 4, 3, 1, 10), straight.Outcome.Parameters);
    }

    [Fact]
    public void A_diverging_job_ends_with_chance_accuracy_and_says_so()
    {
        var result = Run(Unit("nas-bench-201", Nb201Cell, "nas-bench-201", 16, ("channels", 4), ("cells", 1), ("learningRate", 1e30)), []);
        Assert.True(result.Outcome.Diverged);
        Assert.Equal(10.0, result.Outcome.TestAccuracy);
        Assert.Contains(result.Rows, r => r.Contains("diverged", StringComparison.Ordinal));
    }

    [Fact]
    public void Training_learns_the_stripes()
    {
        var result = Run(Unit("nas-bench-201", Nb201Cell, "nas-bench-201", 16, ("channels", 8), ("cells", 1), ("epochs", 12)), []);
        Assert.True(result.Outcome.TestAccuracy > 60, $"{result.Outcome.TestAccuracy} %");
    }

    private static UnitSpec Unit(string space, string genotype, string recipe, int? imageSize, params (string Name, object Value)[] settings)
    {
        var overrides = settings.ToDictionary(s => s.Name, s => s.Value);
        overrides.TryAdd("epochs", 2);
        overrides.TryAdd("batchSize", 32);
        var data = new DataSpec { Name = "fashion-mnist", ContentHash = new string('0', 64), ImageSize = imageSize };
        return TinySearch.Unit("random", space) with
        {
            UnitId = "t-00000000000000000000",
            Kind = UnitKind.Retrain,
            Genotype = genotype,
            Retrain = new() { Data = data, Recipe = recipe, Settings = RecipeCatalog.Resolve(recipe, space, overrides), NumericsRevision = 1 },
            RetrainSeed = 1,
        };
    }

    private static (IReadOnlyList<string> Rows, string Hash, RetrainOutcome Outcome, int Restarts) Run(UnitSpec unit, int[] stops)
    {
        using var folder = new TemporaryFolder();
        var sink = new MemorySink(folder["job"]);
        var left = new Queue<int>(stops);
        while (true)
        {
            sink.StopAfterSteps = left.TryDequeue(out var steps) ? steps : null;
            var resume = ResumeChoice.Make(unit, sink.Checkpoints.AsEnumerable().Reverse().ToList());
            sink.Void(resume.From?.Trained ?? 0);
            using var scope = NewDisposeScope();
            using var run = new RetrainRun(
                unit, new RetrainData(TinySearch.Images(), unit.Retrain!, unit.RetrainSeed, CPU),
                resume.From is null ? null : (resume.From, resume.Content!), "test-fingerprint", sink, CPU);
            try
            {
                var (file, outcome) = run.Run();
                return ([.. sink.Rows.Select(r => r.Text)], file.Sha256, outcome, sink.Restarts);
            }
            catch (StopRequestedException)
            {
                sink.Restart();
            }
        }
    }
}
