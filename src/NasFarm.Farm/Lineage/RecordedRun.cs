using System.Text.Json.Serialization;
using NasFarm.Catalog.Data;
using NasFarm.Catalog.Identity;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Lineage;

/// <summary>A run as it was, with all that is needed to execute it once more.</summary>
public sealed record RecordedRun
{
    /// <summary>Id, arm, science and retrain jobs.</summary>
    public required PlannedRun Run { get; init; }

    /// <summary>How it was executed.</summary>
    public required ExecutionSpec Execution { get; init; }

    /// <summary>Version that planned it.</summary>
    public required string CodeVersion { get; init; }

    /// <summary>A unit resumed on other numerics, by permission.</summary>
    public bool NumericsChanged { get; init; }

    /// <summary>Numerics of the attempts that were done.</summary>
    public required IReadOnlyList<NumericsFingerprint> Fingerprints { get; init; }

    /// <summary>What it decided and measured. A package keeps it in a file of its own.</summary>
    [JsonIgnore]
    public RunHistory? History { get; init; }

    /// <summary>What a store holds of a run, or what it holds for one of its sweeps.</summary>
    public static RecordedRun Of(RunDetails run, RunHistory history, string? sweepId = null)
    {
        var sweep = run.Sweeps.FirstOrDefault(s => sweepId is null || s.SweepId == sweepId)
            ?? throw new ArgumentException($"Run {run.RunId} does not belong to sweep {sweepId}.");
        var jobs = run.Retrains.Where(job => sweepId is null || job.Sweeps.Contains(sweepId)).ToList();
        var wanted = run.Units.Where(unit => unit.Kind == UnitKind.Search).Select(unit => unit.UnitId).Concat(jobs.Select(job => job.RetrainId)).ToHashSet();
        var done = run.Units.Where(unit => wanted.Contains(unit.UnitId)).SelectMany(unit => unit.Attempts)
            .Where(attempt => attempt.Ending == "done").Select(attempt => attempt.Fingerprint).OfType<string>().Distinct();
        return new()
        {
            Run = new(run.RunId, sweep.Arm, run.Spec, [.. jobs.Select(job => new PlannedRetrain(job.RetrainId, job.Spec, job.Seed))], sweep.ByTable),
            Execution = run.Execution,
            CodeVersion = run.CodeVersion,
            NumericsChanged = run.NumericsChanged,
            Fingerprints = [.. done.Where(run.Fingerprints.ContainsKey).Order(StringComparer.Ordinal).Select(hash => run.Fingerprints[hash])],
            History = history.Of(wanted),
        };
    }

    /// <summary>The history of the units that were done: what a replay repeats. Throws <see cref="ArgumentException"/> when the search has
    /// no result.</summary>
    public RunHistory WhatWasDone()
    {
        var history = History ?? throw new InvalidOperationException($"Run {Run.RunId} was read without its history.");
        return history.SearchState == "finished"
            ? history.Of(history.Units.Where(unit => unit.State == "done").Select(unit => unit.UnitId).ToHashSet())
            : throw new ArgumentException($"Run {Run.RunId} cannot be replayed: its search is {history.SearchState}, so there is nothing to compare with.");
    }

    /// <summary>A plan that executes the run again, together with the searches whose stops it replays.</summary>
    /// <param name="sources">Runs that a placebo draws from; in any order, more may be given.</param>
    /// <param name="dataSets">Images of this machine.</param>
    /// <param name="codeVersion">Version that executes.</param>
    /// <exception cref="ArgumentException">The code computes other numbers than the one that planned, a source is missing, or nothing is finished.</exception>
    /// <exception cref="DataSetUnavailableException">The images are not here, or have another content.</exception>
    public SweepPlan PlanAgain(IReadOnlyList<RecordedRun> sources, IDataSets dataSets, string codeVersion)
    {
        var done = WhatWasDone().Units.Select(unit => unit.UnitId).ToHashSet();
        var again = this with { Run = Run with { Retrains = [.. Run.Retrains.Where(job => done.Contains(job.RetrainId))] } };
        var fed = Run.Spec.PlaceboSources.Select(id => sources.FirstOrDefault(s => s.Run.RunId == id)
            ?? throw new ArgumentException($"Run {Run.RunId} draws its stops from run {id}, which is not there."));
        // Only the stops of a source matter: its cell is not retrained.
        List<RecordedRun> all = [.. fed.Select(s => s with { Run = s.Run with { Retrains = [] } }), again];
        foreach (var recorded in all)
            recorded.MustBeTheSameHere(dataSets, codeVersion);
        return new()
        {
            SweepId = "s-00000000000000000000",
            Name = "replay",
            Tenant = Run.Spec.Tenant,
            Manifest = "",
            Arms = [.. all.Select(r => r.Run.Arm).Distinct()],
            Comparison = new(null, null),
            Runs = [.. all.Select(r => r.Run)],
            Execution = Execution with { AllowNumericsChange = false },
            CodeVersion = codeVersion,
        };
    }

    private void MustBeTheSameHere(IDataSets dataSets, string codeVersion)
    {
        var (spec, space) = (Run.Spec, Run.Spec.Space.Name);
        if (ContentId.OfSeedRun(spec) != Run.RunId)
            throw Other($"gives its specification the id {ContentId.OfSeedRun(spec)}");
        if (MethodCatalog.Get(spec.Method).NumericsRevision(space) is var method && method != spec.NumericsRevision)
            throw Other($"has numerics revision {method} of {spec.Method} in {space}, and the run has {spec.NumericsRevision}");
        MustBeHere(spec.Data);
        foreach (var job in Run.Retrains)
        {
            if (ContentId.OfRetrain(Run.RunId, job.Spec, job.RetrainSeed) != job.RetrainId)
                throw Other($"gives the retrain job {job.RetrainId} another id");
            if (RecipeCatalog.Get(job.Spec.Recipe).NumericsRevision(space) is var recipe && recipe != job.Spec.NumericsRevision)
                throw Other($"has numerics revision {recipe} of recipe {job.Spec.Recipe} in {space}, and the retrain job has {job.Spec.NumericsRevision}");
            MustBeHere(job.Spec.Data);
        }

        ArgumentException Other(string what) => new($"Run {Run.RunId} was planned by version {CodeVersion}; this is {codeVersion}, which {what}. Check that version out to replay it.");

        void MustBeHere(DataSpec wanted)
        {
            if (dataSets.Describe(wanted.Name).ContentHash is var here && here != wanted.ContentHash)
                throw new DataSetUnavailableException($"{wanted.Name} has content {here} here; run {Run.RunId} was made with {wanted.ContentHash}. Name the folder that holds those files with --data.");
        }
    }
}
