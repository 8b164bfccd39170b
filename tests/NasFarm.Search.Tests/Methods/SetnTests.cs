using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Units;
using NasFarm.Search.Methods;
using NasFarm.Search.Networks;
using NasFarm.Search.Phases;
using NasFarm.Search.Supernets;
using NasFarm.Search.Tests.Data;
using NasFarm.Search.Tests.Phases;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Methods;

/// <summary>spec/algorithms.md §20.</summary>
public sealed class SetnTests
{
    /// <summary>Three steps and five candidates.</summary>
    internal static UnitSpec Small(string space = "nas-bench-201") => TinySearch.Unit("setn", space, channels: 2, settings:
        [("epochs", 1), ("candidates", 5), ("candidateImages", 24), ("alphaInitialScale", 0.5), ("lambdaMax", false)]);

    [Theory, InlineData("nas-bench-201"), InlineData("sgas-es")]
    public void The_weights_train_on_the_uniformly_drawn_cell_of_random_search(string space)
    {
        using var one = new OneStep("setn", space: space);
        using var random = new OneStep("rsws", space: space);
        var (mine, its) = (one.Method.WeightGradient(one.Step()), random.Method.WeightGradient(random.Step()));
        Assert.Equal(its.Weights.Select(w => w.Name), mine.Weights.Select(w => w.Name));
        Assert.Equal(OneStep.Flat(its.Gradients), OneStep.Flat(mine.Gradients));
        Assert.True(mine.Weights.Count < one.State.Net.Weights.Parameters.Count);
    }

    /// <summary>Also right after the weight step has run a single path.</summary>
    [Fact]
    public void The_logits_follow_the_mixture_of_all_operations()
    {
        using var one = new OneStep("setn");
        var step = one.Step();
        var mixture = OneStep.Flat(Architect.FirstOrder(one.State, step.Valid));
        _ = one.Method.WeightGradient(step);
        Assert.Equal(mixture, OneStep.Flat(one.Method.AlphaGradient(step)!));
        Assert.All(mixture, g => Assert.NotEqual(0, g));
    }

    [Theory, InlineData("nas-bench-201"), InlineData("sgas-es")]
    public void The_most_accurate_of_the_cells_that_the_logits_draw_each_on_a_minibatch_of_its_own_is_the_result(string space)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var unit = Small(space);
        var sink = new MemorySink(folder["run"]);
        using var run = TinySearch.Open(unit, sink);
        using (enable_grad())
            SearchMethods.Get("setn").RunPhase(run);
        var outcome = run.Finish().Outcome;

        var data = new SearchData(TinySearch.Images(), unit.SeedRun.Data, unit.SeedRun.DataOrderSeed, CPU);
        var accuracies = Enumerable.Range(0, 5).Select(k =>
        {
            run.State.Net.SetDecisions(SinglePaths.Of(run.CandidateByAlphas(k)));
            var batch = data.AlphaBatch(run.State.Progress.Trained, k, 24);
            Assert.Equal(24, batch.Count);
            var logits = run.State.Net.Forward(batch.Images, run.State.Alphas.Mixtures(), Mode.Evaluate);
            return 100.0 * logits.argmax(1).eq(batch.Labels).sum().item<long>() / 24;
        }).ToList();
        Assert.Equal(run.CandidateByAlphas(accuracies.IndexOf(accuracies.Max())).ToString(), outcome.Genotype);

        var record = sink.Decisions.Single(d => d.Name == "candidates").Detail;
        Assert.Equal(accuracies.OrderDescending().ToList(), record.GetProperty("best").EnumerateArray().Select(b => b.GetProperty("accuracy").GetDouble()).ToList());
        Assert.Equal(accuracies.Average(), record.GetProperty("meanAccuracy").GetDouble(), 1e-9);
    }

    [Fact]
    public void Candidates_follow_the_logits_and_every_number_is_a_draw_of_its_own()
    {
        using var one = new OneStep("setn", settings: ("alphaInitialScale", 0.0));
        List<Genotype> Cells() => [.. Enumerable.Range(0, 50).Select(one.Run.CandidateByAlphas)];
        Assert.InRange(Cells().Distinct().Count(), 45, 50);
        Assert.Equal(Cells(), Cells());
        using (no_grad())
            foreach (var vector in one.State.Alphas.Vectors[0])
                vector.copy_(tensor(new[] { 0f, 0f, 0f, 30f, 0f }, [5]));
        Assert.Equal("nor_conv_3x3", Assert.Single(Cells().Distinct()).Normal.Edges.Select(e => e.Operation).Distinct().Single());
    }

    [Fact]
    public void An_evaluation_stopped_between_two_candidates_goes_on_there_and_ends_with_the_same_bytes()
    {
        var straight = TinySearch.RunWhole(Small());
        var interrupted = TinySearch.RunWhole(Small(), _ => [5, 1]);
        Assert.Equal(2, interrupted.Resumes);
        Assert.Equal(straight.Rows, interrupted.Rows);
        Assert.Equal(straight.EndHashes, interrupted.EndHashes);
    }
}
