using System.Text.Json;
using NasFarm.Analysis.Ensembles;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;
using NasFarm.Farm.Trainers;
using NasFarm.Search.Checkpoints;

namespace NasFarm.Cli.Commands.Analyze;

/// <summary>The networks that one arm's cells were retrained to on one target, and what they predict.</summary>
/// <param name="Arm">Label of the arm.</param>
/// <param name="Space">Name of the search space.</param>
/// <param name="SearchData">Data set of the searches.</param>
/// <param name="Data">Data set that the networks were trained and tested on.</param>
/// <param name="Recipe">How they were trained.</param>
/// <param name="Predictions">Of its test images, a member for each seed.</param>
/// <param name="Diverged">Networks that are left out: their loss was not finite.</param>
internal sealed record RetrainedEnsemble(
    string Arm, string Space, string SearchData, string Data, string Recipe, Predictions Predictions, IReadOnlyList<string> Diverged);

/// <summary>Reads a sweep's retrained networks and lets a trainer process show them their test images.</summary>
internal static class RetrainedEnsembles
{
    /// <summary>A finished retrain job of one seed.</summary>
    private sealed record Network(string Arm, SeedRunSpec Run, RetrainOfRun Job, UnitDetails Unit, string Genotype, RetrainOutcome Outcome)
    {
        public string Name(bool severalRetrainings) =>
            $"seed {Run.SearchSeed}{(Run.DataOrderSeed == Run.SearchSeed ? "" : $"/{Run.DataOrderSeed}")}{(severalRetrainings ? $" retrained {Job.Seed}" : "")}";
    }

    /// <summary>Every ensemble of the sweep, arms in manifest order. Throws <see cref="InputException"/> when there is none, or no arm of that name, and
    /// <see cref="InvalidDataException"/> when a checkpoint is gone or a network cannot predict.</summary>
    /// <param name="store">Holds the sweep.</param>
    /// <param name="artifacts">Holds its checkpoints.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="arm">Only this arm; null: every one.</param>
    /// <param name="trainers">How trainers are started.</param>
    /// <param name="execution">Device and threads.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<IReadOnlyList<RetrainedEnsemble>> OfSweepAsync(
        IFarmStore store, IArtifactStore artifacts, SweepSummary sweep, string? arm, TrainerOptions trainers, ExecutionSpec execution, CancellationToken cancel)
    {
        var networks = await NetworksAsync(store, sweep, arm, cancel);
        var groups = networks.GroupBy(n => (n.Arm, n.Run.Space, n.Run.Data, Target: JsonSerializer.Serialize(n.Job.Spec, CatalogJson.Compact))).ToList();
        var folder = Directory.CreateTempSubdirectory("nasfarm-predictions-").FullName;
        try
        {
            var predicting = networks.Where(n => !n.Outcome.Diverged).ToList();
            var questions = new List<TrainerCommand.Predict>();
            foreach (var network in predicting)
            {
                var unit = NextUnits.Retrain(network.Run, network.Genotype, new PlannedRetrain(network.Job.RetrainId, network.Job.Spec, network.Job.Seed));
                questions.Add(new(unit, execution, questions.Count + 1, await EndAsync(artifacts, network.Unit, cancel), Path.Combine(folder, $"{unit.UnitId}.safetensors")));
            }
            var answers = await Predicting.AskAsync(trainers, folder, execution, questions, cancel);
            var read = predicting.Zip(answers).ToDictionary(p => p.First.Job.RetrainId, p => Safetensors.Read(p.Second.Path, p.Second.Sha256));
            return [.. groups.Where(g => g.Any(n => !n.Outcome.Diverged)).Select(g => Ensemble([.. g], read))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<Network>> NetworksAsync(IFarmStore store, SweepSummary sweep, string? arm, CancellationToken cancel)
    {
        var status = await store.ReadSweepAsync(sweep.SweepId, cancel) ?? throw new InputException($"There is no sweep {sweep.SweepId} any more.");
        var arms = status.Runs.Select(r => r.Arm).Distinct().ToList();
        if (arm is not null && !arms.Contains(arm))
            throw new InputException($"{sweep.Name} has no arm '{arm}'; it has {string.Join(", ", arms)}.");
        var networks = new List<Network>();
        foreach (var run in status.Runs.Where(r => arm is null || r.Arm == arm))
        {
            var details = (await store.ReadRunAsync(run.RunId, cancel))!;
            var units = details.Units.ToDictionary(u => u.UnitId);
            networks.AddRange(
                from job in details.Retrains
                orderby job.Seed
                where job.Sweeps.Contains(sweep.SweepId)
                let unit = units.GetValueOrDefault(job.RetrainId)
                where unit is { State: "done", Outcome: not null }
                select new Network(run.Arm, details.Spec, job, unit, details.Genotype!, JsonSerializer.Deserialize<RetrainOutcome>(unit.Outcome!, CatalogJson.Compact)!));
        }
        return networks.Any(n => !n.Outcome.Diverged) ? networks
            : throw new InputException($"{(arm is null ? sweep.Name : $"Arm '{arm}' of {sweep.Name}")} has no retrained network yet: sweeps with retrain targets have them once their runs are finished.");
    }

    private static async Task<CheckpointRef> EndAsync(IArtifactStore artifacts, UnitDetails unit, CancellationToken cancel)
    {
        if (unit.End is not { Collected: false } end)
            throw new InvalidDataException($"The network of {unit.UnitId} is gone: its end checkpoint was collected (NASFARM_KEEP_END_DAYS). 'nasfarm replay' trains it again.");
        var fetched = await artifacts.FetchAsync(new(unit.UnitId, unit.Fence), end.File, cancel);
        return fetched.Problem is null && File.Exists(fetched.File.Path)
            ? fetched.File
            : throw new InvalidDataException($"The network of {unit.UnitId} cannot be read: {fetched.Problem ?? $"{end.File.Path} is not in {artifacts.Where}"}.");
    }

    private static RetrainedEnsemble Ensemble(IReadOnlyList<Network> networks, IReadOnlyDictionary<string, CheckpointContent> read)
    {
        var (first, several) = (networks[0], networks.Select(n => n.Job.Seed).Distinct().Count() > 1);
        var members = networks.Where(n => !n.Outcome.Diverged).ToList();
        var labels = Labels(read[members[0].Job.RetrainId]);
        if (members.Any(m => !Labels(read[m.Job.RetrainId]).SequenceEqual(labels)))
            throw new InvalidDataException($"The networks of {first.Arm} were tested on different images of {first.Job.Spec.Data.Name}.");
        return new(
            first.Arm, first.Run.Space.Name, first.Run.Data.Name, first.Job.Spec.Data.Name, first.Job.Spec.Recipe,
            new([.. members.Select(m => m.Name(several))], labels, [.. members.Select(m => Classes(read[m.Job.RetrainId]))]),
            [.. networks.Where(n => n.Outcome.Diverged).Select(n => n.Name(several))]);
    }

    private static int[] Labels(CheckpointContent content) => [.. content.Tensors["labels"].Integers.ToArray().Select(label => (int)label)];

    /// <summary>The most probable class of each image, the first of equals.</summary>
    private static int[] Classes(CheckpointContent content)
    {
        var probabilities = content.Tensors["probabilities"];
        var (values, classes) = (probabilities.Floats.ToArray(), (int)probabilities.Shape[1]);
        return [.. values.Chunk(classes).Select(row => Array.IndexOf(row, row.Max()))];
    }
}
