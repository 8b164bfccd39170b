using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;
using NasFarm.Cli.Packages;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Lineage;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;
using NasFarm.Farm.Trainers;
using NasFarm.Search.Data;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm replay</c>: executes a finished run once more in a farm of its own, from a store or from a package alone, and compares
/// every metric, decision and hash; on other numerics, where that is allowed, every value within a tolerance.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var runId = new Argument<string?>("RUN")
        {
            Description = "A finished run by id or start of an id, as 'nasfarm status' gives it. With --bundle the default is the package's first.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var (home, at, data, json) = (Options.Home(), Options.Store(), Options.Data(), Options.Json());
        var bundle = new Option<string?>("--bundle") { Description = "Replay from this reproduction package instead of a farm; its sums are checked first.", HelpName = "DIR|FILE.tar.gz" };
        var allow = new Option<bool>("--allow-numerics-change")
        {
            Description = "Also replay where libtorch, BLAS, threads or device differ, and then compare values within a tolerance instead of bytes.",
        };
        var tolerance = Tolerance();
        var keep = new Option<string?>("--keep") { Description = "Keep the replayed farm in this folder. Default: a temporary one, removed.", HelpName = "FOLDER" };
        var command = new Command("replay", "Execute a finished run once more and compare it, to the byte, with what the store or a package holds.")
        {
            runId, bundle, home, at, data, allow, tolerance, keep, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            // 1. What was recorded, and is it what this code would do again?
            var trainers = TrainerSettings.FromEnvironment(parsed.GetValue(data));
            var catalog = DataCatalog.FromEnvironment(parsed.GetValue(data));
            using var package = parsed.GetValue(bundle) is { } path ? OpenedPackage.Open(path) : null;
            var (recorded, sources) = package is not null
                ? (package.Find(parsed.GetValue(runId)), package.Runs)
                : await FromStoreAsync(FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)), parsed.GetValue(runId), cancel);
            var plan = recorded.PlanAgain(sources, catalog, CodeVersion.Current);

            // 2. Does this machine compute the same bits?
            var slots = MachineSlots.For(plan.Execution, cpu: null, gpus: null);
            var here = await MachineNumerics.ReadAsync(trainers, plan.Execution, slots.Gpus.Count > 0 ? slots.Gpus[0].Id : null, cancel);
            var differences = Differences(recorded, here);
            if (differences.Count > 0 && !parsed.GetValue(allow))
            {
                Console.Error.WriteLine($"""
                    {recorded.Run.RunId} was computed with other numerics than this machine's, so its bytes cannot come out again:
                      {string.Join("\n  ", differences)}
                    Replay it where these are equal, or give --allow-numerics-change to compare values within a tolerance instead.
                    """);
                return ExitCodes.OtherNumerics;
            }

            // 3. Execute and compare.
            var folder = parsed.GetValue(keep) ?? Directory.CreateTempSubdirectory("nasfarm-replay-").FullName;
            try
            {
                var (exit, replayed) = await ExecuteAsync(new FarmHome(Path.GetFullPath(folder)), plan, slots, recorded.Run.RunId, trainers, parsed.GetValue(json), cancel);
                return replayed is null ? exit
                    : differences.Count == 0 ? JudgeBytes(recorded.WhatWasDone(), replayed, parsed.GetValue(json))
                    : JudgeValues(recorded.WhatWasDone(), replayed, differences, parsed.GetValue(tolerance), parsed.GetValue(json));
            }
            finally
            {
                if (parsed.GetValue(keep) is null)
                    Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static Option<double> Tolerance() => new("--tolerance")
    {
        Description = string.Create(CultureInfo.InvariantCulture,
            $"t of |a − b| ≤ t·max(1, |a|) where numerics differ. Default: {HistoryComparison.DefaultTolerance}."),
        HelpName = "T",
        DefaultValueFactory = _ => HistoryComparison.DefaultTolerance,
        CustomParser = given =>
        {
            if (double.TryParse(given.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var t) && t is >= 0 and <= 1)
                return t;
            given.AddError($"--tolerance is '{given.Tokens[0].Value}'; it must be a number from 0 to 1.");
            return HistoryComparison.DefaultTolerance;
        },
    };

    /// <summary>The run, and those whose stops it replays.</summary>
    private static async Task<(RecordedRun Run, IReadOnlyList<RecordedRun> Sources)> FromStoreAsync(FarmHome home, string? wanted, CancellationToken cancel)
    {
        if (wanted is null)
            throw new InputException("Name the run to replay; 'nasfarm status' lists those of a sweep. With --bundle a package's first is meant.");
        await using var store = await home.OpenAsync(create: false, cancel);
        var run = await ReadAsync(await FarmRuns.FindAsync(store, wanted, cancel));
        var sources = new List<RecordedRun>();
        foreach (var source in run.Run.Spec.PlaceboSources)
            sources.Add(await ReadAsync(source));
        return (run, sources);

        async Task<RecordedRun> ReadAsync(string id)
        {
            var details = await store.ReadRunAsync(id, cancel) ?? throw new InvalidDataException($"The store names run {id} and does not hold it.");
            return RecordedRun.Of(details, RunHistory.Parse(await store.EffectiveHistoryAsync(id, cancel) ?? ""));
        }
    }

    /// <summary>What keeps the bytes from coming out again; empty: nothing.</summary>
    private static List<string> Differences(RecordedRun recorded, NumericsFingerprint here)
    {
        var found = recorded.Fingerprints.SelectMany(there => NumericsDifference.Between(there, here)).Distinct().ToList();
        if (recorded.NumericsChanged)
            found.Add("numerics changed within the run, by permission: no machine alone computes its bytes");
        return found;
    }

    private static async Task<(int Exit, RunHistory? Replayed)> ExecuteAsync(
        FarmHome home, SweepPlan plan, MachineSlots slots, string runId, TrainerOptions trainers, bool silent, CancellationToken cancel)
    {
        await using var store = await home.OpenAsync(create: true, cancel);
        await store.AcceptAsync(plan, cancel);
        // Beside the original's, never among them: both have the same ids.
        await using var artifacts = new LocalDirectory(home.Artifacts);
        var ending = await RunCommand.WorkAsync(store, artifacts, plan, RunCommand.FarmOptions(artifacts, slots, trainers, quarantine: null), silent, cancel);
        if (ending is FarmEnding.Stopped)
            return (ExitCodes.Interrupted, null);
        if (ending is FarmEnding.Stuck stuck)
        {
            Console.Error.WriteLine($"The replay waits for what this machine does not have: {string.Join("; ", stuck.Waits.Select(wait => wait.Sentence).Distinct())}");
            return (ExitCodes.Stuck, null);
        }
        if ((await store.ReadSweepAsync(plan.SweepId, CancellationToken.None))!.Runs.FirstOrDefault(run => run.Reason is not null) is { } failed)
        {
            Console.Error.WriteLine($"The replay of {failed.RunId} failed: {failed.ReasonText ?? failed.Reason}");
            return (ExitCodes.Failed, null);
        }
        return (ExitCodes.Done, RunHistory.Parse(await store.EffectiveHistoryAsync(runId, CancellationToken.None) ?? ""));
    }

    private static int JudgeBytes(RunHistory original, RunHistory replayed, bool json)
    {
        var difference = HistoryComparison.First(original, replayed);
        var lines = original.Lines.Count();
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(new { original.RunId, compared = "bytes", same = difference is null, lines, firstDifference = difference }, CatalogJson.Pretty));
        else if (difference is null)
            Console.WriteLine($"{original.RunId}: the replay agrees in all {lines} lines of its history, hashes of checkpoints included.");
        else
            Console.WriteLine($"""
                {original.RunId}: the replay differs from line {difference.Line} on, although the numerics are the same.
                  original: {difference.Original}
                  replayed: {difference.Replayed}
                """);
        return difference is null ? ExitCodes.Done : ExitCodes.Mismatch;
    }

    private static int JudgeValues(RunHistory original, RunHistory replayed, List<string> differences, double tolerance, bool json)
    {
        const int shown = 5;
        var agreement = HistoryComparison.Within(original, replayed, tolerance);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new { original.RunId, compared = "values", same = agreement.Agrees, numericsDifferences = differences, agreement }, CatalogJson.Pretty));
            return agreement.Agrees ? ExitCodes.Done : ExitCodes.Mismatch;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {original.RunId}: values compared, not bytes, because the numerics differ ({string.Join("; ", differences)}).
              {agreement.Numbers} numbers, {agreement.Beyond.Count} of them differ by more than {tolerance}·max(1, |original|)
              {agreement.Words} choices and cells, {agreement.OtherWords.Count} of them differ
              {agreement.OnlyOriginal} values are only in the original, {agreement.OnlyReplayed} only in the replay
              checkpoints were not compared
            """));
        foreach (var far in agreement.Beyond.Take(shown))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {far.What}: {far.Original:R} there, {far.Replayed:R} here"));
        foreach (var other in agreement.OtherWords.Take(shown))
            Console.WriteLine($"  {other}");
        return agreement.Agrees ? ExitCodes.Done : ExitCodes.Mismatch;
    }
}
