using NasFarm.Search.Phases;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Methods;

/// <summary>The searches that look at neighbours of the architecture (spec/algorithms.md §14).</summary>
public sealed class FlatnessTests
{
    [Fact]
    public void NA_DARTS_without_a_distance_follows_the_validation_loss()
    {
        using var one = new OneStep("na-darts", settings: [("neighbourStep", 0.0), ("neighbours", 3)]);
        var step = one.Step();
        OneStep.Close(OneStep.Flat(Architect.FirstOrder(one.State, step.Valid)), OneStep.Flat(one.Method.AlphaGradient(step)!), 1e-4);
        Assert.Equal(3, step.Spent.Alphas);
    }

    [Fact]
    public void A_neighbour_that_is_moved_all_the_way_has_one_edge_of_one_operation_which_no_logit_changes()
    {
        using var one = new OneStep("na-darts", settings: [("neighbourStep", 1.0), ("neighbours", 1)]);
        var moved = new HashSet<int>();
        for (var trained = 0; trained < 4; trained++)
        {
            one.State.Progress = one.State.Progress with { Trained = trained };
            var gradients = one.Method.AlphaGradient(one.Step())!;
            moved.Add(Assert.Single(Enumerable.Range(0, 6), edge => gradients[edge].abs().sum().item<float>() == 0));
        }
        Assert.True(moved.Count > 1);
    }

    [Fact]
    public void A2M_follows_its_four_gradients_on_one_batch_and_puts_the_logits_back_to_the_bit()
    {
        const double Rho = 0.5, Epsilon = 0.2;
        using var one = new OneStep("a2m", settings: [("ascent", Rho), ("ascentDifference", Epsilon)]);
        var before = one.Alphas();
        var step = one.Step();
        var taken = OneStep.Flat(one.Method.AlphaGradient(step)!);
        Assert.Equal(before, one.Alphas());
        Assert.Equal(4, step.Spent.Alphas);

        float[] GradientAt(float[] alphas)
        {
            Set(one, alphas);
            return OneStep.Flat(Architect.FirstOrder(one.State, step.Valid));
        }
        float[] Walk(float[] from, float[] direction, double distance) => [.. from.Zip(direction, (a, d) => (float)(a + distance * d))];
        var ascent = Walk(before, GradientAt(before), Rho);
        var there = GradientAt(ascent);
        var (plus, minus) = (GradientAt(Walk(ascent, there, Epsilon)), GradientAt(Walk(ascent, there, -Epsilon)));
        OneStep.Close([.. there.Select((g, i) => (float)(g + Rho * (plus[i] - minus[i]) / (2 * Epsilon)))], taken, 1e-3);
        Assert.True(OneStep.Difference(GradientAt(before), taken) > 1e-3);
    }

    private static void Set(OneStep one, float[] alphas)
    {
        using var frozen = no_grad();
        var rows = alphas.Chunk(5).ToList();
        foreach (var (vector, row) in one.State.Alphas.Named.Select(a => a.Vector).Zip(rows))
            vector.copy_(tensor(row, [5]));
    }
}
