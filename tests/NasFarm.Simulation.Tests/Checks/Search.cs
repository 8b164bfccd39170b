using System.Globalization;
using NasFarm.Simulation.Tests.Bugs;
using NasFarm.Simulation.Tests.Store;

namespace NasFarm.Simulation.Tests.Checks;

/// <summary>Runs schedule after schedule, on every core a world of its own.</summary>
internal static class Search
{
    /// <summary>Variable that names a seed to replay.</summary>
    public const string SeedVariable = "NASFARM_SIMULATION_SEED";

    /// <summary>Variable that says how many seeds to run from there on.</summary>
    public const string CountVariable = "NASFARM_SIMULATION_SCHEDULES";

    /// <summary>Variable that names a planted bug to replay with.</summary>
    public const string BugVariable = "NASFARM_SIMULATION_BUG";

    /// <summary>Schedules <paramref name="first"/>, … in order of their seeds on <paramref name="threads"/> threads, until one breaks a promise.</summary>
    /// <returns>How many were run, what was simulated, and the broken one of the lowest seed.</returns>
    public static Tally Run(ulong first, int count, Bug? bug = null, int? threads = null)
    {
        var next = -1;
        var tally = new Tally();
        var workers = Enumerable.Range(0, threads ?? Environment.ProcessorCount).Select(_ => new Thread(Work)).ToList();
        workers.ForEach(w => w.Start());
        workers.ForEach(w => w.Join());
        return tally;

        void Work()
        {
            using var database = Database.Open();
            for (var index = Interlocked.Increment(ref next); index < count && !tally.IsBroken; index = Interlocked.Increment(ref next))
            {
                var scenario = new Scenario(first + (ulong)index, bug);
                tally.Add(scenario, Schedule.Run(scenario, database));
            }
        }
    }

    /// <summary>A violation as a person wants it: small, told from the beginning, with the command that replays it.</summary>
    public static string Report(Scenario scenario, Outcome outcome)
    {
        string report = "";
        var thread = new Thread(() =>
        {
            using var database = Database.Open();
            var (_, small) = Shrinking.Shrink(scenario, outcome, database);
            report = string.Create(CultureInfo.InvariantCulture, $"""
                seed {scenario.Seed}{(scenario.Bug is { } bug ? $" with the planted bug '{bug}'" : "")} broke {outcome.Violation!.Check}: {outcome.Violation.What}
                shrunk to {small.Faults.Count} faults ({string.Join("; ", small.Faults)}) in {small.Shape}:
                {small.Violation?.Check}: {small.Violation?.What}

                {small.Story}
                replay: {SeedVariable}={scenario.Seed} {(scenario.Bug is null ? "" : $"{BugVariable}='{scenario.Bug}' ")}dotnet test tests/NasFarm.Simulation.Tests --filter Replay
                """);
        });
        thread.Start();
        thread.Join();
        return report;
    }
}

/// <summary>What a search has seen.</summary>
internal sealed class Tally
{
    private readonly Lock gate = new();

    public int Schedules { get; private set; }

    public int Faults { get; private set; }

    public int Finished { get; private set; }

    /// <summary>Calls that reached the store.</summary>
    public int Calls { get; private set; }

    public TimeSpan Simulated { get; private set; }

    public Dictionary<string, int> FaultsByKind { get; } = [];

    /// <summary>The broken schedule of the lowest seed; null: none.</summary>
    public (Scenario Scenario, Outcome Outcome)? Broken { get; private set; }

    public bool IsBroken => Broken is not null;

    public void Add(Scenario scenario, Outcome outcome)
    {
        lock (gate)
        {
            Schedules++;
            Faults += outcome.Faults.Count;
            Finished += outcome.Finished;
            Calls += outcome.Calls;
            Simulated += outcome.Took;
            foreach (var fault in outcome.Faults)
                FaultsByKind[fault.Split(' ')[0]] = FaultsByKind.GetValueOrDefault(fault.Split(' ')[0]) + 1;
            if (outcome.Violation is not null && (Broken is null || scenario.Seed < Broken.Value.Scenario.Seed))
                Broken = (scenario, outcome);
        }
    }
}
