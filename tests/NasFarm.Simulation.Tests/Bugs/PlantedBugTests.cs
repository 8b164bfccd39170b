using NasFarm.Simulation.Tests.Checks;
using Xunit.Abstractions;

namespace NasFarm.Simulation.Tests.Bugs;

/// <summary>The simulation finds what it is for: each planted bug, in recorded schedules and from scratch.</summary>
public sealed class PlantedBugTests(ITestOutputHelper output)
{
    private const int Schedules = 10_000;

    /// <summary>Far from the recorded seeds.</summary>
    private const ulong FirstSeed = 1_000_000;

    public static TheoryData<string> Names => [.. PlantedBugs.All.Select(b => b.Name)];

    [Fact]
    public void There_are_at_least_twelve_and_each_has_a_recorded_schedule()
    {
        Assert.True(PlantedBugs.All.Count >= 12, $"only {PlantedBugs.All.Count} bugs are planted");
        Assert.DoesNotContain(PlantedBugs.All, b => b.Seeds.Count == 0);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_planted_bug_is_found_in_its_recorded_schedules_and_nothing_without_it(string name)
    {
        var bug = PlantedBugs.All.Single(b => b.Name == name);
        foreach (var seed in bug.Seeds)
        {
            var (_, found) = Search.Run(seed, 1, bug, threads: 1).Broken ?? throw new Xunit.Sdk.XunitException($"seed {seed} did not find '{name}'");
            Assert.Equal(bug.Check, found.Violation!.Check);
            Assert.False(Search.Run(seed, 1, threads: 1).IsBroken, $"seed {seed} breaks a promise without '{name}' too");
        }
    }

    [UpdateGoldenFact]
    public void Record()
    {
        File.WriteAllText(RecordedSeeds.FilePath, RecordedSeeds.Find(output.WriteLine));
    }

    [Theory, MemberData(nameof(Names)), Trait("Tier", "all")]
    public void A_planted_bug_is_found_from_scratch(string name)
    {
        var bug = PlantedBugs.All.Single(b => b.Name == name);

        var tally = Search.Run(first: FirstSeed, Schedules, bug);

        Assert.True(tally.IsBroken, $"{Schedules} schedules did not find '{name}'");
        var (scenario, outcome) = tally.Broken!.Value;
        output.WriteLine($"'{name}' was found by {outcome.Violation!.Check} in seed {scenario.Seed}, schedule {tally.Schedules}: {outcome.Violation.What}");
    }

    [Fact]
    public void A_violation_is_told_small_and_with_the_command_that_replays_it()
    {
        var bug = PlantedBugs.All.Single(b => b.Name == "fence dropped on append");
        var (scenario, outcome) = Search.Run(bug.Seeds[0], 1, bug, threads: 1).Broken!.Value;

        var report = Search.Report(scenario, outcome);

        Assert.Contains($"{Search.SeedVariable}={scenario.Seed} {Search.BugVariable}='{bug.Name}' dotnet test", report);
        var faults = int.Parse(report.Split("shrunk to ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(faults, 0, outcome.Faults.Count);
        Assert.Contains("VIOLATION fenced", report);
    }
}

/// <summary>Runs when golden files are to be rewritten.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UpdateGoldenFactAttribute : FactAttribute
{
    public UpdateGoldenFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("NASFARM_UPDATE_GOLDEN") != "1")
            Skip = "golden files are not to be rewritten: NASFARM_UPDATE_GOLDEN is not 1";
    }
}
