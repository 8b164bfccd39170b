using NasFarm.Catalog.EarlyStopping;

namespace NasFarm.Catalog.Tests.EarlyStopping;

public sealed class WeightDecayLadderTests
{
    private static readonly WeightDecayLadder Published = new(3e-4, 10, 0.03); // spec/algorithms.md §4.3

    [Fact]
    public void The_published_decay_is_raised_twice_and_ends_at_the_cap_exactly()
    {
        Assert.Equal([3e-4, 3e-3, 0.03, 0.03], new[] { 0, 1, 2, 3 }.Select(Published.At), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(0.03, Published.At(2));
        Assert.Equal([true, true, false], new[] { 0, 1, 2 }.Select(Published.MayRaise));
        Assert.Equal(2, Published.MostRaises);
    }

    [Fact]
    public void A_step_beyond_the_cap_ends_at_the_cap() =>
        Assert.Equal((5e-3, 0.03, 2), (new WeightDecayLadder(5e-4, 10, 0.03).At(1), new WeightDecayLadder(5e-4, 10, 0.03).At(2), new WeightDecayLadder(5e-4, 10, 0.03).MostRaises));

    [Fact]
    public void A_start_at_the_cap_never_raises() => Assert.Equal(0, new WeightDecayLadder(0.03, 10, 0.03).MostRaises);

    [Fact]
    public void Nothing_is_not_raised() => Assert.Equal((0, 0.0), (new WeightDecayLadder(0, 10, 0.03).MostRaises, new WeightDecayLadder(0, 10, 0.03).At(1)));
}
