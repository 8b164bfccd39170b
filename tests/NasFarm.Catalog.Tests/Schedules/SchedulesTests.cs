using NasFarm.Catalog.Schedules;

namespace NasFarm.Catalog.Tests.Schedules;

/// <summary>spec/algorithms.md §21.1 and §21.6.</summary>
public sealed class SchedulesTests
{
    [Theory]
    [InlineData(50, .025, .001, 0, .025)]
    [InlineData(50, .025, .001, 1, .0249763)]
    [InlineData(50, .025, .001, 2, .0249054)]
    [InlineData(50, .025, .001, 25, .013)]
    [InlineData(50, .025, .001, 49, .00102368)]
    [InlineData(125, .025, .001, 8, .0247583)]
    [InlineData(125, .025, .001, 9, .0246943)]
    [InlineData(125, .025, .001, 15, .0241573)]
    [InlineData(125, .025, .001, 60, .0137535)]
    [InlineData(125, .025, .001, 124, .00100379)]
    [InlineData(600, .025, 0, 300, .0125)]
    [InlineData(600, .025, 0, 599, 1.7135e-7)]
    public void Cosine_gives_the_golden_learning_rates(int horizon, double max, double min, int epoch, double expected) =>
        Assert.Equal(1, new CosineSchedule(max, min, horizon).At(epoch) / expected, 3e-5);

    [Fact]
    public void Cosine_by_steps_meets_cosine_by_epochs_at_every_epoch()
    {
        var schedule = new CosineSchedule(.025, .001, 50);

        Assert.Equal(schedule.At(7), schedule.At(7, step: 0, stepsPerEpoch: 391));
        Assert.Equal(schedule.At(8), schedule.At(7, step: 391, stepsPerEpoch: 391));
        Assert.InRange(schedule.At(7, 200, 391), schedule.At(8), schedule.At(7));
    }

    [Fact]
    public void Cosine_stays_at_its_minimum_past_the_horizon() => Assert.Equal(.001, new CosineSchedule(.025, .001, 50).At(60), 1e-15);

    [Theory]
    [InlineData(.03, .3, 50, 0, .03)]
    [InlineData(.03, .3, 50, 25, .165)]
    [InlineData(.03, .3, 50, 49, .2946)]
    [InlineData(10, .1, 249, 0, 10)]
    [InlineData(10, .1, 249, 1, 9.96024)]
    [InlineData(10, .1, 249, 125, 5.03012)]
    [InlineData(10, .1, 249, 249, .1)]
    [InlineData(0, .2, 600, 300, .1)]
    [InlineData(0, .2, 0, 0, .2)]
    public void Lines_give_the_golden_values(double from, double to, double length, int epoch, double expected) =>
        Assert.Equal(expected, new LinearSchedule(from, to, length).At(epoch), 1e-5);
}
