using NasFarm.Catalog.EarlyStopping;

namespace NasFarm.Catalog.Tests.EarlyStopping;

public sealed class RuleReplayTests
{
    // S1, CIFAR-10, drop-path 0, weight decay 3e-4, seeds 1 to 3 (spec/lambda-max.md §4.1).
    private static readonly string[] Logs = [.. LambdaMaxTrackerTests.RobustDartsLogs.Select(row => (string)((object[])row)[0])];

    [Theory] // darts-es: published triggers (spec/lambda-max.md §4.2). The others: the same arithmetic in a dozen lines of Python.
    [InlineData("darts-es", 0, 22, 10, 1.4535, 0.3218)]
    [InlineData("darts-es", 1, 22, 10, 1.5399, 0.2898)]
    [InlineData("darts-es", 2, 30, 18, 1.4673, 0.3636)]
    [InlineData("sgas-es", 0, 14, 4, 1.8103, 0.2800)]
    [InlineData("sgas-es", 1, 20, 10, 1.3802, 0.2747)]
    [InlineData("sgas-es", 2, 26, 16, 1.3125, 0.2730)]
    [InlineData("darts-es-paper", 0, 14, 0, 1.3364, 0.2214)]
    [InlineData("darts-es-paper", 1, 22, 8, 1.3761, 0.2898)]
    [InlineData("darts-es-paper", 2, 30, 16, 1.4192, 0.3636)]
    public void The_published_RobustDarts_logs_fire_where_they_should(string rule, int seed, int epoch, int returnTo, double ratio, double average)
    {
        var trigger = Replay(rule, RobustDarts(Logs[seed])).Trigger!;
        Assert.Equal((epoch, returnTo), (trigger.Epoch, trigger.ReturnTo));
        Assert.Equal(ratio, trigger.Ratio, 5e-5);
        Assert.Equal(average, trigger.LocalAverage, 5e-5);
        Assert.Equal(average / ratio, trigger.EarlierAverage, 1e-4);
    }

    [Fact]
    public void The_worked_example_of_SgasEs_fires_at_5_and_returns_0()
    {
        var replay = Replay("sgas-es", LambdaTrajectory.Whole("worked", Every(1, .10, .11, .12, .11, .13, .20)));
        Assert.Equal((5, 0), (replay.Trigger!.Epoch, replay.Trigger.ReturnTo));
        Assert.Equal(1.3968, replay.Trigger.Ratio, 1e-4);
        Assert.Empty(replay.Notes);
    }

    [Fact]
    public void The_last_odd_epoch_is_shown_and_never_fires()
    {
        // A jump at epoch 49 alone: the released code does not test its last epoch, and 49 lies off the grid of even epochs.
        var values = Enumerable.Repeat(0.2, 25).Append(50.0);
        var replay = Replay("darts-es", LambdaTrajectory.Whole("jump", [.. values.Select((v, i) => new LambdaMeasurement(Math.Min(2 * i, 49), v))]));
        Assert.Null(replay.Trigger);
        Assert.Equal((49, true), (replay.Phases[0].Steps[^1].Epoch, replay.Phases[0].Steps[^1].Skipped));
        Assert.Contains(replay.Notes, n => n.StartsWith("Epoch 49 lies off the grid of every 2 epochs", StringComparison.Ordinal));
    }

    [Fact]
    public void A_trajectory_of_every_epoch_is_read_at_the_rules_own_spacing()
    {
        var even = RobustDarts(Logs[2]).Measurements.SkipLast(1).ToList();
        var dense = even.SelectMany(m => new[] { m, new LambdaMeasurement(m.Epoch + 1, 1000 + m.Epoch) }).ToList();
        var replay = Replay("darts-es", LambdaTrajectory.Whole("dense", dense));
        Assert.Equal(Replay("darts-es", LambdaTrajectory.Whole("dense", even)).Trigger, replay.Trigger);
        Assert.Contains("the rule reads one measurement every 2 epochs", Assert.Single(replay.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_trajectory_of_fewer_measurements_widens_the_rule_and_says_so()
    {
        var replay = Replay("sgas-es", RobustDarts(Logs[0]));
        Assert.Equal(2, replay.Applied.Every);
        Assert.Contains(replay.Notes, n => n.Contains("2 epochs apart instead of 1", StringComparison.Ordinal));
    }

    [Fact]
    public void A_spacing_that_somebody_asked_for_is_not_widened()
    {
        var wrong = Assert.Throws<ArgumentException>(() => Replay("sgas-es,every=3", RobustDarts(Logs[0])));
        Assert.Contains("every is 3", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("a multiple of 2", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(4, Replay("sgas-es,every=4", RobustDarts(Logs[0])).Applied.Every);
    }

    [Fact]
    public void A_gap_is_named_with_its_epochs()
    {
        var replay = Replay("sgas-es", LambdaTrajectory.Whole("gap", [.. Every(1, .1, .1, .1, .1, .1, .1, .1, .1, .9).Where(m => m.Epoch is not (3 or 4))]));
        Assert.Contains(replay.Notes, n => n.StartsWith("Nothing was measured between epochs 2 and 5", StringComparison.Ordinal));
        Assert.Equal((8, 3), (replay.Trigger!.Epoch, replay.Trigger.ReturnTo));
        Assert.Contains("The rule returns to epoch 3, which was not measured.", replay.Notes);
    }

    [Fact]
    public void A_trajectory_too_short_for_a_test_says_what_the_rule_needs() => Assert.Contains(
        "needs 7 measurements and epoch 22", Assert.Single(Replay("darts-es", LambdaTrajectory.Whole("short", Every(2, .1, .9, 5))).Notes), StringComparison.Ordinal);

    [Fact]
    public void A_dead_network_never_fires() =>
        Assert.All(EarlyStoppingRules.All, rule => Assert.Null(RuleReplay.Of(rule, LambdaTrajectory.Whole("dead", Every(1, [.. Enumerable.Repeat(.001, 50)]))).Trigger));

    [Fact]
    public void SgasEs_begins_anew_after_each_decision_and_the_others_follow_what_was_kept()
    {
        // Phase 1 fires at 5 and returns to 0; the second phase starts at epoch 1 with flat values.
        var trajectory = new LambdaTrajectory("two phases",
            [new(0, Every(1, .10, .11, .12, .11, .13, .20)), new(1, [.. Enumerable.Range(1, 8).Select(e => new LambdaMeasurement(e, .3))])]);
        var replay = Replay("sgas-es", trajectory);
        Assert.Equal(2, replay.Phases.Count);
        Assert.Equal(1, replay.Triggered);
        Assert.Null(replay.Phases[1].Trigger);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8], trajectory.Kept().Select(m => m.Epoch));
        Assert.Equal([.10, .3], trajectory.Kept().Take(2).Select(m => m.Value));
        Assert.Equal(9, Assert.Single(Replay("darts-es-paper", trajectory).Phases).Steps.Count);
    }

    [Fact]
    public void A_replay_agrees_with_the_tracker_that_a_search_keeps()
    {
        var random = new Random(7);
        for (var round = 0; round < 50; round++)
        {
            var measurements = Every(1, [.. Enumerable.Range(0, 30).Select(_ => 0.05 + random.NextDouble())]);
            var tracker = LambdaMaxTracker.Start(EarlyStoppingRule.SgasEs, 0);
            (int, int)? first = null;
            foreach (var (epoch, value) in measurements)
            {
                (tracker, var decision) = tracker.Add(epoch, value);
                if (decision.Stop) first ??= (epoch, decision.StopEpoch!.Value);
            }
            var replay = Replay("sgas-es", LambdaTrajectory.Whole("random", measurements));
            Assert.Equal(first, replay.Trigger is { } t ? (t.Epoch, t.ReturnTo) : null);
            Assert.Equal(tracker.LocalAverages(), replay.Phases[0].Steps.Select(s => s.LocalAverage).OfType<double>());
        }
    }

    [Fact]
    public void Ratios_of_averages_below_0_are_formed_as_released_and_named()
    {
        var replay = Replay("sgas-es,window=1,delta=1", LambdaTrajectory.Whole("falling", Every(1, .1, -.1, -.4)));
        Assert.Equal((2, 4.0), (replay.Trigger!.Epoch, replay.Trigger.Ratio));
        Assert.StartsWith("Some averages are 0 or below", Assert.Single(replay.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Measurements_that_no_search_makes_are_refused()
    {
        Assert.Contains("epoch 1 is NaN", Assert.Throws<ArgumentException>(() => Replay("sgas-es", LambdaTrajectory.Whole("nan", Every(1, .1, double.NaN)))).Message, StringComparison.Ordinal);
        Assert.Contains("epoch 4 follows epoch 4", Assert.Throws<ArgumentException>(
            () => Replay("sgas-es", LambdaTrajectory.Whole("twice", [new(4, .1), new(4, .1)]))).Message, StringComparison.Ordinal);
    }

    private static RuleReplay Replay(string rule, LambdaTrajectory trajectory) => RuleReplay.Of(Assert.Single(EarlyStoppingRules.Parse(rule)), trajectory);

    private static LambdaTrajectory RobustDarts(string log) =>
        LambdaTrajectory.Whole("S1", [.. log.Split(' ').Select((v, i) => new LambdaMeasurement(Math.Min(2 * i, 49), double.Parse(v, System.Globalization.CultureInfo.InvariantCulture)))]);

    private static IReadOnlyList<LambdaMeasurement> Every(int epochs, params double[] values) => [.. values.Select((v, i) => new LambdaMeasurement(i * epochs, v))];
}
