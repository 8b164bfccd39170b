using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Search.Methods;
using NasFarm.Search.Networks;
using NasFarm.Search.Optimizers;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Phases;

/// <summary>What a weight step needs to know of a forward and backward pass over the w batch.</summary>
/// <param name="Loss">Cross-entropy, a scalar.</param>
/// <param name="Logits">[B, classes].</param>
/// <param name="Weights">Parameters of the supernet that were active in the pass: the ones to move.</param>
/// <param name="Gradients">Theirs; not clipped yet.</param>
public readonly record struct WeightGradient(
    Tensor Loss, Tensor Logits, IReadOnlyList<NamedTensor> Weights, IReadOnlyList<Tensor> Gradients);

/// <summary>One step of a search (spec/algorithms.md §1.4) as its method sees it: the two batches, the settings of the weight update, the
/// gradients there are to take, and random numbers. A gradient taken through it is counted.</summary>
public sealed class TrainingStep
{
    private readonly SeedRunSpec run;
    private readonly ISearchMethod method;
    private readonly Func<Batch> drawValid;
    private Batch? valid;

    /// <summary>Draws the w batch.</summary>
    /// <param name="state">The search.</param>
    /// <param name="run">Settings and seed.</param>
    /// <param name="method">What the step is made of.</param>
    /// <param name="data">Where batches come from.</param>
    /// <param name="batchSize">Images of each batch.</param>
    /// <param name="index">0-based step of the epoch.</param>
    /// <param name="sgd">Settings of the weight update.</param>
    public TrainingStep(SearchState state, SeedRunSpec run, ISearchMethod method, SearchData data, int batchSize, int index, SgdOptions sgd)
    {
        (State, this.run, this.method, Index, Sgd) = (state, run, method, index, sgd);
        var (trained, noise) = (Trained, method.Noise(Settings, Epoch));
        DropPath = noise.Dropping(Random(StreamNames.DropPath));
        Train = data.WeightBatch(trained, index, batchSize, noise.Cutout);
        drawValid = () => data.AlphaBatch(trained, index, batchSize, noise.Cutout);
    }

    /// <summary>Everything the search carries.</summary>
    public SearchState State { get; }

    /// <summary>Settings of the method.</summary>
    public Hyperparameters Settings => run.Hyperparameters;

    /// <summary>May <c>none</c> be derived.</summary>
    public NoneRule NoneRule => run.NoneRule;

    /// <summary>Epoch that schedules follow; a rollback rewinds it.</summary>
    public int Epoch => State.Progress.Epoch;

    /// <summary>Epoch that random numbers follow; never rewinds.</summary>
    public long Trained => State.Progress.Trained;

    /// <summary>0-based step of the epoch.</summary>
    public int Index { get; }

    /// <summary>Settings of the weight update.</summary>
    public SgdOptions Sgd { get; }

    /// <summary>Masks of this step's forward passes; null: none.</summary>
    public DropPath? DropPath { get; }

    /// <summary>The w batch.</summary>
    public Batch Train { get; }

    /// <summary>The α batch; drawn when it is first asked for.</summary>
    public Batch Valid => valid ??= drawValid();

    /// <summary>Gradients taken so far, by purpose.</summary>
    public GradientCount Spent { get; private set; }

    /// <summary>Random numbers of this step: keyed by search seed, purpose, trained epoch and step.</summary>
    public RandomStream Random(string name, string? part = null) => new(run.SearchSeed, name, Trained, (uint)Index, part);

    /// <summary>Rows of weights of each cell type as constants: what the weight step of DARTS mixes with.</summary>
    public IReadOnlyList<Tensor> Mixtures() => [.. State.Alphas.Mixtures().Select(m => m.detach())];

    /// <summary>∇α L(w, α) of a batch at the current weights, one per undecided edge.</summary>
    public IReadOnlyList<Tensor> AlphaGradient(Batch batch) => AlphaGradient(batch, mixtures => mixtures);

    /// <summary>∇α of the loss under mixture weights that are made from those of α.</summary>
    /// <param name="batch">Images and labels.</param>
    /// <param name="change">Flattened rows of each cell type → rows to mix with; differentiable.</param>
    public IReadOnlyList<Tensor> AlphaGradient(Batch batch, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> change)
    {
        CountAlphas(1);
        var logits = State.Net.Forward(batch.Images, change(State.Alphas.Mixtures()), Mode.Train, DropPath);
        return Architect.LossGradients(F.cross_entropy(logits, batch.Labels), State.TrainableAlphas());
    }

    /// <summary>The gradient of the loss with respect to the mixture weights themselves. Counts as one of the architecture step's.</summary>
    public MixtureRows MixtureGradient(Batch batch, MixtureRows rows)
    {
        CountAlphas(1);
        using var scope = NewDisposeScope();
        var leaves = rows.Tensors(batch.Images.device).Select(t => t.requires_grad_(true)).ToList();
        var logits = State.Net.Forward(batch.Images, leaves, Mode.Train, DropPath);
        return MixtureRows.Of(Architect.LossGradients(F.cross_entropy(logits, batch.Labels), leaves), rows.Lengths);
    }

    /// <summary>∇w L_tr under the given mixture weights, one tensor per cell type.</summary>
    public WeightGradient WeightGradient(IReadOnlyList<Tensor> mixtures) =>
        WeightGradient([.. State.Net.LayerTypes.Select(type => mixtures[type])], also: [], out _);

    /// <summary>∇w L_tr under mixture weights of each layer, and the gradients with respect to some of them.</summary>
    /// <param name="layers">One tensor per layer.</param>
    /// <param name="also">Further leaves of the same backward pass.</param>
    /// <param name="alsoGradients">Theirs.</param>
    public WeightGradient WeightGradient(IReadOnlyList<Tensor> layers, IReadOnlyList<Tensor> also, out IReadOnlyList<Tensor> alsoGradients)
    {
        CountWeights(1);
        var logits = State.Net.ForwardLayers(Train.Images, layers, Mode.Train, DropPath);
        var loss = F.cross_entropy(logits, Train.Labels);
        var weights = State.Net.ActiveParameters;
        var gradients = Architect.LossGradients(loss, [.. weights.Select(w => w.Value), .. also]);
        alsoGradients = [.. gradients.Skip(weights.Count)];
        return new(loss, logits, weights, [.. gradients.Take(weights.Count)]);
    }

    /// <summary>Counts gradients of the architecture step that were taken elsewhere.</summary>
    public void CountAlphas(int gradients) => Spent += new GradientCount(0, gradients, 0);

    /// <summary>Counts gradients of the weight step that were taken elsewhere.</summary>
    public void CountWeights(int gradients) => Spent += new GradientCount(gradients, 0, 0);

    /// <summary>Counts minibatches that were evaluated without a gradient.</summary>
    public void CountForwards(int passes) => Spent += new GradientCount(0, 0, 0, passes);

    /// <summary>Both updates, in the order that the setting <c>stepOrder</c> names; that of the weights where a method has no logits.</summary>
    /// <returns>Mean loss and right answers on the w batch, before its update.</returns>
    public (double Loss, long Correct) Take()
    {
        if (!MethodCatalog.Get(run.Method).LearnsAlphas)
            return WeightStep();
        var alphaFirst = Settings.Text("stepOrder") == "alpha-first";
        if (alphaFirst)
            AlphaStep();
        var result = WeightStep();
        if (!alphaFirst)
            AlphaStep();
        return result;
    }

    private void AlphaStep()
    {
        if (State.Progress.AllDecided)
            return;
        using var scope = NewDisposeScope();
        if (method.AlphaGradient(this) is { } gradients)
            State.Moments.Step(State.Alphas.Trainable(State.Progress.Decisions), gradients,
                new(Settings.Double("alphaLearningRate"), Settings.Double("alphaBeta1"), Settings.Double("alphaBeta2"), Settings.Double("alphaWeightDecay")));
        valid = null;
    }

    private (double Loss, long Correct) WeightStep()
    {
        var (loss, logits, weights, gradients) = method.WeightGradient(this);
        State.Momentum.Step(weights, gradients, Sgd);
        return (loss.item<float>(), logits.argmax(1).eq(Train.Labels).sum().item<long>());
    }
}
