using System.Text.Json;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Methods;
using NasFarm.Search.Networks;
using NasFarm.Search.Phases;
using NasFarm.Search.Supernets;
using NasFarm.Search.Tests.Data;
using NasFarm.Search.Tests.Phases;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Tests.Methods;

/// <summary>Selection by removal (spec/algorithms.md §20).</summary>
public sealed class DartsPtTests
{
    /// <summary>Two epochs, then one between decisions.</summary>
    internal static UnitSpec Small(string space = "nas-bench-201", params (string Name, object Value)[] settings) => TinySearch.Unit("darts-pt", space, channels: 2,
        settings: [("epochs", 2), ("tuneEpochs", 1), ("lambdaMax", false), ("alphaInitialScale", 1.0), .. settings]);

    [Fact]
    public void Every_phase_decides_one_edge_and_the_cell_is_what_was_decided()
    {
        var searched = TinySearch.RunWhole(Small(settings: ("selectBy", "loss")));

        Assert.Equal(7, searched.Outcomes.Count);
        Assert.Equal(8, searched.Outcomes[^1].Epoch); // 2 + 5 × 1 + 1
        var edges = searched.Decisions.Where(d => d.Name == "edge_normal").ToList();
        Assert.Equal(Enumerable.Range(0, 6), edges.Select(d => d.Phase));
        Assert.Equal(Enumerable.Range(0, 6), edges.Select(d => d.Detail.GetProperty("edge").GetInt32()).Order());
        Assert.NotEqual(Enumerable.Range(0, 6), edges.Select(d => d.Detail.GetProperty("edge").GetInt32()));
        Assert.All(edges, d => Assert.Equal(4 * 3, d.Detail.GetProperty("forwardPasses").GetInt32())); // four operations, three minibatches
        Assert.Distinct(edges.Select(d => d.Detail.GetProperty("without").GetRawText())); // each has measurements of its own
        var cell = GenotypeText.Parse("nas-bench-201", searched.Outcomes[^1].Genotype).Normal;
        Assert.All(edges, d => Assert.Equal(
            d.Detail.GetProperty("operation").GetString(), cell.OperationOn(d.Detail.GetProperty("source").GetInt32(), d.Detail.GetProperty("target").GetInt32())));
    }

    [Theory]
    [InlineData("nas-bench-201", "accuracy")]
    [InlineData("nas-bench-201", "loss")]
    [InlineData("sgas-es", "loss")]
    public void An_operation_is_judged_on_batch_statistics_with_its_weight_gone_and_the_others_as_they_were(string space, string by)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var unit = Small(space, ("selectBy", by));
        var sink = new MemorySink(folder["run"]);
        using var run = TinySearch.Open(unit, sink);
        SearchMethods.Get("darts-pt").RunPhase(run);
        var decision = sink.Decisions.First(d => d.Name == "edge_normal").Detail;
        var edge = decision.GetProperty("edge").GetInt32();

        // The same by hand, on the weights and logits that the decision was made with.
        run.State.Net.SetDecisions(CellDecisions.Start(run.Space));
        var values = decision.GetProperty("without").EnumerateArray().Select(w => (Name: w.GetProperty("operation").GetString()!, Value: w.GetProperty("value").GetDouble())).ToList();
        Assert.Equal(run.Space.Columns - 1, values.Count);
        Assert.True(values.Select(v => v.Value).Distinct().Count() > 1);
        Assert.All(values, v => Assert.Equal(ByHand(run, unit, edge, run.Space.Operations.ToList().IndexOf(v.Name), by), v.Value, 1e-9));
        Assert.Equal(
            (by == "accuracy" ? values.MinBy(v => v.Value) : values.MaxBy(v => v.Value)).Name, decision.GetProperty("operation").GetString());
    }

    [Fact]
    public void A_decision_leaves_no_trace_but_that_the_momentum_starts_anew_for_the_tuning()
    {
        using var folder = new TemporaryFolder();
        var (sink, first) = TinySearch.RunPhase(Small(), 0, null, folder["0"]);
        var (before, after) = (Read(sink.Checkpoints[^2]), Read(first));
        Assert.All(after.Tensors.Where(t => !IsMomentum(t.Key)), t => Assert.True(Same(t.Value, before.Tensors[t.Key]), t.Key));
        Assert.All(after.Tensors.Where(t => IsMomentum(t.Key)), t => Assert.True(t.Value.Bytes.Span.IndexOfAnyExcept((byte)0) < 0, t.Key));
        Assert.Contains(before.Tensors, t => IsMomentum(t.Key) && t.Value.Bytes.Span.IndexOfAnyExcept((byte)0) >= 0);

        var (later, second) = TinySearch.RunPhase(Small(), 1, first, folder["1"]);
        Assert.All(Read(second).Tensors, t => Assert.True(Same(t.Value, Read(later.Checkpoints[^2]).Tensors[t.Key]), t.Key));

        static bool IsMomentum(string name) => name.StartsWith("sgd.momentum", StringComparison.Ordinal);
    }

    [Fact]
    public void Tuning_has_a_tenth_of_the_rate_and_moves_the_undecided_logits_alone()
    {
        using var folder = new TemporaryFolder();
        var (training, first) = TinySearch.RunPhase(Small(), 0, null, folder["0"]);
        var (tuning, second) = TinySearch.RunPhase(Small(), 1, first, folder["1"]);
        var rates = training.Metrics.Concat(tuning.Metrics).Where(m => m.Name == "learning_rate").Select(m => m.Value).ToList();
        Assert.Equal(3, rates.Count);
        Assert.Equal([0.025, 0.013, 0.0025], rates.Select(r => Math.Round(r, 9))); // cosine over the two epochs of training, then a tenth of its start

        var decided = training.Decisions.Single(d => d.Name == "edge_normal").Detail.GetProperty("edge").GetInt32();
        var (then, now) = (Read(first), Read(second));
        for (var edge = 0; edge < 6; edge++)
            Assert.Equal(edge == decided, Same(then.Tensors[$"alpha.normal.{edge}"], now.Tensors[$"alpha.normal.{edge}"]));
        Assert.False(Same(then.Tensors["classifier.weight"], now.Tensors["classifier.weight"]));
    }

    [Fact]
    public void Once_every_edge_has_its_operation_a_node_of_each_cell_type_loses_what_is_missed_least()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        // Phase 14 of 18, from a state in which all fourteen edges of both cells are decided.
        var unit = Small("sgas-es", ("selectBy", "loss")) with { Phase = 14 };
        var sink = new MemorySink(folder["run"]);
        using var run = TinySearch.Open(unit, sink, new(null, null, new Dictionary<int, CheckpointRef>(), []));
        string[] operations = ["sep_conv_3x3", "max_pool_3x3", "skip_connect"];
        run.State.Progress = run.State.Progress with
        {
            Decisions = [.. CellDecisions.Start(run.Space).Select(c => c with { Edges = [.. c.Edges.Select((_, e) => EdgeState.Decided(operations[e % 3]))] })],
        };
        var all = run.State.Progress.Decisions;
        SearchMethods.Get("darts-pt").RunPhase(run);

        foreach (var (type, t) in new[] { ("normal", 0), ("reduce", 1) })
        {
            var decision = sink.Decisions.Single(d => d.Name == $"node_{type}").Detail;
            var node = decision.GetProperty("node").GetInt32();
            var dropped = decision.GetProperty("dropped").EnumerateArray().Select(e => e.GetInt32()).ToList();
            Assert.Equal(node - 2, dropped.Count); // node n has n edges
            Assert.All(run.Space.Edges, e => Assert.Equal(
                dropped.Contains(e.Index) ? EdgeStatus.Pruned : EdgeStatus.Decided, run.State.Progress.Decisions[t].Edges[e.Index].Status));
            Assert.All(decision.GetProperty("without").EnumerateArray().Zip(dropped), round =>
                Assert.Equal(round.First.EnumerateArray().Min(w => w.GetProperty("value").GetDouble()), ValueOf(round.First, round.Second)));
        }

        // The first answers by hand: the normal cell without one edge, the reduction cell still whole; then the other way round, the normal cell decided.
        foreach (var tried in First("node_normal"))
        {
            run.State.Net.SetDecisions([Without(all[0], tried.Edge), all[1]]);
            Assert.Equal(ByHand(run, unit, edge: 0, column: null, "loss"), tried.Value, 1e-9);
        }
        foreach (var tried in First("node_reduce"))
        {
            run.State.Net.SetDecisions([run.State.Progress.Decisions[0], Without(all[1], tried.Edge)]);
            Assert.Equal(ByHand(run, unit, edge: 0, column: null, "loss"), tried.Value, 1e-9);
        }

        List<(int Edge, double Value)> First(string name) => [.. sink.Decisions.Single(d => d.Name == name).Detail.GetProperty("without")[0]
            .EnumerateArray().Select(w => (w.GetProperty("edge").GetInt32(), w.GetProperty("value").GetDouble()))];
        static CellDecisions Without(CellDecisions cell, int edge) => cell with { Edges = [.. cell.Edges.Select((s, e) => e == edge ? EdgeState.Pruned : s)] };

        static double ValueOf(JsonElement round, int edge) => round.EnumerateArray().Single(w => w.GetProperty("edge").GetInt32() == edge).GetProperty("value").GetDouble();
    }

    [Fact]
    public void A_selection_stopped_between_two_removals_goes_on_there_and_ends_with_the_same_bytes()
    {
        var unit = Small("robust-s4", ("postEpochs", 0), ("selectBy", "loss")); // noise is drawn anew in every evaluation
        using var folder = new TemporaryFolder();
        var (straight, end) = TinySearch.RunPhase(unit, 0, null, folder["straight"]);
        // Six steps, then a removal at a time, four in all.
        foreach (var stop in new[] { 7, 8, 9 })
        {
            var (interrupted, same) = TinySearch.RunPhase(unit, 0, null, folder[$"{stop}"], stop);
            Assert.Equal(1, interrupted.Restarts);
            Assert.Equal(straight.Rows, interrupted.Rows);
            Assert.Equal(end.Sha256, same.Sha256);
        }
    }

    [Fact]
    public void The_place_of_a_decision_follows_the_seed()
    {
        using var folder = new TemporaryFolder();
        int Edge(long seed)
        {
            var unit = TinySearch.Unit("darts-pt", channels: 2, seed: seed, settings: [("epochs", 1), ("lambdaMax", false)]);
            return TinySearch.RunPhase(unit, 0, null, folder[$"{seed}"]).Sink.Decisions.Single(d => d.Name == "edge_normal").Detail.GetProperty("edge").GetInt32();
        }
        Assert.True(Enumerable.Range(0, 5).Select(seed => Edge(seed)).Distinct().Count() > 1);
    }

    /// <summary>Over the whole α part under the batch's statistics, the mixture of the normal cell with one weight gone.</summary>
    private static double ByHand(SearchRun run, UnitSpec unit, int edge, int? column, string by)
    {
        using var frozen = no_grad();
        var data = new SearchData(TinySearch.Images(), unit.SeedRun.Data, unit.SeedRun.DataOrderSeed, CPU);
        var mixtures = run.State.Alphas.Mixtures().Select(m => m.data<float>().ToArray()).ToArray();
        if (column is { } gone)
            mixtures[0][edge * run.Space.Columns + gone] = 0;
        var rows = mixtures.Select(m => tensor(m, [m.Length])).ToList();
        var (right, loss, images) = (0L, 0.0, 0L);
        foreach (var batch in data.Validation(run.State.Progress.Trained, 16))
        {
            var logits = run.State.Net.Forward(batch.Images, rows, Mode.Train);
            right += logits.argmax(1).eq(batch.Labels).sum().item<long>();
            loss += F.cross_entropy(logits, batch.Labels).item<float>() * batch.Count;
            images += batch.Count;
        }
        return by == "accuracy" ? 100.0 * right / images : loss / images;
    }

    private static CheckpointContent Read(CheckpointRef file) => Safetensors.Read(file.Path, file.Sha256);

    private static bool Same(TensorEntry a, TensorEntry b) => a.Bytes.Span.SequenceEqual(b.Bytes.Span);
}
