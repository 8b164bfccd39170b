using System.Globalization;
using NasFarm.Simulation.Tests.Bugs;
using NasFarm.Simulation.Tests.Checks;
using Xunit.Abstractions;

namespace NasFarm.Simulation.Tests;

/// <summary>The control plane under a virtual clock, with a store and a network that fail and processes that vanish or stand still.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Schedules = 10_000;

    [Fact]
    public void Ten_thousand_schedules_break_no_promise()
    {
        var began = TimeProvider.System.GetTimestamp();
        var tally = Search.Run(first: 1, Schedules);
        var took = TimeProvider.System.GetElapsedTime(began);

        Tell(tally, took);
        Assert.True(!tally.IsBroken, tally.IsBroken ? Search.Report(tally.Broken!.Value.Scenario, tally.Broken.Value.Outcome) : "");
        Assert.Equal(Schedules, tally.Schedules);
    }

    [Fact]
    public void A_seed_is_a_schedule()
    {
        var first = Digests();
        var second = Digests();

        Assert.Equal(first, second);
        Assert.Equal(first.Count, first.Distinct().Count());

        static List<ulong> Digests()
        {
            var digests = new List<ulong>();
            var thread = new Thread(() =>
            {
                using var database = Store.Database.Open();
                for (ulong seed = 1; seed <= 40; seed++)
                    digests.Add(Schedule.Run(new(seed), database).Digest);
            });
            thread.Start();
            thread.Join();
            return digests;
        }
    }

    private void Tell(Tally tally, TimeSpan took)
    {
        output.WriteLine($"measured: {tally.Schedules} schedules in {took.TotalSeconds:0.0} s: {tally.Faults} faults, {tally.Calls} store calls, {tally.Finished} finished runs, {tally.Simulated.TotalHours:0.0} simulated hours");
        output.WriteLine(string.Join(", ", tally.FaultsByKind.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key} {f.Value}")));
    }

    [ReplayFact]
    public void Replay()
    {
        var name = Environment.GetEnvironmentVariable(Search.BugVariable);
        var bug = name is null ? null : PlantedBugs.All.Single(b => b.Name == name);
        var count = int.Parse(Environment.GetEnvironmentVariable(Search.CountVariable) ?? "1", CultureInfo.InvariantCulture);
        var began = TimeProvider.System.GetTimestamp();
        var tally = Search.Run(ulong.Parse(Environment.GetEnvironmentVariable(Search.SeedVariable)!, CultureInfo.InvariantCulture), count, bug);
        Tell(tally, TimeProvider.System.GetElapsedTime(began));

        Assert.True(!tally.IsBroken, tally.IsBroken ? Search.Report(tally.Broken!.Value.Scenario, tally.Broken.Value.Outcome) : "");
    }
}

/// <summary>Runs when a seed is named.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReplayFactAttribute : FactAttribute
{
    public ReplayFactAttribute()
    {
        if (Environment.GetEnvironmentVariable(Search.SeedVariable) is null)
            Skip = $"no seed to replay: {Search.SeedVariable} is not set";
    }
}
