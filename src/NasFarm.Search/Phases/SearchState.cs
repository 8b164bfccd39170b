using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Methods;
using NasFarm.Search.Networks;
using NasFarm.Search.Optimizers;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using static TorchSharp.torch;

namespace NasFarm.Search.Phases;

/// <summary>All of a search at one moment: supernet, architecture, both optimisers, counters. A checkpoint is exactly this.</summary>
public sealed class SearchState : IDisposable
{
    private readonly Func<int, double?> auxiliarySkip;
    private SearchProgress progress;

    /// <summary>The state before the first step of a stage; null: of the search.</summary>
    public SearchState(SeedRunSpec spec, int imageChannels, int classes, int historyCapacity, Device device, Stage? stage = null)
    {
        stage ??= Stage.First(spec);
        var (space, seed) = (stage.Space, stage.Number == 0 ? spec.SearchSeed : StageSeed(spec.SearchSeed, stage.Number));
        Space = space;
        auxiliarySkip = epoch => SearchMethods.Get(spec.Method).AuxiliarySkip(spec.Hyperparameters, epoch);
        var method = MethodCatalog.Get(spec.Method);
        Net = Supernet.Make(
            space, spec.Space.Channels, stage.Cells, imageChannels, classes, seed, device,
            auxiliarySkips: auxiliarySkip(0) is not null, partialChannels: method.PartialChannels(spec.Hyperparameters));
        Alphas = new(space, method.LearnsAlphas ? spec.Hyperparameters.Double("alphaInitialScale") : 0, seed, device, method.Mixture, method.NormalisesEdges);
        Momentum = new(Net.Weights.Parameters);
        Moments = new([.. Alphas.Named.Select(a => new NamedTensor(a.Name, a.Vector))]);
        progress = SearchProgress.Start(CellDecisions.Start(space), historyCapacity);
        SetAuxiliarySkip();
    }

    /// <summary>The space searched; in a later stage with the operations that are left.</summary>
    public SearchSpace Space { get; }

    /// <summary>Weights shared by all cells the space contains.</summary>
    public ISupernet Net { get; }

    /// <summary>Architecture logits.</summary>
    public Alphas Alphas { get; }

    /// <summary>SGD state of the weights.</summary>
    public SgdState Momentum { get; }

    /// <summary>Adam state of the logits.</summary>
    public AdamState Moments { get; }

    /// <summary>Everything else. Setting it hands changed edge states to the network, the position to operations that draw noise, and the
    /// epoch's coefficient to auxiliary skip connections.</summary>
    public SearchProgress Progress
    {
        get => progress;
        set
        {
            var decided = !progress.Decisions.SequenceEqual(value.Decisions);
            progress = value;
            Net.MoveTo(value.Trained, value.Step);
            SetAuxiliarySkip();
            if (decided)
                Net.SetDecisions(value.Decisions);
        }
    }

    /// <summary>Logits of the operations of the undecided edges: what λmax is measured over, so that it means the same for every method.</summary>
    public IReadOnlyList<Tensor> UndecidedAlphas() => [.. TrainableAlphas().SkipLast(Alphas.Edges?.Vectors.Count ?? 0)];

    /// <summary>What an architecture step moves: logits of the undecided edges' operations, then those of the edges where a method has them.</summary>
    public IReadOnlyList<Tensor> TrainableAlphas()
    {
        var all = Alphas.Named.Select(a => a.Vector).ToList();
        return [.. Alphas.Trainable(Progress.Decisions).Select(i => all[i])];
    }

    /// <summary>Does something while the supernet runs one path, and then what the search has decided again.</summary>
    /// <param name="path">Edge states of each cell type.</param>
    /// <param name="work">A forward pass, with the backward pass that belongs to it.</param>
    public T Along<T>(IReadOnlyList<CellDecisions> path, Func<T> work)
    {
        Net.SetDecisions(path);
        try
        {
            return work();
        }
        finally
        {
            Net.SetDecisions(progress.Decisions);
        }
    }

    /// <summary>The tensors of a checkpoint.</summary>
    public IReadOnlyList<TensorEntry> Tensors() => TensorBytes.Entries(Named());

    /// <summary>Takes over a checkpoint: tensors by name, and the progress in its document.
    /// Throws <see cref="CheckpointDamagedException"/> when it does not belong to this network.</summary>
    public void Load(CheckpointContent content, string path)
    {
        TensorBytes.Restore(Named(), content.Tensors, path);
        Progress = ProgressOf(content);
        Moments.Steps = [.. content.Document.GetProperty("adamSteps").EnumerateArray().Select(e => e.GetInt64())];
    }

    /// <summary>The progress that a checkpoint of a search holds.</summary>
    public static SearchProgress ProgressOf(CheckpointContent content) =>
        content.Document.GetProperty("progress").Deserialize<SearchProgress>(CatalogJson.Compact)!;

    /// <summary>The document of a checkpoint. No attempt, host, path or clock.</summary>
    public JsonElement Document(string unitId, string fingerprint, bool endOfUnit) => JsonSerializer.SerializeToElement(
        new { kind = "search", unit = unitId, fingerprint, endOfUnit, progress, adamSteps = Moments.Steps }, CatalogJson.Compact);

    /// <inheritdoc/>
    public void Dispose()
    {
        Momentum.Dispose();
        Moments.Dispose();
        Alphas.Dispose();
        Net.Dispose();
    }

    private static long StageSeed(long searchSeed, int number) =>
        (long)new RandomStream(searchSeed, StreamNames.InitialWeights, part: $"stage {number}").NextUInt64();

    private void SetAuxiliarySkip()
    {
        if (auxiliarySkip(progress.Epoch) is { } coefficient)
            Net.SetAuxiliarySkip(coefficient);
    }

    private IEnumerable<NamedTensor> Named() =>
        Net.Weights.Parameters.Concat(Net.Weights.Buffers)
            .Concat(Alphas.Named.Select(a => new NamedTensor(a.Name, a.Vector)))
            .Concat(Momentum.Named)
            .Concat(Moments.Named);
}
