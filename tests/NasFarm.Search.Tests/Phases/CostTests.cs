using NasFarm.Catalog.Units;
using NasFarm.Search.Methods;
using NasFarm.Search.Tests.Data;
using NasFarm.Search.Tests.Methods;

namespace NasFarm.Search.Tests.Phases;

/// <summary>What a search does without a gradient is counted apart.</summary>
public sealed class CostTests
{
    [Theory]
    [InlineData("darts", 0, 1)]
    [InlineData("sdarts-adv", 2, 8)] // the worst rows against those of α, after seven steps of the attack
    [InlineData("ms-darts", 6, 1)]   // two shifts of three samples
    [InlineData("milenas", 0, 1)]
    public void A_step_counts_the_losses_that_it_looks_at_without_following_them(string method, long forwards, long weights)
    {
        using var one = new OneStep(method);
        var step = one.Step();
        step.Take();
        Assert.Equal((forwards, weights), (step.Spent.Forwards, step.Spent.Weights));
    }

    public static TheoryData<string, long, long> Candidates => new()
    {
        // Two rounds: five candidates on two minibatches each, and two finalists on all three.
        { "rsws", 2 * (5 * 2 + 2 * 3), 2 },
        // Two candidates with two neighbours, one minibatch each.
        { "na-rs", 2 * 3, 1 },
        { "naswot", 6, 0 },
    };

    [Theory, MemberData(nameof(Candidates))]
    public void The_minibatches_of_candidates_are_counted_at_the_end_and_validation_is_not(string method, long forwards, long step)
    {
        using var folder = new TemporaryFolder();
        var sink = new MemorySink(folder["run"]);
        using var run = TinySearch.Open(Unit(method), sink);
        SearchMethods.Get(method).RunPhase(run);
        Assert.Equal(0, run.State.Progress.Gradients.Forwards);
        run.Finish();

        Assert.Equal(forwards, run.State.Progress.Gradients.Forwards);
        var (at, _, _, value) = sink.Metrics.Last(m => m.Name == "forward_evals");
        Assert.Equal((step, forwards), (at, (long)value));
    }

    [Fact]
    public void A_checkpoint_says_nothing_of_passes_that_a_method_does_not_make()
    {
        using var darts = new OneStep("darts");
        using var other = new OneStep("sdarts-adv");
        string Document(OneStep one)
        {
            var step = one.Step();
            step.Take();
            one.State.Progress = one.State.Progress with { Gradients = step.Spent };
            return one.State.Document("u", "f", endOfUnit: false).GetRawText();
        }
        Assert.DoesNotContain("forwards", Document(darts));
        Assert.Contains("\"forwards\":2", Document(other));
    }

    private static UnitSpec Unit(string method) => method switch
    {
        "rsws" => SharedWeightTests.Rsws(),
        "na-rs" => SharedWeightTests.NaRs(),
        _ => NaswotTests.Small(),
    };
}
