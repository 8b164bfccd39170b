using NasFarm.Catalog.EarlyStopping;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.EarlyStopping;

public sealed class PhaseEndTests
{
    private static readonly EarlyStoppingRule Rule = EarlyStoppingRule.SgasEs;

    [Fact]
    public void A_phase_without_a_stop_ends_at_its_cap()
    {
        for (var epoch = 20; epoch < 34; epoch++)
            Assert.False(PhaseEnd.AfterEpoch(epoch, phaseStart: 20, phaseEpochs: 15, Rule, default).Decides);
        Assert.Equal(new PhaseEnd(true, 34, Early: false), PhaseEnd.AfterEpoch(34, 20, 15, Rule, default));
    }

    [Fact]
    public void EsStart_lengthens_the_phase() =>
        Assert.Equal(new PhaseEnd(true, 39, Early: false), PhaseEnd.AfterEpoch(39, 20, 15, Rule with { EsStart = 5 }, default));

    [Fact]
    public void A_stop_decides_with_the_state_of_its_epoch_even_at_the_cap()
    {
        var stop = new EarlyStopDecision(true, 29, 0.2, 1.5);

        Assert.Equal(new PhaseEnd(true, 29, Early: true), PhaseEnd.AfterEpoch(34, 20, 15, Rule, stop));
    }

    [Fact]
    public void The_placebo_stops_where_it_is_told_and_else_at_the_cap()
    {
        var stop = new PlaceboStop(TriggerAfter: 7, ReturnTo: 2);

        Assert.False(PhaseEnd.AfterPlaceboEpoch(26, 20, 15, 0, stop).Decides);
        Assert.Equal(new PhaseEnd(true, 22, Early: true), PhaseEnd.AfterPlaceboEpoch(27, 20, 15, 0, stop));
        Assert.Equal(new PhaseEnd(true, 34, Early: false), PhaseEnd.AfterPlaceboEpoch(34, 20, 15, 0, new PlaceboStop(null, null)));
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(3, -1)]
    [InlineData(3, null)]
    [InlineData(null, 2)]
    public void A_placebo_stop_that_makes_no_sense_is_refused(int? trigger, int? returnTo) =>
        Assert.Throws<ArgumentException>(() => PhaseEnd.AfterPlaceboEpoch(20, 20, 15, 0, new PlaceboStop(trigger, returnTo)));

    [Fact]
    public void Stopping_as_early_as_possible_in_all_eight_phases_trains_52_epochs_with_the_tail()
    {
        var (epoch, trained) = (0, 0);
        for (var phase = 0; phase < 8; phase++)
        {
            var start = epoch;
            var tracker = LambdaMaxTracker.Start(Rule, start);
            PhaseEnd end;
            do
            {
                (tracker, var decision) = tracker.Add(epoch, Math.Pow(2, epoch - start));
                end = PhaseEnd.AfterEpoch(epoch, start, 15, Rule, decision);
                (epoch, trained) = (epoch + 1, trained + 1);
            }
            while (!end.Decides);
            epoch = end.DecisionEpoch!.Value + 1;
        }
        Assert.Equal((8, 48), (epoch, trained)); // + 4 epochs after the last decision = 52 (spec/algorithms.md §3.4)
    }
}
