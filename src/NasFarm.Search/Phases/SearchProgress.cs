using System.Text.Json;
using System.Text.Json.Serialization;
using NasFarm.Catalog;
using NasFarm.Catalog.EarlyStopping;
using NasFarm.Catalog.Sgas;

namespace NasFarm.Search.Phases;

/// <summary>Everything a search carries that is not a tensor: an immutable value, written into every checkpoint as it is.
/// Two counters (docs/code-structure.md): <see cref="Epoch"/> rewinds with a rollback, <see cref="Trained"/> never does.</summary>
public sealed record SearchProgress
{
    /// <summary>0-based index of the phase that is running, or that comes next.</summary>
    public required int Phase { get; init; }

    /// <summary>Epochs behind the current weights: the next epoch to train. Learning rate, tracker and checkpoint follow it.</summary>
    public required int Epoch { get; init; }

    /// <summary><see cref="Epoch"/> at which the phase began.</summary>
    public required int PhaseStart { get; init; }

    /// <summary>Epochs trained in all, those undone by rollbacks included. Every random stream and metric follows it.</summary>
    public required long Trained { get; init; }

    /// <summary>Steps of the current epoch behind the current weights; 0 between epochs.</summary>
    public int Step { get; init; }

    /// <summary>Sums over those steps: loss × images, right answers, images.</summary>
    public EpochSums Sums { get; init; }

    /// <summary>Edge states of each cell type.</summary>
    public required IReadOnlyList<CellDecisions> Decisions { get; init; }

    /// <summary>Distributions that criterion 2 compares with.</summary>
    public required SelectionHistory History { get; init; }

    /// <summary>An epoch has ended whose distributions are not in <see cref="History"/> yet: they are appended after the scores.</summary>
    public bool HistoryDue { get; init; }

    /// <summary>λmax of the phase so far; null for methods that do not stop by it.</summary>
    public LambdaMaxTracker? Tracker { get; init; }

    /// <summary>What the tracker said after the last epoch.</summary>
    public EarlyStopDecision Stop { get; init; }

    /// <summary>Gradient evaluations with respect to the weights, the architecture, and for measurements; passes forward alone.</summary>
    public GradientCount Gradients { get; init; }

    /// <summary>What only this method carries from epoch to epoch, as it writes it; null for methods that carry nothing more.</summary>
    public JsonElement? Own { get; init; }

    /// <summary>The loss or λmax was not finite; nothing is trained any more.</summary>
    public bool Diverged { get; init; }

    /// <summary>The genotype, once it is final.</summary>
    public string? FinalGenotype { get; init; }

    /// <summary><see cref="Own"/> as the method's own type; null at the start.</summary>
    public T? Carried<T>()
        where T : class => Own?.Deserialize<T>(CatalogJson.Compact);

    /// <summary>With another <see cref="Own"/>.</summary>
    public SearchProgress Carrying<T>(T own)
        where T : class => this with { Own = JsonSerializer.SerializeToElement(own, CatalogJson.Compact) };

    /// <summary>The start of a search.</summary>
    public static SearchProgress Start(IReadOnlyList<CellDecisions> decisions, int historyCapacity) => new()
    {
        Phase = 0,
        Epoch = 0,
        PhaseStart = 0,
        Trained = 0,
        Decisions = decisions,
        History = SelectionHistory.Empty(historyCapacity),
    };

    /// <summary>Every edge of every cell type is decided or pruned.</summary>
    public bool AllDecided => Decisions.All(d => d.Complete);
}

/// <summary>Sums over the images of an epoch so far.</summary>
public readonly record struct EpochSums(double Loss, long Correct, long Images)
{
    /// <summary>Mean loss per image.</summary>
    public double MeanLoss => Loss / Images;

    /// <summary>Top-1 accuracy in percent.</summary>
    public double Accuracy => 100.0 * Correct / Images;

    /// <summary>With one more batch.</summary>
    public EpochSums Add(double meanLoss, long correct, long images) => new(Loss + meanLoss * images, Correct + correct, Images + images);
}

/// <summary>Gradient evaluations by purpose, and passes without one.</summary>
/// <param name="Weights">Gradients of the weight steps.</param>
/// <param name="Alphas">Gradients of the architecture steps.</param>
/// <param name="Hessian">Backward passes of measurements: λmax, and the alignment of layers.</param>
/// <param name="Forwards">Minibatches that a method evaluates and takes no gradient of: losses of perturbed rows, candidates. The validation of
/// an epoch is every method's and not among them.</param>
public readonly record struct GradientCount(
    long Weights, long Alphas, long Hessian, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Forwards = 0)
{
    /// <summary>Both together.</summary>
    public static GradientCount operator +(GradientCount a, GradientCount b) =>
        new(a.Weights + b.Weights, a.Alphas + b.Alphas, a.Hessian + b.Hessian, a.Forwards + b.Forwards);
}
