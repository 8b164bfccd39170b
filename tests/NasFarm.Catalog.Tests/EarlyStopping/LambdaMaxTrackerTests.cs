using NasFarm.Catalog.EarlyStopping;

namespace NasFarm.Catalog.Tests.EarlyStopping;

public sealed class LambdaMaxTrackerTests
{
    /// <summary>S1, CIFAR-10, drop-path 0, weight decay 3e-4, epochs 0, 2, …, 48, 49 (spec/lambda-max.md §4.1).</summary>
    public static TheoryData<string, int, int> RobustDartsLogs => new()
    {
        { ".179 .148 .170 .146 .121 .249 .231 .360 .225 .386 .208 .430 .508 .229 .410 .502 .500 .250 .457 .517 .644 .459 .707 1.319 .527 .521", 22, 10 },
        { ".174 .147 .263 .193 .167 .221 .209 .151 .220 .290 .314 .474 .305 .362 .323 .361 .900 .243 .301 .629 .647 .517 .821 .395 .395 .394", 22, 10 },
        { ".146 .208 .316 .197 .213 .183 .347 .203 .250 .171 .310 .305 .253 .261 .407 .592 .596 .789 .733 .481 .365 .786 .913 .312 .880 1.064", 30, 18 },
    };

    [Theory, MemberData(nameof(RobustDartsLogs))]
    public void RobustDarts_stops_where_the_published_logs_say(string values, int trigger, int returned)
    {
        double[] log = [.. values.Split(' ').Select(double.Parse)];
        var tracker = LambdaMaxTracker.Start(EarlyStoppingRule.RobustDarts, phaseStart: 0);
        for (var i = 0; i < log.Length; i++)
        {
            var epoch = Math.Min(2 * i, 49);
            (tracker, var decision) = tracker.Add(epoch, log[i]);
            if (!decision.Stop)
                continue;
            Assert.Equal((trigger, returned), (epoch, decision.StopEpoch));
            return;
        }
        Assert.Fail("The tracker never stopped.");
    }

    [Fact]
    public void The_worked_example_of_SgasEs_stops_at_epoch_5_and_returns_to_epoch_0()
    {
        double[] ev = [.10, .11, .12, .11, .13, .20];
        var tracker = LambdaMaxTracker.Start(EarlyStoppingRule.SgasEs, phaseStart: 0);
        var decisions = new List<EarlyStopDecision>();
        for (var epoch = 0; epoch < ev.Length; epoch++)
        {
            (tracker, var decision) = tracker.Add(epoch, ev[epoch]);
            decisions.Add(decision);
        }

        double[] expected = [.105, .110, .113333, .12, .146667];
        foreach (var (average, want) in tracker.LocalAverages().Zip(expected))
            Assert.Equal(want, average, 1e-6);
        Assert.All(decisions.SkipLast(1), d => Assert.False(d.Stop));
        Assert.True(decisions[^1].Stop);
        Assert.Equal(0, decisions[^1].StopEpoch);
        Assert.Equal(1.3968, decisions[^1].Ratio!.Value, 1e-4);
    }
}
