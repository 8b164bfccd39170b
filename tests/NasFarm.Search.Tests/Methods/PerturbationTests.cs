using NasFarm.Catalog.Perturbation;
using NasFarm.Search.Methods;
using NasFarm.Search.Phases;

namespace NasFarm.Search.Tests.Methods;

/// <summary>The methods that train the weights under other mixture weights than those of α (spec/algorithms.md §7, §12).</summary>
public sealed class PerturbationTests
{
    public static TheoryData<string> Names => ["sdarts-rs", "sdarts-adv", "ms-darts"];

    /// <summary>A second softmax over the rows, or rows pushed where none should be, would show.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Without_a_perturbation_the_weight_step_is_that_of_DARTS(string method)
    {
        using var one = new OneStep(method, settings: [("epsilonStart", 0.0), ("epsilonEnd", 0.0)]);
        var step = one.Step();
        var plain = OneStep.Flat(step.WeightGradient(step.Mixtures()).Gradients);
        OneStep.Close(plain, OneStep.Flat(one.Method.WeightGradient(one.Step()).Gradients), 1e-4);
    }

    [Theory, MemberData(nameof(Names))]
    public void The_weights_feel_the_perturbation_and_the_alphas_step_as_in_DARTS(string method)
    {
        using var one = new OneStep(method, settings: Has(method, "alphaFromEpoch") ? [("alphaFromEpoch", 0)] : []);
        using var darts = new OneStep("darts");
        one.Step().Take();
        darts.Step().Take();
        Assert.Equal(darts.Alphas(), one.Alphas());
        Assert.NotEqual(darts.Weights(), one.Weights());
    }

    [Theory, InlineData("sdarts-rs"), InlineData("ms-darts")]
    public void The_perturbation_grows_with_the_epochs_and_is_another_one_in_every_step(string method)
    {
        using var one = new OneStep(method);
        var step = one.Step();
        var plain = OneStep.Flat(step.WeightGradient(step.Mixtures()).Gradients);
        // Evaluation mode sees the running statistics, and every training pass moves them.
        var statistics = new Snapshot([.. one.State.Net.Weights.Buffers.Select(b => b.Value)]);
        float[] Gradient(int epoch)
        {
            statistics.Restore();
            one.At(epoch);
            return OneStep.Flat(one.Method.WeightGradient(one.Step()).Gradients);
        }
        var (early, late) = (Gradient(0), Gradient(39));
        Assert.True(OneStep.Difference(plain, late) > 1.5 * OneStep.Difference(plain, early), $"{OneStep.Difference(plain, early)} {OneStep.Difference(plain, late)}");
        Assert.Equal(late, Gradient(39));
        var rows = one.Step(0).Rows();
        Assert.NotEqual(
            rows.Shaken(.1, one.Step(0).Random("perturbation")).Types[0], rows.Shaken(.1, one.Step(1).Random("perturbation")).Types[0]);
    }

    [Fact]
    public void Random_rows_are_those_of_the_step_s_stream_put_back_on_the_simplex()
    {
        using var one = new OneStep("sdarts-rs", epoch: 99);
        var step = one.Step();
        var (random, epsilon) = (step.Random("perturbation"), 0.03 + 0.27 * 99 / 100);
        double[] rows = [.. step.Rows().Types[0].Select(x => x + random.NextUniform(-epsilon, epsilon))];
        var mixture = step.Rows() with { Types = [[.. rows.Chunk(5).SelectMany(Simplex.Project)]] };
        OneStep.Close(OneStep.Flat(step.WeightGradient(mixture).Gradients), OneStep.Flat(one.Method.WeightGradient(one.Step()).Gradients), 1e-4);
    }

    [Fact]
    public void The_attack_finds_worse_rows_inside_the_box_on_the_simplex_and_leaves_the_running_statistics_alone()
    {
        using var one = new OneStep("sdarts-adv", epoch: 30);
        for (var i = 0; i < 3; i++)
            one.Step(i).Take(); // running statistics worth evaluating with
        var step = one.Step();
        var before = one.Statistics();
        var (home, worst) = (step.Rows(), SdartsAdv.WorstRows(step));
        Assert.Equal(before, one.Statistics());

        Assert.True(step.EvaluatedLoss(worst) > step.EvaluatedLoss(home) * 1.005, $"{step.EvaluatedLoss(worst)} after {step.EvaluatedLoss(home)}");
        var epsilon = PerturbationSchedule.Of(step.Settings).At(30);
        var outside = worst.Types[0].Zip(home.Types[0], (a, h) => Math.Abs(a - h)).Max();
        Assert.InRange(outside, epsilon / 10, 2 * epsilon);
        Assert.All(worst.Types[0].Chunk(worst.Lengths[0]), row => Assert.Equal(1, row.Sum(), 1e-9));
        Assert.All(worst.Types[0], weight => Assert.InRange(weight, 0, 1));
        Assert.Equal(7, step.Spent.Weights); // one gradient per step of the attack; the weight step's own comes after
    }

    [Fact]
    public void An_attack_that_finds_nothing_worse_perturbs_nothing()
    {
        using var one = new OneStep("sdarts-adv", settings: [("epsilonStart", 0.0)]);
        var step = one.Step();
        Assert.Equal(step.Rows().Types[0], SdartsAdv.WorstRows(step).Types[0]);
    }

    private static bool Has(string method, string setting) => Catalog.Methods.MethodCatalog.Get(method).Settings.Any(s => s.Name == setting);
}
