using System.CommandLine;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;
using NasFarm.Farm.Trainers;
using NasFarm.Search.Data;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm replay</c>: executes a finished run once more in a farm of its own and compares every metric, decision and hash.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var runId = new Argument<string>("RUN") { Description = "Id of a finished run, as 'nasfarm status' gives it." };
        var (home, at, data, json) = (Options.Home(), Options.Store(), Options.Data(), Options.Json());
        var keep = new Option<string?>("--keep") { Description = "Keep the replayed farm in this folder. Default: a temporary one, removed.", HelpName = "FOLDER" };
        var command = new Command("replay", "Execute a finished run once more and compare it, to the byte, with what the store holds.") { runId, home, at, data, keep, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var id = parsed.GetRequiredValue(runId);
            var trainers = TrainerSettings.FromEnvironment(parsed.GetValue(data));
            var catalog = DataCatalog.FromEnvironment(parsed.GetValue(data));
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: false, cancel);
            var run = await store.ReadRunAsync(id, cancel) ?? throw new InputException($"There is no run {id} in this farm.");
            var original = await store.EffectiveHistoryAsync(id, cancel) ?? "";
            var plan = await PlanAgainAsync(store, run, catalog, cancel);

            var folder = parsed.GetValue(keep) ?? Directory.CreateTempSubdirectory("nasfarm-replay-").FullName;
            try
            {
                var replayed = await ExecuteAsync(new FarmHome(Path.GetFullPath(folder)), plan, id, trainers, parsed.GetValue(json), cancel);
                return replayed is null ? ExitCodes.Interrupted : Judge(id, original, replayed, parsed.GetValue(json));
            }
            finally
            {
                if (parsed.GetValue(keep) is null)
                    Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    /// <summary>The run and everything its sweeps wanted of it, planned anew from their manifests.</summary>
    private static async Task<SweepPlan> PlanAgainAsync(IFarmStore store, RunDetails run, DataCatalog catalog, CancellationToken cancel)
    {
        SweepPlan? basis = null;
        var runs = new Dictionary<string, PlannedRun>();
        foreach (var sweepId in run.Sweeps)
        {
            var sweep = await store.ReadResultAsync(sweepId, cancel: cancel) ?? throw new InvalidDataException($"The store names sweep {sweepId} and does not hold it.");
            basis = Planner.Plan(ManifestReader.Read(sweep.Manifest, sweep.Name), catalog, CodeVersion.Current, new PlanOptions(run.Spec.Generation));
            foreach (var planned in basis.Runs.Where(p => p.RunId == run.RunId || run.Spec.PlaceboSources.Contains(p.RunId)))
                runs[planned.RunId] = !runs.TryGetValue(planned.RunId, out var known) ? planned
                    : known with { Retrains = [.. known.Retrains.UnionBy(planned.Retrains, r => r.RetrainId)] };
        }
        if (basis is null || !runs.ContainsKey(run.RunId))
            throw new InputException(
                $"Version {CodeVersion.Current} plans other ids than {run.CodeVersion}, which planned run {run.RunId}: check that version out to replay it.");
        return basis with { SweepId = "s-00000000000000000000", Runs = [.. runs.Values], Arms = [.. runs.Values.Select(r => r.Arm).Distinct()] };
    }

    private static async Task<string?> ExecuteAsync(
        FarmHome home, SweepPlan plan, string runId, TrainerOptions trainers, bool silent, CancellationToken cancel)
    {
        await using var store = await home.OpenAsync(create: true, cancel);
        await store.AcceptAsync(plan, cancel);
        // Beside the original's, never among them: both have the same ids.
        await using var artifacts = new LocalDirectory(home.Artifacts);
        var ending = await RunCommand.WorkAsync(store, artifacts, plan, MachineSlots.For(plan.Execution, cpu: null, gpus: null), trainers, silent, cancel);
        return ending is Farm.Coordination.FarmEnding.Stopped ? null : await store.EffectiveHistoryAsync(runId, CancellationToken.None) ?? "";
    }

    private static int Judge(string runId, string original, string replayed, bool json)
    {
        var (before, after) = (original.Split('\n'), replayed.Split('\n'));
        var first = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        var same = original == replayed;
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                runId, same, lines = before.Length,
                firstDifference = same ? null : new { line = first + 1, original = before.ElementAtOrDefault(first), replayed = after.ElementAtOrDefault(first) },
            }, CatalogJson.Pretty));
        else if (same)
            Console.WriteLine($"{runId}: the replay agrees in all {before.Length} lines of its history, hashes of checkpoints included.");
        else
            Console.WriteLine($"""
                {runId}: the replay differs from line {first + 1} on.
                  original: {before.ElementAtOrDefault(first)}
                  replayed: {after.ElementAtOrDefault(first)}
                Different libtorch, BLAS, instruction set or threads give different bits; 'nasfarm status --json' names the fingerprints.
                """);
        return same ? ExitCodes.Done : ExitCodes.Mismatch;
    }
}
