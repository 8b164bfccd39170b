using NasFarm.Farm.Control;

namespace NasFarm.Farm.Tests.Control;

public sealed class TargetTextTests
{
    private static readonly FarmNames Names = new(
        [new("s-bb01", "overnight"), new("s-aa02", "quickstart"), new("s-aa01", "overnight")],
        [new("s-aa01", "r-1111", 0), new("s-aa01", "r-2222", 1), new("s-aa01", "r-2233", 2), new("s-bb01", "r-1111", 0), new("s-aa02", "r-9999", -4)],
        [new("r-1111-p00", "r-1111"), new("r-1111-p01", "r-1111"), new("t-5555", "r-2222")]);

    public static TheoryData<string, Target> Meanings => new()
    {
        { "s-aa01", new Target.Sweep("s-aa01") },
        { "s-b", new Target.Sweep("s-bb01") },
        { "quickstart", new Target.Sweep("s-aa02") },
        { "overnight", new Target.Sweep("s-bb01") },
        { "s-aa01/seed=2", new Target.Cohort("s-aa01", 2) },
        { "quickstart/seed=-4", new Target.Cohort("s-aa02", -4) },
        { "overnight/r-1111", new Target.SweepRun("s-bb01", "r-1111") },
        { "s-aa01/r-223", new Target.SweepRun("s-aa01", "r-2233") },
        { "r-1111", new Target.Run("r-1111") },
        { "r-11", new Target.Run("r-1111") },
        { "r-1111-p00", new Target.Unit("r-1111-p00", "r-1111") },
        { "t-5", new Target.Unit("t-5555", "r-2222") },
    };

    [Theory, MemberData(nameof(Meanings))]
    public void A_text_means_one_thing_and_that_thing_says_itself(string text, Target meant)
    {
        Assert.Equal(new TargetAnswer(meant, null), TargetText.Find(text, Names));
        Assert.Equal(meant, TargetText.Find($"{meant}", Names).Target);
    }

    [Theory]
    [InlineData("s-aa", "'s-aa' is the start of 2 sweep ids: s-aa02, s-aa01.")]
    [InlineData("r-22", "'r-22' is the start of 2 run ids: r-2222, r-2233.")]
    [InlineData("quickstrat", "There is no sweep, run or unit 'quickstrat'; did you mean 'quickstart'?")]
    [InlineData("r-1121", "There is no sweep, run or unit 'r-1121'; did you mean 'r-1111'?")]
    [InlineData("nothing-like-it", "There is no sweep, run or unit 'nothing-like-it'; the newest sweeps are overnight (s-bb01), quickstart (s-aa02), overnight (s-aa01).")]
    [InlineData("", "There is no sweep, run or unit ''")]
    [InlineData("overnigth/seed=0", "There is no sweep 'overnigth'; did you mean 'overnight'?")]
    [InlineData("s-aa01/seed=7", "Sweep s-aa01 has no seed 7; it has 0 to 2.")]
    [InlineData("quickstart/seed=7", "Sweep s-aa02 has no seed 7; it has -4.")]
    [InlineData("s-aa01/seed=two", "'seed=two' names no seed; it must be a whole number, like seed=3.")]
    [InlineData("s-aa01/r-1112", "Sweep s-aa01 has no run 'r-1112'; did you mean 'r-1111'?")]
    [InlineData("s-aa01/seed 2", "Sweep s-aa01 has no run 'seed 2'; 'nasfarm status' lists them; a cohort is named like seed=3.")]
    public void A_text_that_means_nothing_or_several_things_is_answered_with_what_would_be_right(string text, string problem)
    {
        var answer = TargetText.Find(text, Names);

        Assert.Null(answer.Target);
        Assert.StartsWith(problem, answer.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_farm_without_sweeps_says_so() =>
        Assert.Contains("no sweeps yet", TargetText.Find("s-1", new([], [], [])).Problem, StringComparison.Ordinal);
}
