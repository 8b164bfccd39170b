using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Data;
using NasFarm.Search.Methods;
using NasFarm.Search.Networks;
using NasFarm.Search.Phases;
using NasFarm.Search.Supernets;
using NasFarm.Search.Tests.Data;
using NasFarm.Search.Tests.Phases;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Methods;

/// <summary>The score of untrained networks (spec/algorithms.md §15).</summary>
public sealed class NaswotTests
{
    internal static UnitSpec Small(string space = "nas-bench-201") =>
        TinySearch.Unit("naswot", space, channels: 2, settings: [("candidates", 6), ("images", 8)]);

    [Theory]
    [InlineData("|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|skip_connect~2|", 0)]
    [InlineData("|nor_conv_3x3~0|+|avg_pool_3x3~0|nor_conv_1x1~1|+|nor_conv_3x3~0|nor_conv_3x3~1|skip_connect~2|", 4)]
    public void Every_layer_that_uses_a_ReLU_is_heard_once_and_only_while_someone_listens(string cell, int convolutions)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var run = TinySearch.Open(Small(), new MemorySink(folder["run"]));
        var net = run.State.Net;
        net.SetDecisions(SinglePaths.Of(GenotypeText.Parse(run.Space, cell)));
        var heard = 0;
        Tensor Forward() => net.Forward(ones([2, 1, 16, 16]), run.State.Alphas.Mixtures(), Mode.Evaluate);
        net.Weights.Relu.Listen(_ => heard++, () => Forward());
        // Three cells, two residual blocks of two, and the last.
        Assert.Equal(3 * convolutions + 4 + 1, heard);
        Forward();
        Assert.Equal(3 * convolutions + 4 + 1, heard);
    }

    [Theory, InlineData("nas-bench-201"), InlineData("sgas-es")]
    public void The_score_is_that_of_the_codes_under_batch_statistics(string space)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var unit = Small(space);
        using var run = TinySearch.Open(unit, new MemorySink(folder["run"]));
        var cell = run.Candidate(0);
        var score = run.Measurements.KernelScore(cell, 8);

        var data = new SearchData(TinySearch.Images(), unit.SeedRun.Data, unit.SeedRun.DataOrderSeed, CPU);
        var net = run.State.Net;
        double ByHand(Mode mode)
        {
            var kernel = new double[8, 8];
            net.SetDecisions(SinglePaths.Of(cell));
            net.Weights.Relu.Listen(
                output =>
                {
                    var codes = output.detach().data<float>().ToArray().Select(v => v > 0).Chunk((int)(output.numel() / 8)).ToList();
                    for (var i = 0; i < 8; i++)
                        for (var j = 0; j < 8; j++)
                            kernel[i, j] += codes[i].Zip(codes[j], (a, b) => a == b).Count(same => same);
                },
                () => net.Forward(data.WeightBatch(0, 0, 8).Images, run.State.Alphas.Mixtures(), mode));
            return LogDeterminantByCholesky(kernel);
        }
        Assert.Equal(ByHand(Mode.Train), score, 1e-9);
        Assert.NotEqual(ByHand(Mode.Evaluate), score, 1e-9);
    }

    [Theory, InlineData("nas-bench-201"), InlineData("sgas-es")]
    public void The_largest_score_wins_and_the_network_stays_untrained_to_the_bit(string space)
    {
        using var folder = new TemporaryFolder();
        var sink = new MemorySink(folder["run"]);
        using var run = TinySearch.Open(Small(space), sink);
        var before = run.State.Tensors().Select(t => (t.Name, t.Bytes.ToArray())).ToList();
        SearchMethods.Get("naswot").RunPhase(run);
        var (file, outcome) = run.Finish();

        Assert.Equal((true, 0, 0L), (outcome.SearchFinished, outcome.Epoch, outcome.Trained));
        var record = sink.Decisions.Single(d => d.Name == "candidates").Detail;
        var best = record.GetProperty("best").EnumerateArray().Select(b => (Cell: b.GetProperty("genotype").GetString()!, Score: b.GetProperty("score").GetDouble())).ToList();
        Assert.Equal((6, 0), (best.Count, record.GetProperty("singular").GetInt32()));
        Assert.True(best.Select(b => b.Score).Distinct().Count() > 3);
        foreach (var (cell, score) in best)
            Assert.Equal(run.Measurements.KernelScore(GenotypeText.Parse(run.Space, cell), 8), score);
        Assert.Equal(best.MaxBy(b => b.Score).Cell, outcome.Genotype);
        var after = Safetensors.Read(file.Path, file.Sha256).Tensors;
        Assert.All(before, t => Assert.True(after[t.Name].Bytes.Span.SequenceEqual(t.Item2), t.Name));
    }

    [Fact]
    public void Equal_images_give_no_cell_a_score_and_the_record_says_so()
    {
        using var folder = new TemporaryFolder();
        var unit = Small();
        unit = unit with { SeedRun = unit.SeedRun with { Data = unit.SeedRun.Data with { Augment = false } } };
        var images = TinySearch.Images();
        images = images with { Train = new(1, 28, 28, 10, new byte[96 * 784], new byte[96]) };
        var sink = new MemorySink(folder["run"]);
        using var run = TinySearch.Open(unit, sink, images: images);
        SearchMethods.Get("naswot").RunPhase(run);
        var outcome = run.Finish().Outcome;
        Assert.Equal(6, sink.Decisions.Single(d => d.Name == "candidates").Detail.GetProperty("singular").GetInt32());
        Assert.Equal(run.Candidate(0).ToString(), outcome.Genotype);
    }

    private static double LogDeterminantByCholesky(double[,] k)
    {
        var n = k.GetLength(0);
        var lower = new double[n, n];
        var sum = 0.0;
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++)
            {
                var rest = k[i, j] - Enumerable.Range(0, j).Sum(m => lower[i, m] * lower[j, m]);
                lower[i, j] = i == j ? Math.Sqrt(rest) : rest / lower[j, j];
                if (i == j)
                    sum += 2 * Math.Log(lower[i, i]);
            }
        return sum;
    }
}
