using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Data;
using NasFarm.Search.Methods;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Search.Retraining;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Trainer;

/// <summary>Executes one unit from wherever it stands to its end.</summary>
/// <param name="data">Where images come from; keeps the last set it read.</param>
public sealed class UnitExecution(DataCatalog data)
{
    private LoadedDataSet? loaded;

    /// <summary>Runs the unit. Ends with the last checkpoint and the outcome, or throws what <see cref="FailureReasons"/> names.</summary>
    /// <param name="unit">What to run.</param>
    /// <param name="device"><c>cpu</c> or <c>cuda</c>.</param>
    /// <param name="resume">Where to go on.</param>
    /// <param name="fingerprint">Hash of the numerics fingerprint.</param>
    /// <param name="sink">Reports and requests.</param>
    public (CheckpointRef File, SearchOutcome? Search, RetrainOutcome? Retrain) Run(
        UnitSpec unit, string device, ResumeChoice resume, string fingerprint, IUnitSink sink)
    {
        if (unit.Kind == UnitKind.Search && !MethodCatalog.Get(unit.SeedRun.Method).Trains)
            return NameCell(unit, fingerprint, sink);

        using var scope = NewDisposeScope();
        var place = torch.device(device);
        if (unit.Kind == UnitKind.Search)
        {
            var images = new SearchData(Load(unit.SeedRun.Data), unit.SeedRun.Data, unit.SeedRun.DataOrderSeed, place);
            using var search = new SearchRun(unit, images, resume, fingerprint, sink, place);
            SearchMethods.Get(unit.SeedRun.Method).RunPhase(search);
            var (end, outcome) = search.Finish();
            return (end, outcome, null);
        }

        var target = unit.Retrain ?? throw new ArgumentException($"{unit.UnitId}: a retrain job needs a target and has none.");
        using var retrain = new RetrainRun(
            unit, new RetrainData(Load(target.Data), target, unit.RetrainSeed, place),
            resume is { From: { } file, Content: { } content } ? (file, content) : null, fingerprint, sink, place);
        var (last, result) = retrain.Run();
        return (last, null, result);
    }

    /// <summary>What the network of a finished retrain job says of its test images (<see cref="RetrainRun.Predictions"/>).</summary>
    /// <param name="unit">The job.</param>
    /// <param name="device"><c>cpu</c> or <c>cuda</c>.</param>
    /// <param name="from">The checkpoint it ended with. Throws <see cref="CheckpointDamagedException"/> when it is damaged or another's, and
    /// <see cref="ArgumentException"/> for a unit that is no retrain job.</param>
    public IReadOnlyList<TensorEntry> Predict(UnitSpec unit, string device, CheckpointRef from)
    {
        var target = unit.Retrain ?? throw new ArgumentException($"{unit.UnitId} is no retrain job; only retrained networks predict.");
        var content = Safetensors.Read(from.Path, from.Sha256);
        using var scope = NewDisposeScope();
        var place = torch.device(device);
        using var retrain = new RetrainRun(
            unit, new RetrainData(Load(target.Data), target, unit.RetrainSeed, place), (from, content), fingerprint: "", new SilentSink(), place);
        return retrain.Predictions();
    }

    private LoadedDataSet Load(DataSpec spec) =>
        loaded is not null && loaded.Info.Name == spec.Name && loaded.Info.ContentHash == spec.ContentHash
            ? loaded
            : loaded = data.Load(spec.Name, spec.ContentHash);

    /// <summary>Methods that train nothing: a uniform draw, or the given cell.</summary>
    private static (CheckpointRef, SearchOutcome?, RetrainOutcome?) NameCell(UnitSpec unit, string fingerprint, IUnitSink sink)
    {
        var run = unit.SeedRun;
        var space = SearchSpaces.Get(run.Space.Name);
        var genotype = run.Method switch
        {
            "random" => RandomGenotypes.Draw(space, run.NoneRule, new RandomStream(run.SearchSeed, StreamNames.RandomArchitecture).NextInt),
            "given" => GenotypeText.Parse(space.Name, run.Hyperparameters.Text("genotype")),
            _ => throw new ArgumentException($"Method '{run.Method}' neither trains nor names a cell."),
        };
        var detail = JsonSerializer.SerializeToElement(
            new { genotype = genotype.ToString(), epochsTrained = 0, epochsKept = 0, diverged = false }, CatalogJson.Compact);
        sink.Decision(0, 0, "genotype", detail);
        var document = JsonSerializer.SerializeToElement(
            new { kind = "cell", unit = unit.UnitId, fingerprint, endOfUnit = true, genotype = genotype.ToString() }, CatalogJson.Compact);
        var file = sink.Checkpoint([], document, trained: 0, epoch: 0, step: 0, endOfUnit: true);
        return (file, new(true, genotype.ToString(), 0, 0, false), null);
    }
}
