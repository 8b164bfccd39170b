using NasFarm.Catalog.Units;
using NasFarm.Farm.Slots;

namespace NasFarm.Farm.Tests.Slots;

public sealed class BadSlotsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("a b", false)]
    [InlineData("a b c", true)]
    [InlineData("a b b", false)]
    [InlineData("a b a", false)]
    [InlineData("a a b c", true)]
    public void Three_in_a_row_of_three_runs_exclude_a_slot(string runs, bool excluded)
    {
        var trouble = SlotTrouble.None;
        foreach (var run in runs.Split(' '))
            trouble = BadSlots.After(trouble, run, FailureReason.NativeCrash, Now);

        Assert.Equal(excluded ? 1 : 0, trouble.Times);
        Assert.Equal(excluded ? Now.AddMinutes(5) : null, trouble.ExcludedUntil);
    }

    [Fact]
    public void Each_time_is_twice_as_long_up_to_four_hours()
    {
        var (trouble, at) = (new SlotTrouble(["a", "b"], 0, "", null, null), Now);
        var minutes = new List<double>();
        for (var run = 0; run < 8; run++)
        {
            trouble = BadSlots.After(trouble, $"run {run}", FailureReason.OutOfMemory, at);
            minutes.Add((trouble.ExcludedUntil!.Value - at).TotalMinutes);
            at = trouble.ExcludedUntil.Value;
        }

        Assert.Equal([5, 10, 20, 40, 80, 160, 240, 240], minutes);
        Assert.Equal("its last 3 attempts, of different runs, ended by the device, the last by OutOfMemory", trouble.Reason);
    }

    [Fact]
    public void What_ends_while_the_slot_is_excluded_makes_it_no_longer()
    {
        var excluded = new SlotTrouble(["a", "b", "c"], 1, "bad", Now, Now.AddMinutes(5));

        Assert.Equal((1, Now.AddMinutes(5)), (BadSlots.After(excluded, "d", FailureReason.NativeCrash, Now.AddMinutes(4)).Times, excluded.ExcludedUntil!.Value));
        Assert.Equal(2, BadSlots.After(excluded, "d", FailureReason.NativeCrash, Now.AddMinutes(5)).Times);
    }
}
