using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Simulation.Tests.Store;
using NasFarm.Simulation.Tests.Trainers;
using NasFarm.Simulation.Tests.World;

namespace NasFarm.Simulation.Tests.Checks;

/// <summary>Judges the store and the files when all is over.</summary>
internal sealed class Verdict(
    SimulatedWorld world, Database database, IReadOnlyList<PlannedRun> runs, Book book,
    IReadOnlyDictionary<string, (SweepPlan Plan, bool Cancelled)> sweeps, IReadOnlyList<SimulatedTrainer> trainers)
{
    /// <summary>Runs with a result.</summary>
    public int Finished { get; private set; }

    /// <summary>Somebody looks while the farm works.</summary>
    public static void Look(SimulatedWorld world, Database database, IEnumerable<string> sweepIds)
    {
        CheckStates(world, database);
        var store = database.Store;
        foreach (var sweepId in sweepIds)
        {
            var status = SweepStatusReader.ReadAsync(store, sweepId).GetAwaiter().GetResult()!;
            var counts = status.Sweep.Counts;
            if (counts.Declared != counts.Finished + counts.Failed + counts.Cancelled + counts.Open || counts.Declared != status.Runs.Count)
                world.Violate("sum", $"the counts of {sweepId} do not add up: {counts}");
            if (status.Runs.FirstOrDefault(r => r.State == SeedRunState.Waiting && string.IsNullOrEmpty(r.ReasonText)) is { } silent)
                world.Violate("explained", $"{silent.RunId} waits and nothing says why");
        }
    }

    /// <summary>The state that the database keeps of each run is what follows from its units.</summary>
    private static void CheckStates(SimulatedWorld world, Database database)
    {
        var wrong = database.Query(
            "SELECT x.run_id || ' is kept as ' || x.state || ' and is ' || v.state FROM sweep_run x JOIN sweep_run_now v ON v.sweep_id = x.sweep_id AND v.run_id = x.run_id WHERE v.state <> x.state",
            row => row.GetString(0));
        if (wrong.Count > 0)
            world.Violate("state-kept", string.Join(", ", wrong));
    }

    /// <summary>Every promise about the end. Returns the effective history of each run.</summary>
    public IReadOnlyDictionary<string, string> Check(bool isReference)
    {
        var histories = new Dictionary<string, string>();
        foreach (var run in runs)
        {
            if (world.Violation is null && database.Store.EffectiveHistoryAsync(run.RunId).GetAwaiter().GetResult() is { } history)
                histories.Add(run.RunId, history);
        }
        if (world.Violation is null)
            CheckStates(world, database);
        if (world.Violation is null)
            CheckSweeps();
        if (world.Violation is null)
            CheckRows();
        if (world.Violation is null)
            CheckFiles();
        if (world.Violation is null && !isReference)
            CheckHistories(histories);
        return histories;
    }

    /// <summary>Declared = finished + failed + cancelled, each ending for a reason.</summary>
    private void CheckSweeps()
    {
        foreach (var (sweepId, (plan, cancelled)) in sweeps)
        {
            var status = database.Store.ReadSweepAsync(sweepId).GetAwaiter().GetResult()!;
            var counts = status.Sweep.Counts;
            Finished += counts.Finished;
            if (status.Sweep.Looks is { } looks)
                CheckLooks(plan, looks, status, cancelled);
            Check("sum", counts.Declared == plan.Runs.Count && counts.Declared == counts.Finished + counts.Failed + counts.Cancelled,
                $"{plan.Runs.Count} runs were declared in {sweepId}; in the end there are {counts}");
            foreach (var run in status.Runs)
            {
                Check("no-lost-unit", run.State != SeedRunState.Cancelled || cancelled || book.Stances.CancelledRuns.Contains((sweepId, run.RunId))
                    || (run.Reason == "not-needed" && status.Sweep.Looks is { IsOver: true }),
                    $"{run.RunId} of {sweepId} has no result, and nobody cancelled it ({run.ReasonText})");
                Check("cancelled-stays", run.State == SeedRunState.Cancelled || !book.Stances.CancelledRuns.Contains((sweepId, run.RunId)),
                    $"{run.RunId} was cancelled in {sweepId} and counts as {run.State} there");
                Check("no-lost-unit", run.State != SeedRunState.Failed || MayFail(run.RunId),
                    $"{run.RunId} of {sweepId} failed without cause: {run.ReasonText}");
            }
        }
    }

    /// <summary>Looks are taken one after the other until one decides, and no seed runs before its look.</summary>
    private void CheckLooks(SweepPlan plan, SweepLooks looks, SweepStatus status, bool cancelled)
    {
        Check("looks", cancelled || looks.IsOver || looks.Open == looks.Seeds.Count, $"{plan.SweepId} ended at look {looks.Open} of {looks.Seeds.Count}, undecided");
        Check("looks", looks.Taken.Select(t => t.Look).SequenceEqual(Enumerable.Range(1, looks.Taken.Count)) && looks.Taken.SkipLast(1).All(t => !t.Decided),
            $"{plan.SweepId} took looks {string.Join(", ", looks.Taken)}");
        var others = sweeps.Values.Where(s => s.Plan != plan).SelectMany(s => s.Plan.Runs).Select(r => r.RunId).ToHashSet();
        foreach (var run in plan.Runs.Where(r => r.Look > looks.Open && !others.Contains(r.RunId)))
            Check("looks", status.Runs.Single(r => r.RunId == run.RunId).Attempts == 0, $"{run.RunId} ran although only look {looks.Open} was open");
    }

    private bool MayFail(string runId) =>
        book.Units.Any(u => u.Failed && (u.UnitId.StartsWith(runId + "-p", StringComparison.Ordinal) || u.UnitId.StartsWith(runId + "-t", StringComparison.Ordinal)))
        || runs.Single(r => r.RunId == runId).Spec.PlaceboSources.Count > 0;

    private void CheckRows()
    {
        var open = database.Query("SELECT unit_id || ' at fence ' || fence FROM attempt WHERE ending IS NULL", row => row.GetString(0));
        Check("attempts-end", open.Count == 0, $"attempts that never ended: {string.Join(", ", open)}");
        var twice = database.Query(
            "SELECT unit_id FROM attempt WHERE ending = 'done' GROUP BY unit_id HAVING COUNT(*) > 1", row => row.GetString(0));
        Check("one-result", twice.Count == 0, $"units with two results: {string.Join(", ", twice)}");
        Check("no-trainer-left", trainers.All(t => !t.IsAlive || t.IsOrphan), $"a trainer lives on after everything is over");
    }

    /// <summary>Every checkpoint that counts lies where its row says, with the content its row says; every done unit has its end.</summary>
    private void CheckFiles()
    {
        var rows = database.Query(
            "SELECT unit_id, path, sha256, end_of_unit FROM artifact WHERE void = 0 AND collected = 0",
            row => (Unit: row.GetString(0), Path: row.GetString(1), Hash: row.GetString(2), End: row.GetInt64(3) == 1));
        foreach (var row in rows)
        {
            var file = new CheckpointRef(Path.Combine(database.Artifacts, row.Path), row.Hash, 0, 0, 0, row.End);
            Check("checkpoint-files", TrainedState.Read(file) is not null,
                $"{row.Path} is {(File.Exists(file.Path) ? $"not what its row says: {File.ReadAllText(file.Path)}" : "missing")}");
        }
        var ends = rows.Where(r => r.End).Select(r => r.Unit).ToHashSet();
        var without = database.Query("SELECT unit_id FROM unit WHERE state = 'done'", row => row.GetString(0)).Where(unit => !ends.Contains(unit)).ToList();
        Check("checkpoint-files", without.Count == 0, $"done without an end checkpoint: {string.Join(", ", without)}");
    }

    /// <summary>What counts is what an undisturbed execution gives: all of it for a done unit, nothing else for any.</summary>
    private void CheckHistories(Dictionary<string, string> histories)
    {
        foreach (var run in runs.Where(r => histories.ContainsKey(r.RunId)))
        {
            var right = Blocks(References.Of(run, runs, database));
            foreach (var (unit, lines) in Blocks(histories[run.RunId]))
            {
                var expected = right.GetValueOrDefault(unit, []);
                var isDone = lines[0].EndsWith(" Done", StringComparison.OrdinalIgnoreCase);
                var wrong = isDone && !lines.SequenceEqual(expected)
                    ? lines.Except(expected).Concat(expected.Except(lines)).Append("(or one line twice)").First()
                    : lines.Skip(1).Except(expected).FirstOrDefault();
                Check("history", wrong is null, $"{unit} differs from an undisturbed execution at '{wrong}'");
            }
        }
    }

    private static Dictionary<string, List<string>> Blocks(string history)
    {
        var blocks = new Dictionary<string, List<string>>();
        var at = new List<string>();
        foreach (var line in history.Split('\n', StringSplitOptions.RemoveEmptyEntries).SkipWhile(l => !l.StartsWith("unit ", StringComparison.Ordinal)))
        {
            if (line.StartsWith("unit ", StringComparison.Ordinal))
                blocks.Add(line.Split(' ')[1], at = []);
            at.Add(line);
        }
        return blocks;
    }

    private void Check(string check, bool holds, FormattableString otherwise)
    {
        if (!holds)
            world.Violate(check, FormattableString.Invariant(otherwise));
    }
}
