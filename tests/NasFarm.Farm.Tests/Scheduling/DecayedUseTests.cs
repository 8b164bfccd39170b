using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Tests.Scheduling;

public sealed class DecayedUseTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_slot_in_constant_use_counts_as_one_slot() =>
        Assert.Equal(1, DecayedUse.MeanSlots(Decayed(Now - 40 * DecayedUse.HalfLife, Now, Now)), 9);

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 0.25)]
    public void Use_halves_with_each_half_life(int halfLives, double left)
    {
        var fresh = Decayed(Now.AddMinutes(-5), Now, Now);
        Assert.Equal(left * fresh, Decayed(Now.AddMinutes(-5), Now, Now + halfLives * DecayedUse.HalfLife), 9);
        Assert.InRange(fresh, 0.94 * 300, 300);
    }

    [Fact]
    public void Parts_add_up_and_the_landmark_does_not_matter()
    {
        var (a, b, c) = (Now.AddHours(-50), Now.AddHours(-20), Now);
        var early = DecayedUse.Landmark(a);
        Assert.NotEqual(early, DecayedUse.Landmark(c));
        Assert.Equal(
            DecayedUse.At(DecayedUse.Scaled(a, c, early), early, Now),
            DecayedUse.At(DecayedUse.Scaled(a, b, early), early, Now) + DecayedUse.At(DecayedUse.Scaled(b, c, DecayedUse.Landmark(c)), DecayedUse.Landmark(c), Now), 6);
    }

    [Fact]
    public void What_is_forgotten_counted_less_than_a_second_in_a_century()
    {
        var landmark = DecayedUse.Oldest(Now) - 1;
        var oldest = DateTimeOffset.FromUnixTimeMilliseconds(landmark);
        Assert.InRange(DecayedUse.At(DecayedUse.Scaled(oldest.AddHours(-1), oldest, DecayedUse.Landmark(oldest)), DecayedUse.Landmark(oldest), Now), 0, 1e-5);
    }

    [Fact]
    public void A_time_that_runs_backwards_uses_nothing() => Assert.Equal(0, DecayedUse.Scaled(Now, Now.AddSeconds(-1), DecayedUse.Landmark(Now)));

    private static double Decayed(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now)
    {
        var landmark = DecayedUse.Landmark(from);
        return DecayedUse.At(DecayedUse.Scaled(from, to, landmark), landmark, now);
    }
}
