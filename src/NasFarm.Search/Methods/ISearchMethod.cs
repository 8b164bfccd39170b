using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Units;
using NasFarm.Search.Optimizers;
using NasFarm.Search.Phases;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Methods;

/// <summary>A search method: DARTS, but for what its paper changes. Everything here has DARTS' meaning by default, so that a method's file
/// holds the paper's own idea and nothing else.</summary>
public interface ISearchMethod
{
    /// <summary>Name in the method catalog.</summary>
    string Name { get; }

    /// <summary>The network that a phase trains. By default: one for the whole search.</summary>
    /// <param name="run">The search.</param>
    /// <param name="phase">Index of the phase.</param>
    /// <param name="reached">What the search carries from the phases before, or from later; null at its start.</param>
    Stage Stage(SeedRunSpec run, int phase, SearchProgress? reached) => Phases.Stage.First(run);

    /// <summary>Runs the rest of the phase; afterwards the run is ready to <see cref="SearchRun.Finish"/>. It goes on from whatever state the
    /// run holds, so that a resumed phase and an undisturbed one pass through the same states. By default: every epoch of the phase.</summary>
    void RunPhase(SearchRun run) => run.RestOfPhase();

    /// <summary>The gradient of the architecture step, one tensor per undecided edge; null: the logits rest in this step.
    /// By default: first or second order, as the setting <c>order</c> says, from the epoch on that <c>alphaFromEpoch</c> says.</summary>
    IReadOnlyList<Tensor>? AlphaGradient(TrainingStep step) => Architect.Gradient(step);

    /// <summary>The gradient of the weight step, before clipping. By default: of the loss on the w batch under the mixture of α.</summary>
    WeightGradient WeightGradient(TrainingStep step) => step.WeightGradient(step.Mixtures());

    /// <summary>Settings of the weight update. By default: those planned.</summary>
    /// <param name="planned">Learning rate by the schedule, the rest by the settings.</param>
    /// <param name="progress">Where the search stands.</param>
    /// <param name="settings">Settings of the method.</param>
    SgdOptions WeightUpdate(SgdOptions planned, SearchProgress progress, Hyperparameters settings) => planned;

    /// <summary>What disturbs the network and the images in an epoch. By default: nothing.</summary>
    TrainingNoise Noise(Hyperparameters settings, int epoch) => default;

    /// <summary>Coefficient, in an epoch, of a skip connection that stands beside every mixture of the supernet. By default there is none; a
    /// method that has it has it in every epoch.</summary>
    double? AuxiliarySkip(Hyperparameters settings, int epoch) => null;

    /// <summary>Numbers that an epoch of this method is recorded with, each from one gradient on the weights that it ends with; they leave no
    /// trace. By default: none.</summary>
    IEnumerable<(string Metric, double Value)> Measured(SearchRun run) => [];

    /// <summary>The operations that validation after an epoch runs, with the shared weights. By default: all, under the mixture of α.</summary>
    IReadOnlyList<CellDecisions>? Validated(SearchRun run) => null;

    /// <summary>What the search carries on from an epoch, before its checkpoint. By default: no more than DARTS.</summary>
    /// <param name="progress">After the epoch: its counters point at the next one.</param>
    /// <param name="epoch">What the epoch gave.</param>
    /// <param name="run">The run, to read logits and genotype from.</param>
    SearchProgress AfterEpoch(SearchProgress progress, EpochResult epoch, SearchRun run) => progress;

    /// <summary>The genotype that the current logits stand for. By default: the rule of the space.</summary>
    Genotype Genotype(SearchRun run) => run.DerivedGenotype();

    /// <summary>The genotype that the search ends with. By default: the current one.</summary>
    Genotype FinalGenotype(SearchRun run) => Genotype(run);
}

/// <summary>The methods that train. A new one is one line here, one file beside this one, and its definition in the method catalog.</summary>
public static class SearchMethods
{
    private static readonly List<ISearchMethod> All =
    [
        new Darts(),
        new Sgas("sgas"),
        new Sgas("sgas-matched"),
        new SgasEs(),
        new SgasEsPlacebo(),
        new MileNas(),
        new SdartsRs(),
        new SdartsAdv(),
        new MsDarts(),
        new LambdaDarts(),
        new DartsEs(),
        new DartsAda(),
        new RDartsL2(),
        new RDartsDp(),
        new DartsPlus(),
        new DartsPt(),
        new FairDarts(),
        new DartsMinus(),
        new DrNas(),
        new PDarts(),
        new NaDarts(),
        new A2m(),
        new Rsws(),
        new NaRs(),
        new Naswot(),
        new Gdas(),
        new Setn(),
        new PcDarts(),
    ];

    /// <summary>Adds a method that stands outside this project, here and to the method catalog, which must not have been read yet. Throws what
    /// <see cref="MethodCatalog.Add"/> throws.</summary>
    public static void Add(IOwnMethod method)
    {
        MethodCatalog.Add(method.Definition);
        All.Add(method);
    }

    /// <summary>Names of the methods that train.</summary>
    public static IEnumerable<string> Names => All.Select(m => m.Name);

    /// <summary>The method of that name. Throws <see cref="ArgumentException"/> that lists the names.</summary>
    public static ISearchMethod Get(string name) =>
        All.FirstOrDefault(m => m.Name == name)
        ?? throw new ArgumentException($"There is no search loop for method '{name}'; there are: {string.Join(", ", Names)}.");
}
