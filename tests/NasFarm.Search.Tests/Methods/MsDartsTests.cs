using System.Globalization;
using NasFarm.Catalog.Genotypes;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Methods;
using NasFarm.Search.Phases;
using NasFarm.Search.Tests.Data;
using NasFarm.Search.Tests.Phases;

namespace NasFarm.Search.Tests.Methods;

public sealed class MsDartsTests
{
    [Fact]
    public void The_logits_rest_before_the_fifth_epoch_and_move_from_there()
    {
        using var one = new OneStep("ms-darts", epoch: 4);
        var before = one.Alphas();
        one.Step().Take();
        Assert.Equal(before, one.Alphas());
        Assert.All(one.State.Moments.Steps, steps => Assert.Equal(0, steps));
        one.At(5);
        one.Step().Take();
        Assert.NotEqual(before, one.Alphas());
    }

    [Fact]
    public void The_samples_are_drawn_towards_where_the_loss_is_worse()
    {
        using var one = new OneStep("ms-darts", epoch: 39, settings: [("samples", 8), ("shifts", 3)]);
        for (var i = 0; i < 3; i++)
            one.Step(i).Take();
        var step = one.Step();
        Assert.True(step.EvaluatedLoss(MsDarts.ShiftedRows(step)) > step.EvaluatedLoss(step.Rows()));
        Assert.NotEqual(1, MsDarts.ShiftedRows(step).Types[0].Take(5).Sum(), 1e-6); // not projected after the shift
    }

    [Fact]
    public void The_search_ends_with_the_genotype_of_the_best_epoch()
    {
        var unit = TinySearch.Unit("ms-darts", settings: [("epochs", 5), ("alphaFromEpoch", 0), ("lambdaMax", false), ("alphaLearningRate", 0.5)]);
        using var folder = new TemporaryFolder();
        var sink = new MemorySink(folder["run"]);
        using var run = TinySearch.Open(unit, sink);
        ((ISearchMethod)new MsDarts()).RunPhase(run);
        var outcome = run.Finish().Outcome;

        var accuracy = sink.Metrics.Where(m => m.Name == "valid_accuracy").Select(m => m.Value).ToList();
        var best = accuracy.IndexOf(accuracy.Max());
        Assert.True(best < accuracy.Count - 1, $"accuracies {string.Join(' ', accuracy.Select(a => a.ToString(CultureInfo.InvariantCulture)))}");
        var file = sink.Checkpoints.Single(c => c.Epoch == best + 1 && !c.EndOfUnit);
        using var then = TinySearch.Open(unit, sink, new ResumeChoice(file, Safetensors.Read(file.Path, file.Sha256), new Dictionary<int, Catalog.Units.CheckpointRef>(), []));
        Assert.Equal(then.Genotype(), GenotypeText.Parse("nas-bench-201", outcome.Genotype));
        Assert.NotEqual(run.Genotype(), GenotypeText.Parse("nas-bench-201", outcome.Genotype));
        Assert.Equal(best, sink.Decisions.Single(d => d.Name == "best_epoch").Detail.GetProperty("epoch").GetInt32());
    }
}
