using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using NasFarm.Catalog.EarlyStopping;

namespace NasFarm.Catalog.Tests.EarlyStopping;

public sealed class LambdaMaxTrackerPropertiesTests
{
    [Fact]
    public void SgasEs_never_stops_before_the_sixth_epoch_of_a_phase_and_always_returns_five_epochs_back() =>
        ForEveryRule((_, phaseStart, random) =>
        {
            foreach (var (epoch, decision) in Run(EarlyStoppingRule.SgasEs, phaseStart, epochs: 15, random).Where(d => d.Decision.Stop))
            {
                Assert.True(epoch >= phaseStart + 5);
                Assert.Equal(epoch - 5, decision.StopEpoch);
            }
        });

    [Fact]
    public void No_rule_stops_in_a_phase_shorter_than_its_minimum_and_none_returns_before_its_start() =>
        ForEveryRule((rule, phaseStart, random) =>
        {
            foreach (var (epoch, decision) in Run(rule, phaseStart, epochs: 60, random).Where(d => d.Decision.Stop))
            {
                Assert.True(epoch - phaseStart + 1 >= rule.EsStart + rule.MinimumPhaseEpochs);
                Assert.True(decision.StopEpoch >= phaseStart + rule.EsStart);
                Assert.True(decision.Ratio > rule.Factor);
            }
        });

    [Fact]
    public void A_strong_growth_stops_at_the_earliest_epoch_that_the_minimum_phase_length_promises() =>
        ForEveryRule((rule, phaseStart, _) =>
        {
            var tracker = LambdaMaxTracker.Start(rule, phaseStart);
            for (var epoch = phaseStart; ; epoch += rule.Every)
            {
                (tracker, var decision) = tracker.Add(epoch, Math.Pow(1e3, epoch - phaseStart));
                if (!decision.Stop)
                    continue;
                Assert.Equal(phaseStart + rule.EsStart + rule.MinimumPhaseEpochs - 1, epoch);
                Assert.Equal(phaseStart + rule.EarliestReturn, decision.StopEpoch);
                return;
            }
        });

    [Fact]
    public void Flat_values_never_stop() => ForEveryRule((rule, phaseStart, _) =>
    {
        var tracker = LambdaMaxTracker.Start(rule, phaseStart);
        for (var epoch = phaseStart; epoch < phaseStart + 80; epoch += rule.Every)
        {
            (tracker, var decision) = tracker.Add(epoch, 0.2);
            Assert.False(decision.Stop);
        }
    });

    [Fact]
    public void A_tracker_that_went_through_JSON_decides_the_same() => ForEveryRule((rule, phaseStart, random) =>
    {
        var tracker = LambdaMaxTracker.Start(rule, phaseStart);
        for (var epoch = phaseStart; epoch < phaseStart + 20; epoch += rule.Every)
        {
            var value = random.NextDouble();
            var restored = JsonSerializer.Deserialize<LambdaMaxTracker>(JsonSerializer.Serialize(tracker, CatalogJson.Compact), CatalogJson.Compact)!;
            Assert.Equal(tracker, restored);
            var expected = tracker.Add(epoch, value);
            Assert.Equal(expected.Decision, restored.Add(epoch, value).Decision);
            tracker = expected.Tracker;
        }
    });

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_value_that_is_not_finite_is_refused(double value) =>
        Assert.Contains("epoch 3", Assert.Throws<ArgumentException>(
            () => LambdaMaxTracker.Start(EarlyStoppingRule.SgasEs, 0).Add(3, value)).Message);

    [Fact]
    public void Epochs_must_grow_and_lie_in_the_phase()
    {
        var (tracker, _) = LambdaMaxTracker.Start(EarlyStoppingRule.SgasEs, 4).Add(4, 0.1);

        Assert.Throws<ArgumentException>(() => tracker.Add(4, 0.1));
        Assert.Throws<ArgumentException>(() => LambdaMaxTracker.Start(EarlyStoppingRule.SgasEs, 4).Add(3, 0.1));
    }

    [Fact]
    public void The_published_rules_have_the_published_distances()
    {
        Assert.Equal((1, 5, 6), (EarlyStoppingRule.SgasEs.Centre, EarlyStoppingRule.SgasEs.Rollback, EarlyStoppingRule.SgasEs.MinimumPhaseEpochs));
        Assert.Equal(3 + 1, new EarlyStoppingRule(Window: 1, Every: 2, Delta: 1, Factor: 1.3, EsStart: 1).MinimumPhaseEpochs);
        Assert.Equal((4, 12, 13), (EarlyStoppingRule.RobustDarts.Centre, EarlyStoppingRule.RobustDarts.Rollback, EarlyStoppingRule.RobustDarts.MinimumPhaseEpochs));
        Assert.Empty(EarlyStoppingRule.SgasEs.Check());
        Assert.Equal(5, new EarlyStoppingRule(0, 0, 0, 1, -1).Check().Count());
    }

    private static List<(int Epoch, EarlyStopDecision Decision)> Run(EarlyStoppingRule rule, int phaseStart, int epochs, Random random)
    {
        var tracker = LambdaMaxTracker.Start(rule, phaseStart);
        var decisions = new List<(int, EarlyStopDecision)>();
        for (var epoch = phaseStart; epoch < phaseStart + epochs; epoch += rule.Every)
        {
            (tracker, var decision) = tracker.Add(epoch, Math.Exp(3 * random.NextDouble()));
            decisions.Add((epoch, decision));
        }
        return decisions;
    }

    private static void ForEveryRule(Action<EarlyStoppingRule, int, Random> property)
    {
        var cases = from window in Gen.Elements(1, 3, 5, 7)
                    from every in Gen.Choose(1, 3)
                    from delta in Gen.Choose(1, 5)
                    from esStart in Gen.Choose(0, 6)
                    from phaseStart in Gen.Choose(0, 40)
                    from seed in Gen.Choose(0, int.MaxValue - 1)
                    select (Rule: new EarlyStoppingRule(window, every, delta, 1.3, esStart), phaseStart, seed);
        Prop.ForAll(Arb.From(cases), c => property(c.Rule, c.phaseStart, new Random(c.seed))).Check(Arbitrary.Settings);
    }
}
