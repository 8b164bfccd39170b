using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Methods;
using NasFarm.Search.Networks;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using NasFarm.Search.Tests.Data;
using NasFarm.Search.Tests.Phases;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Methods;

/// <summary>Search in stages (spec/algorithms.md §8).</summary>
public sealed class PDartsTests
{
    /// <summary>Stages of two epochs, the second with alphas; 3, 4 and 5 cells; 5, 4 and 3 operations.</summary>
    internal static UnitSpec Small() => TinySearch.Unit("p-darts", "sgas-es", channels: 2, settings:
        [("stageEpochs", 2), ("weightEpochs", 1), ("cellsAdded2", 1), ("cellsAdded3", 2), ("mostSkips", 1), ("lambdaMax", false)]);

    [Fact]
    public void Each_stage_is_a_deeper_network_made_anew_with_what_the_one_before_kept()
    {
        using var folder = new TemporaryFolder();
        var (first, end0) = TinySearch.RunPhase(Small(), 0, null, folder["0"]);
        var (second, end1) = TinySearch.RunPhase(Small(), 1, end0, folder["1"]);
        var (third, end2) = TinySearch.RunPhase(Small(), 2, end1, folder["2"]);
        var contents = new[] { end0, end1, end2 }.Select(Read).ToList();
        foreach (var (content, stage) in contents.Select((c, i) => (c, i)))
        {
            Assert.Equal(5 - stage, content.Tensors["alpha.normal.0"].Shape[0]);
            Assert.Equal(3 + stage, content.Tensors.Keys.Count(k => k.StartsWith("cells.", StringComparison.Ordinal) && k.EndsWith(".preprocess1.op.1.weight", StringComparison.Ordinal)));
        }

        // What was dropped is gone: no weight of it is in the later networks.
        foreach (var (sink, later) in new[] { (first, contents[1]), (second, contents[2]) })
        {
            foreach (var (cell, type) in new[] { (0, "normal"), (1, "reduce") }) // cell 0 is normal, cell 1 reduces
            {
                var kept = sink.Decisions.Single(d => d.Name == $"operations_{type}").Detail.GetProperty("kept").EnumerateArray()
                    .Select(edge => edge.EnumerateArray().Select(o => o.GetString()!).ToHashSet()).ToList();
                var there = later.Tensors.Keys.Where(k => k.StartsWith($"cells.{cell}.edges.", StringComparison.Ordinal)).Select(k => k.Split('.')).ToList();
                Assert.NotEmpty(there);
                Assert.All(there, k => Assert.Contains(k[4], kept[int.Parse(k[3], System.Globalization.CultureInfo.InvariantCulture)]));
            }
        }

        // A schedule and alphas of their own, and the cell of the last stage within its cap.
        var rates = new[] { first, second, third }.Select(s => s.Metrics.Where(m => m.Name == "learning_rate").Select(m => Math.Round(m.Value, 9)).ToArray()).ToList();
        Assert.All(rates, r => Assert.Equal([0.025, 0.0125], r));
        var genotype = GenotypeText.Parse("sgas-es", third.Decisions.Single(d => d.Name == "genotype").Detail.GetProperty("genotype").GetString()!);
        Assert.True(genotype.Normal.SkipCount <= 1);
        Assert.Equal(genotype.Normal.SkipCount, third.Decisions.Single(d => d.Name == "skip_cap").Detail.GetProperty("skips").GetInt32());
        Assert.Equal([0L, 0L, 1L], new[] { first, second, third }.Select(s => (long)s.Decisions.Count(d => d.Name == "genotype")));
    }

    [Fact]
    public void A_stage_begins_with_initial_values_that_no_stage_had_and_optimisers_without_a_past()
    {
        using var folder = new TemporaryFolder();
        var (_, end) = TinySearch.RunPhase(Small(), 0, null, folder["0"]);
        var unit = Small() with { Phase = 1 };
        using var start = TinySearch.Open(Small(), new MemorySink(folder["none"]));
        using var next = TinySearch.Open(unit, new MemorySink(folder["1"]), ResumeChoice.Make(unit, [end]));

        var (initial, trained, now) = (Values(start), Read(end).Tensors, Values(next));
        foreach (var name in (string[])["stem.0.weight", "classifier.bias", "cells.0.preprocess1.op.1.weight"])
        {
            Assert.NotEqual(initial[name], now[name]);
            Assert.False(trained[name].Bytes.Span.SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(now[name])), name);
        }
        Assert.All(next.State.Net.Weights.Buffers.Where(b => b.Name.EndsWith("running_mean", StringComparison.Ordinal)), b => Assert.All(OneStep.Flat([b.Value]), m => Assert.Equal(0, m)));
        Assert.All(OneStep.Flat(next.State.Momentum.Named.Concat(next.State.Moments.Named).Select(n => n.Value)), m => Assert.Equal(0, m));
        Assert.All(next.State.Moments.Steps, s => Assert.Equal(0, s));
        Assert.All(OneStep.Flat(next.State.Alphas.Named.Select(a => a.Vector)), a => Assert.InRange(Math.Abs(a), 1e-9, 0.01)); // fresh: 1e-3 · N(0, 1)
        Assert.Equal((2, 2L, 2), (next.State.Progress.Epoch, next.State.Progress.Trained, next.State.Progress.PhaseStart));
    }

    [Fact]
    public void The_first_epochs_of_every_stage_train_the_weights_alone()
    {
        using var folder = new TemporaryFolder();
        var (_, end) = TinySearch.RunPhase(Small(), 0, null, folder["0"]);
        var unit = Small() with { Phase = 1 };
        using var run = TinySearch.Open(unit, new MemorySink(folder["1"]), ResumeChoice.Make(unit, [end]));
        float[] Alphas() => OneStep.Flat(run.State.Alphas.Named.Select(a => a.Vector));
        var before = Alphas();
        var gradients = run.State.Progress.Gradients;

        run.Epoch();
        Assert.Equal(before, Alphas());
        Assert.Equal((gradients.Weights + 3, gradients.Alphas), (run.State.Progress.Gradients.Weights, run.State.Progress.Gradients.Alphas));
        run.Epoch();
        Assert.NotEqual(before, Alphas());
        Assert.All(run.State.Moments.Steps, s => Assert.Equal(3, s));
    }

    [Fact]
    public void The_gradient_of_the_logits_is_clipped()
    {
        double Norm(double clip)
        {
            using var one = new OneStep("p-darts", epoch: 10, space: "sgas-es", settings: [("alphaGradientClip", clip)]);
            return Math.Sqrt(OneStep.Flat(one.Method.AlphaGradient(one.Step())!).Sum(g => (double)g * g));
        }
        var free = Norm(0);
        Assert.True(free > 1e-4);
        Assert.Equal(free / 2, Norm(free / 2), free / 1000);
    }

    [Fact]
    public void A_step_drops_elements_at_the_rate_of_its_stage_and_epoch()
    {
        using var one = new OneStep("p-darts", epoch: 0, space: "sgas-es", settings: [("skipDropout1", 0.9)]);
        Assert.Equal(0.9 * 24 / 25, one.Method.Noise(one.Run.Settings, 0).SkipDropout, 1e-12);
        var masked = one.Step().DropPath!.ApplyToSkip(ones([4, 8, 32, 32])).data<float>().ToArray();
        Assert.InRange(masked.Count(x => x == 0) / (double)masked.Length, 0.84, 0.89); // .864
        Assert.All(masked.Where(x => x != 0), x => Assert.Equal(1 / (1 - 0.864), x, 1e-4));
        Assert.False(one.Step().DropPath!.DropsPaths);

        // The loss of a step feels it; without a rate nothing is drawn.
        using var calm = new OneStep("p-darts", epoch: 0, space: "sgas-es");
        Assert.Null(calm.Step().DropPath);
        Assert.NotEqual(calm.Method.WeightGradient(calm.Step()).Loss.item<float>(), one.Method.WeightGradient(one.Step()).Loss.item<float>());
    }

    [Fact]
    public void Only_skip_connections_that_keep_the_size_are_dropped_and_only_while_training()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var space = SearchSpaces.SgasEs;
        using var net = new DartsSupernet(space, 2, 3, 1, 10, 0, CPU);
        var x = ones([4, 1, 16, 16]);
        IReadOnlyList<Tensor> mixtures = [.. space.CellTypes.Select(_ => full([14 * 5], 0.2f))];
        bool Felt(Func<CellEdge, string> normal, Func<CellEdge, string> reduce, Mode mode = Mode.Train)
        {
            net.SetDecisions([.. CellDecisions.Start(space).Zip([normal, reduce], (cell, choice) =>
                cell with { Edges = [.. space.Edges.Select(e => EdgeState.Decided(choice(e)))] })]);
            float[] Output(DropPath? dropPath) => net.Forward(x, mixtures, mode, dropPath).data<float>().ToArray();
            return !Output(null).SequenceEqual(Output(new(0, new RandomStream(1, StreamNames.DropPath), skipRate: 0.5)));
        }
        static string Pool(CellEdge e) => "max_pool_3x3";
        static string Skip(CellEdge e) => "skip_connect";

        Assert.False(Felt(Pool, Pool));
        Assert.True(Felt(Skip, Pool));
        Assert.False(Felt(Pool, e => e.Source < 2 ? "skip_connect" : "max_pool_3x3")); // these halve the image
        Assert.True(Felt(Pool, e => e.Source < 2 ? "max_pool_3x3" : "skip_connect"));
        Assert.False(Felt(Skip, Skip, Mode.Evaluate));
    }

    [Fact]
    public void An_edge_without_none_mixes_all_its_operations()
    {
        var space = SearchSpaces.SgasEs;
        IReadOnlyList<string>[] rows = [.. space.Edges.Select(e => (IReadOnlyList<string>)(e.Index == 1
            ? ["none", "skip_connect", "sep_conv_3x3"] : ["max_pool_3x3", "skip_connect", "dil_conv_3x3"]))];
        using var plan = new CellPlan(space.Keeping([rows, rows]), CellDecisions.Start(space)[0], CPU);
        Assert.Equal([(0, 0), (0, 1), (0, 2), (1, 1), (1, 2)], plan.Nodes[0].Select(t => (t.Edge, t.Operation)));
    }

    private static CheckpointContent Read(CheckpointRef file) => Safetensors.Read(file.Path, file.Sha256);

    private static Dictionary<string, float[]> Values(SearchRun run) =>
        run.State.Net.Weights.Parameters.ToDictionary(p => p.Name, p => OneStep.Flat([p.Value]));
}
