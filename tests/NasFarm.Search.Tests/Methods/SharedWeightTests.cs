using System.Text.Json;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Methods;
using NasFarm.Search.Networks;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using NasFarm.Search.Tests.Data;
using NasFarm.Search.Tests.Phases;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Methods;

/// <summary>The searches that train on uniformly drawn cells (spec/algorithms.md §14, §17).</summary>
public sealed class SharedWeightTests
{
    /// <summary>Six steps, two rounds of five candidates and two finalists.</summary>
    internal static UnitSpec Rsws(string space = "nas-bench-201") => TinySearch.Unit("rsws", space, channels: 2, settings:
        [("epochs", 2), ("candidates", 5), ("candidateBatches", 2), ("finalists", 2), ("stepsPerRound", 3)]);

    /// <summary>Three steps, two candidates of two neighbours each.</summary>
    internal static UnitSpec NaRs(string aggregate = "mean", int neighbours = 2) => TinySearch.Unit("na-rs", channels: 2, settings:
        [("epochs", 1), ("candidates", 2), ("neighbours", neighbours), ("candidateBatches", 1), ("aggregate", aggregate)]);

    [Theory, InlineData("nas-bench-201"), InlineData("sgas-es")]
    public void A_step_moves_the_weights_of_the_cell_it_drew_and_lets_the_others_and_the_logits_rest(string space)
    {
        using var one = new OneStep("rsws", space: space);
        var all = one.State.Net.Weights.Parameters;
        var trained = new HashSet<string>();
        for (var index = 0; index < 3; index++)
        {
            var before = all.ToDictionary(p => p.Name, p => OneStep.Flat([p.Value]));
            var drawn = one.Method.WeightGradient(one.Step(index)).Weights.Select(p => p.Name).ToHashSet();
            one.Step(index).Take();
            Assert.True(drawn.Count < all.Count);
            Assert.All(all, p => Assert.Equal(drawn.Contains(p.Name), !before[p.Name].SequenceEqual(OneStep.Flat([p.Value]))));
            trained.UnionWith(drawn);
            if (index > 0)
                Assert.True(trained.Count > drawn.Count, "every step draws a cell of its own");
        }
        Assert.All(one.Alphas(), a => Assert.Equal(0, a));
    }

    [Fact]
    public void The_loss_of_a_step_is_that_of_the_drawn_cell_alone()
    {
        using var one = new OneStep("rsws");
        var step = one.Step();
        var gradient = one.Method.WeightGradient(step);
        // No mixture weight reaches a decided edge: the same path under mixtures of another size gives the same loss.
        var path = SinglePaths.Draw(one.State.Space, step.NoneRule, step.Random(StreamNames.RandomArchitecture, "step").NextInt);
        var again = one.State.Along(path, () => step.WeightGradient([.. step.Mixtures().Select(m => m.mul(3.0))]));
        Assert.Equal(gradient.Loss.item<float>(), again.Loss.item<float>());
        // Afterwards the supernet is whole again.
        Assert.Equal(one.State.Net.Weights.Parameters.Count, one.State.Net.ActiveParameters.Count);
    }

    [Theory, InlineData("nas-bench-201"), InlineData("sgas-es")]
    public void The_evaluation_leaves_no_trace_in_weights_and_running_statistics(string space)
    {
        using var folder = new TemporaryFolder();
        var (sink, _) = Search(Rsws(space), folder);
        var files = sink.Checkpoints.TakeLast(2).Select(c => Safetensors.Read(c.Path, c.Sha256)).ToList();
        Assert.Equal(2, sink.Checkpoints[^2].Epoch);
        Assert.Equal(files[0].Tensors.Count, files[1].Tensors.Count);
        Assert.All(files[0].Tensors, t => Assert.True(t.Value.Bytes.Span.SequenceEqual(files[1].Tensors[t.Key].Bytes.Span), t.Key));
    }

    [Theory, InlineData("nas-bench-201"), InlineData("sgas-es")]
    public void The_best_of_each_round_see_the_whole_part_in_evaluation_mode_and_the_best_of_all_is_the_result(string space)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var unit = Rsws(space);
        var sink = new MemorySink(folder["run"]);
        using var run = TinySearch.Open(unit, sink);
        SearchMethods.Get("rsws").RunPhase(run);
        var outcome = run.Finish().Outcome;

        var rounds = sink.Decisions.Where(d => d.Name == "candidates").Select(d => d.Detail).ToList();
        Assert.Equal(2, rounds.Count);
        var finalists = rounds.SelectMany(Finalists).ToList();
        Assert.Equal(4, finalists.Count);
        Assert.All(rounds, r => Assert.Equal(Finalists(r).OrderByDescending(f => f.Minibatches).ToList(), Finalists(r)));
        Assert.All(rounds, r => Assert.True(Finalists(r)[0].Minibatches >= r.GetProperty("meanAccuracy").GetDouble()));
        Assert.Equal(finalists.MaxBy(f => f.Accuracy).Genotype, outcome.Genotype);
        Assert.All(finalists, f => Assert.Equal(Accuracy(run, unit, f.Genotype), f.Accuracy, 1e-9));
    }

    [Theory, InlineData(NoneRule.Excluded, false), InlineData(NoneRule.Paper, true)]
    public void Candidates_hold_none_where_the_rule_lets_them(NoneRule rule, bool expected)
    {
        var unit = TinySearch.Unit("rsws", channels: 2, settings: [("epochs", 1), ("candidates", 12), ("candidateBatches", 1), ("finalists", 12)]);
        using var folder = new TemporaryFolder();
        var (sink, _) = Search(unit with { SeedRun = unit.SeedRun with { NoneRule = rule } }, folder);
        var finalists = Finalists(sink.Decisions.Single(d => d.Name == "candidates").Detail);
        Assert.Equal(12, finalists.Count);
        Assert.Equal(expected, finalists.Any(f => f.Genotype.Contains("none", StringComparison.Ordinal)));
    }

    [Theory, InlineData("mean"), InlineData("median"), InlineData("min")]
    public void NA_RS_scores_a_cell_by_itself_and_its_neighbours_and_takes_the_best(string aggregate)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var unit = NaRs(aggregate, neighbours: 18); // all there are
        var sink = new MemorySink(folder["run"]);
        using var run = TinySearch.Open(unit, sink);
        SearchMethods.Get("na-rs").RunPhase(run);
        var outcome = run.Finish().Outcome;
        var best = sink.Decisions.Single(d => d.Name == "candidates").Detail.GetProperty("best").EnumerateArray().ToList();
        Assert.Equal(2, best.Count);
        Assert.True(best[0].GetProperty("score").GetDouble() >= best[1].GetProperty("score").GetDouble());
        Assert.Equal(outcome.Genotype, best[0].GetProperty("genotype").GetString());
        Assert.All(best, b =>
        {
            var cell = GenotypeText.Parse(run.Space, b.GetProperty("genotype").GetString()!);
            double[] accuracies = [.. Neighbours.OneOperationAway(cell, NoneRule.Excluded).Prepend(cell).Select(g => run.Measurements.OnMinibatches(g, 0, 1).Accuracy)];
            var expected = aggregate == "mean" ? accuracies.Sum() / 19 : accuracies.Order().ElementAt(aggregate == "min" ? 0 : 9);
            Assert.Equal((expected, accuracies[0]), (b.GetProperty("score").GetDouble(), b.GetProperty("accuracy").GetDouble()));
        });
    }

    [Fact]
    public void Every_number_is_a_draw_of_its_own_and_the_same_again()
    {
        using var folder = new TemporaryFolder();
        using var run = TinySearch.Open(Rsws(), new MemorySink(folder["run"]));
        List<string> Cells() => [.. Enumerable.Range(0, 400).Select(i => run.Candidate(i).ToString())];
        // 400 uniform draws from 4,096 cells: 381 different ones are to be expected.
        Assert.InRange(Cells().Distinct().Count(), 368, 394);
        Assert.Equal(Cells(), Cells());
    }

    [Fact]
    public void An_evaluation_stopped_between_two_candidates_goes_on_there_and_ends_with_the_same_bytes()
    {
        var straight = TinySearch.RunWhole(Rsws());
        // Six training steps, then a number at a time: stopped at the third, at the fourth, and among the finalists of the first round.
        var interrupted = TinySearch.RunWhole(Rsws(), _ => [8, 1, 3]);
        Assert.Equal(3, interrupted.Resumes);
        Assert.Equal(straight.Rows, interrupted.Rows);
        Assert.Equal(straight.EndHashes, interrupted.EndHashes);
    }

    private static (MemorySink Sink, SearchOutcome Outcome) Search(UnitSpec unit, TemporaryFolder folder)
    {
        var sink = new MemorySink(folder["run"]);
        using var run = TinySearch.Open(unit, sink);
        SearchMethods.Get(unit.SeedRun.Method).RunPhase(run);
        return (sink, run.Finish().Outcome);
    }

    private static List<(string Genotype, double Minibatches, double Accuracy)> Finalists(JsonElement round) =>
        [.. round.GetProperty("finalists").EnumerateArray().Select(f => (
            f.GetProperty("genotype").GetString()!, f.GetProperty("minibatchAccuracy").GetDouble(), f.GetProperty("accuracy").GetDouble()))];

    /// <summary>Percent right over the whole α part, by hand.</summary>
    private static double Accuracy(SearchRun run, UnitSpec unit, string genotype)
    {
        using var frozen = no_grad();
        var data = new SearchData(TinySearch.Images(), unit.SeedRun.Data, unit.SeedRun.DataOrderSeed, CPU);
        run.State.Net.SetDecisions(SinglePaths.Of(GenotypeText.Parse(run.Space, genotype)));
        var (right, images) = (0L, 0L);
        foreach (var batch in data.Validation(run.State.Progress.Trained, 16))
        {
            var logits = run.State.Net.Forward(batch.Images, run.State.Alphas.Mixtures(), Mode.Evaluate);
            (right, images) = (right + logits.argmax(1).eq(batch.Labels).sum().item<long>(), images + batch.Count);
        }
        return 100.0 * right / images;
    }
}
