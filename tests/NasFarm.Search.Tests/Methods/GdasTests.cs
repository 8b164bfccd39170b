using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Search.Methods;
using NasFarm.Search.Networks;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Tests.Methods;

/// <summary>spec/algorithms.md §6.</summary>
public sealed class GdasTests
{
    /// <summary>Large enough logits that the two of a pair differ, small enough that everything is drawn now and then.</summary>
    private static OneStep Open(string space, int epoch = 100) => new("gdas", epoch, space);

    /// <summary>What does not run cannot spoil anything.</summary>
    [Theory, InlineData("nas-bench-201"), InlineData("sgas-es")]
    public void Only_what_was_drawn_runs(string space)
    {
        using var one = Open(space);
        var step = one.Step();
        foreach (var update in new[] { "w", "alpha" })
        {
            var drawn = one.State.Along(Gdas.Sample(step, update).Path, () => one.State.Net.ActiveParameters.Select(p => p.Name).ToHashSet());
            var rest = one.State.Net.Weights.Parameters.Where(p => !drawn.Contains(p.Name)).ToList();
            Assert.NotEmpty(rest);
            var home = new Snapshot([.. rest.Select(p => p.Value)]);
            using (no_grad())
                foreach (var weight in rest)
                    weight.Value.fill_(float.NaN);
            var gradients = update == "w" ? one.Method.WeightGradient(step).Gradients : one.Method.AlphaGradient(step)!;
            Assert.All(OneStep.Flat(gradients), g => Assert.True(float.IsFinite(g)));
            home.Restore();
        }
    }

    [Theory, InlineData("nas-bench-201"), InlineData("sgas-es")]
    public void A_step_moves_the_weights_of_what_it_drew_and_lets_the_others_rest(string space)
    {
        using var one = Open(space);
        var all = one.State.Net.Weights.Parameters;
        for (var index = 0; index < 2; index++)
        {
            var before = all.ToDictionary(p => p.Name, p => OneStep.Flat([p.Value]));
            var drawn = one.State.Along(Gdas.Sample(one.Step(index), "w").Path, () => one.State.Net.ActiveParameters.Select(p => p.Name).ToHashSet());
            one.Step(index).Take();
            Assert.All(all.Where(p => !drawn.Contains(p.Name)), p => Assert.Equal(before[p.Name], OneStep.Flat([p.Value])));
            Assert.Contains(all, p => drawn.Contains(p.Name) && p.Name.Contains("edges", StringComparison.Ordinal) && !before[p.Name].SequenceEqual(OneStep.Flat([p.Value])));
            // Afterwards the supernet is whole again: λmax and whoever asks next sees every operation.
            Assert.Equal(all.Count, one.State.Net.ActiveParameters.Count);
        }
    }

    [Theory, InlineData("nas-bench-201"), InlineData("sgas-es")]
    public void Forward_it_is_the_drawn_path_and_nothing_else(string space)
    {
        using var one = Open(space);
        var step = one.Step();
        var sampled = one.Method.WeightGradient(step);
        var decided = Gdas.Sample(step, "w").Path.Select(cell => cell with { Edges = [.. cell.Edges.Select(e => EdgeState.Decided(e.Operation!))] }).ToList();
        var path = one.State.Along(decided, () => step.WeightGradient(step.Mixtures()));
        Assert.Equal(path.Loss.item<float>(), sampled.Loss.item<float>(), 1e-4f);
        OneStep.Close(OneStep.Flat(path.Gradients), OneStep.Flat(sampled.Gradients), 1e-3);
    }

    /// <summary>With G = ∂L/∂(weights) the straight-through gradient is p (G − Σ p G) / τ, edge by edge. On NAS-Bench-201 what was not drawn has
    /// a G of its own, the sum over its node's gradient; in DARTS cells it has none.</summary>
    [Theory, InlineData("nas-bench-201", 0), InlineData("nas-bench-201", 200), InlineData("sgas-es", 200)]
    public void The_gradient_goes_through_the_softmax_to_every_logit(string space, int epoch)
    {
        using var one = Open(space, epoch);
        var step = one.Step();
        var (path, rows) = Gdas.Sample(step, "alpha");
        var leaves = rows.Select(r => r.detach().clone().requires_grad_(true)).ToList();
        var g = one.State.Along(path, () => Architect.LossGradients(
                F.cross_entropy(one.State.Net.Forward(step.Valid.Images, leaves, Mode.Train), step.Valid.Labels), leaves))
            .Select(t => OneStep.Flat([t])).ToList();

        var (columns, random, temperature) = (one.State.Space.Columns, step.Random(StreamNames.Gumbel, "alpha"), 10 - 9.9 * epoch / 249);
        var expected = new List<float>();
        foreach (var (t, type) in one.State.Alphas.Values().Index())
        {
            foreach (var (edge, logits) in type.Index())
            {
                var noise = logits.Select(_ => random.NextGumbel()).ToList();
                var p = Softmax.Of([.. Softmax.Of(logits).Zip(noise, (w, n) => (Math.Log(w) + n) / temperature)]);
                var drawn = Softmax.ArgMax(p);
                Assert.Equal(one.State.Space.OperationsOn(path[t].Type, edge)[drawn], path[t].Edges[edge].Operation);
                var slope = g[t].AsSpan(edge * columns, columns).ToArray().Select((x, o) => space == "nas-bench-201" || o == drawn ? x : 0).ToArray();
                var mean = p.Zip(slope, (w, x) => w * x).Sum();
                expected.AddRange(p.Zip(slope, (w, x) => (float)(w * (x - mean) / temperature)));
            }
        }
        OneStep.Close([.. expected], OneStep.Flat(one.Method.AlphaGradient(step)!), 1e-3);
        if (epoch == 0)
            Assert.All(OneStep.Flat(one.Method.AlphaGradient(step)!), x => Assert.NotEqual(0, x));
    }

    [Fact]
    public void Weights_are_one_and_zero_forward()
    {
        using var one = Open("nas-bench-201");
        var (path, rows) = Gdas.Sample(one.Step(), "alpha");
        var expected = path[0].Edges.SelectMany(e => one.State.Space.Operations.Select(o => o == e.Operation ? 1f : 0f));
        Assert.All(expected.Zip(OneStep.Flat(rows)), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void Each_update_of_each_step_has_a_draw_of_its_own_and_the_same_again()
    {
        using var one = Open("nas-bench-201");
        IReadOnlyList<CellDecisions> Path(int index, string update) => Gdas.Sample(one.Step(index), update).Path;
        Assert.NotEqual(Path(0, "w"), Path(0, "alpha"));
        Assert.NotEqual(Path(0, "w"), Path(1, "w"));
        Assert.Equal(Path(1, "w"), Path(1, "w"));
        var step = one.Step();
        step.Take();
        Assert.Equal((1, 1), (step.Spent.Weights, step.Spent.Alphas));
    }

    [Fact]
    public void All_cells_of_a_type_share_the_draw()
    {
        using var one = Open("nas-bench-201");
        var weights = one.Method.WeightGradient(one.Step()).Weights.Where(w => w.Name.Contains(".edges.", StringComparison.Ordinal)).ToList();
        var choices = weights.GroupBy(w => w.Name[..w.Name.IndexOf(".edges.", StringComparison.Ordinal)])
            .Select(cell => string.Join(' ', cell.Select(w => w.Name[cell.Key.Length..]))).ToList();
        Assert.Equal((3, 1), (choices.Count, choices.Distinct().Count()));
    }

    [Fact]
    public void A_DARTS_cell_keeps_the_best_pairs_and_validation_runs_the_strongest_operation_of_every_edge()
    {
        using var one = new OneStep("gdas", space: "sgas-es", settings: ("alphaInitialScale", 0.0));
        using (no_grad())
        {
            var edge = one.State.Alphas.Vectors[0][2]; // from 0 into 3
            edge.copy_(tensor(new[] { 0f, 0f, 2f, 3f, 0f }, [5]));
        }
        Assert.Equal(["sep_conv_3x3-0", "skip_connect-0"], one.Run.Genotype().Normal.Edges.Where(e => e.Target == 3).Select(e => $"{e.Operation}-{e.Source}"));
        var validated = one.Method.Validated(one.Run)!;
        Assert.Equal(SinglePaths.Strongest(SearchSpaces.SgasEs, NoneRule.Excluded, one.State.Alphas.Values()), validated);
        Assert.Equal(EdgeState.Decided("sep_conv_3x3"), validated[0].Edges[2]);
    }
}
