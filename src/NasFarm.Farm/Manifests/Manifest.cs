using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Manifests;

/// <summary>A manifest that was read and holds together: names are known, values are in range, and the parts fit each other. What depends
/// on the data files (are they there, how many images) is checked when it is planned.</summary>
public sealed record Manifest
{
    /// <summary>The text as submitted, byte for byte.</summary>
    public required string Text { get; init; }

    /// <summary>Name of the file for messages.</summary>
    public required string File { get; init; }

    /// <summary><c>metadata.name</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>metadata.tenant</c>.</summary>
    public required string Tenant { get; init; }

    /// <summary>Search seeds in the order of the text; distinct.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>Seeds per arm at each look, growing to all of <see cref="Seeds"/>; null: no looks, every seed at once.</summary>
    public IReadOnlyList<int>? Looks { get; init; }

    /// <summary>Where the looks stand; null without them.</summary>
    public Place? LooksAt { get; init; }

    /// <summary>Data-order seeds as a factor of their own; null: each run's equals its search seed.</summary>
    public IReadOnlyList<long>? DataOrderSeeds { get; init; }

    /// <summary>Search spaces with sizes written out.</summary>
    public required IReadOnlyList<SpaceChoice> Spaces { get; init; }

    /// <summary>Search data.</summary>
    public required IReadOnlyList<DataChoice> Data { get; init; }

    /// <summary>One rule for every arm.</summary>
    public required NoneRule NoneRule { get; init; }

    /// <summary>Arms in the order of the text; labels are distinct.</summary>
    public required IReadOnlyList<Arm> Arms { get; init; }

    /// <summary>Retrain targets in the order of the text.</summary>
    public required IReadOnlyList<RetrainChoice> Retrains { get; init; }

    /// <summary>Score by the space's benchmark table.</summary>
    public required bool Table { get; init; }

    /// <summary>The predeclared comparison.</summary>
    public required ComparisonSpec Comparison { get; init; }

    /// <summary>Where the comparison stands; null when the manifest declares none.</summary>
    public Place? ComparisonAt { get; init; }

    /// <summary>Where the two labels of the primary contrast stand; empty without one.</summary>
    public IReadOnlyList<Place> PrimaryAt { get; init; } = [];

    /// <summary>Where the list of methods stands.</summary>
    public required Place MethodsAt { get; init; }

    /// <summary>Where the seeds stand.</summary>
    public required Place SeedsAt { get; init; }

    /// <summary>Where <c>evaluate</c> stands; null when it does not.</summary>
    public Place? EvaluateAt { get; init; }

    /// <summary>Where <c>execution.checkpointEveryEpochs</c> stands; null when it does not.</summary>
    public Place? CheckpointEveryAt { get; init; }

    /// <summary>How units execute.</summary>
    public required ExecutionSpec Execution { get; init; }

    /// <summary>Attempts per unit.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>Wall limit per unit; null: none.</summary>
    public required TimeSpan? WallLimit { get; init; }

    /// <summary>Higher runs first, within the tenant.</summary>
    public required int Priority { get; init; }

    /// <summary>Share among the tenant's sweeps of equal priority.</summary>
    public required int Weight { get; init; }

    /// <summary>May ask running units of lower priority to make room.</summary>
    public required bool Preemption { get; init; }

    /// <summary>What a unit asks of a slot.</summary>
    public required ResourceRequest Resources { get; init; }
}

/// <summary>A search space at a size.</summary>
public sealed record SpaceChoice(SpaceSpec Spec, Place At);

/// <summary>Images of a search or a retraining, before the files are looked at.</summary>
public sealed record DataChoice(string Name, Place At)
{
    /// <summary>Side of the square images; null: native.</summary>
    public int? ImageSize { get; init; }

    /// <summary>Images of the w part, or of the training set; null: half, or all.</summary>
    public int? TrainImages { get; init; }

    /// <summary>Images of the alpha part; null: half.</summary>
    public int? AlphaImages { get; init; }

    /// <summary>Test images of a retraining; null: all.</summary>
    public int? TestImages { get; init; }

    /// <summary>How the halves are made.</summary>
    public SplitRule Split { get; init; } = SplitRule.Ordered;

    /// <summary>Random crop and flip.</summary>
    public bool Augment { get; init; } = true;
}

/// <summary>One arm: a method with its settings.</summary>
/// <param name="Label">Name in tables; the method's unless given.</param>
/// <param name="Method">Name in the method catalog.</param>
/// <param name="Settings">What the manifest sets, <c>spec.defaults</c> included where the method has the setting.</param>
/// <param name="Source">Label of the arm whose stops a placebo replays; null for every other method.</param>
/// <param name="At">Where the arm stands.</param>
/// <param name="SettingsAt">Where each setting stands, in the arm or in the defaults.</param>
public sealed record Arm(
    string Label, string Method, Hyperparameters Settings, string? Source, Place At, IReadOnlyDictionary<string, Place> SettingsAt)
{
    /// <summary>Every setting with its value in a space. Throws <see cref="HyperparameterException"/>, or <see cref="ArgumentException"/>
    /// when the method does not search the space.</summary>
    public Hyperparameters Resolve(string spaceName) => MethodCatalog.Resolve(Method, spaceName, Settings);
}

/// <summary>One retrain target.</summary>
/// <param name="Data">Target images.</param>
/// <param name="Recipe">Recipe name; null: the recipe of each run's space.</param>
/// <param name="Settings">What the manifest sets of the recipe.</param>
/// <param name="Seeds">Retrain seeds, distinct.</param>
/// <param name="At">Where the target stands.</param>
/// <param name="SettingsAt">Where each setting stands.</param>
public sealed record RetrainChoice(
    DataChoice Data, string? Recipe, Hyperparameters Settings, IReadOnlyList<long> Seeds, Place At,
    IReadOnlyDictionary<string, Place> SettingsAt)
{
    /// <summary>The recipe for cells of a space.</summary>
    public string RecipeFor(string spaceName) => Recipe
        ?? (RecipeCatalog.All.FirstOrDefault(r => r.Name == spaceName) ?? RecipeCatalog.All.First(r => r.Spaces.Contains(spaceName))).Name;

    /// <summary>Every setting of the recipe with its value in a space. The crop's side follows <c>imageSize</c> unless it is set itself.
    /// Throws <see cref="HyperparameterException"/>, or <see cref="ArgumentException"/> when the recipe does not train the space's
    /// cells.</summary>
    public Hyperparameters Resolve(string spaceName) => RecipeCatalog.Resolve(
        RecipeFor(spaceName), spaceName,
        Data.ImageSize is { } side && !Settings.ContainsKey("trainImageSize") ? Settings.With("trainImageSize", (long)side) : Settings);
}
