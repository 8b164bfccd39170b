using System.Text.Json;
using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Manifests;

/// <summary>Every key a manifest may have, with its shape, default and meaning, from the inside out. The reader, the JSON Schema and the
/// reference page all come from here.</summary>
public static class ManifestKeys
{
    /// <summary>The one version there is.</summary>
    public const string ApiVersion = "nasfarm.io/v1";

    /// <summary>Most seeds, and most seed-runs of one sweep.</summary>
    public const int MaxRuns = 100_000;

    internal const string SgasEs = "sgas-es";
    internal const string SgasEsPlacebo = "sgas-es-placebo";
    internal const string RandomCell = "random";
    internal const string GivenCell = "given";

    private const long MaxImages = 10_000_000;

    // metadata
    internal static readonly Field Name = new("name", Label("name", "Name of the sweep for people. Not part of any id."), Required: true);
    internal static readonly Field Tenant = new(
        "tenant", Label("tenant", "Who owns the results. Equal science of two tenants has two ids."), "default");
    internal static readonly Field Metadata = new("metadata", new MapShape("Who and what, for people.", Name, Tenant), Required: true);

    // spec.seeds, spec.dataOrderSeeds, seeds of a retrain target
    internal static readonly Field Start = new("start", Seed("First seed."), 0L);
    internal static readonly Field Count = new("count", new WholeShape("How many consecutive seeds.", 1, MaxRuns), Required: true);
    internal static readonly Field Looks = new(
        "looks",
        new ListShape(
            "Seeds per arm after which the primary contrast is tested; whole cohorts are added to every arm until it is decided.",
            new WholeShape("Seeds so far.", 2, MaxRuns), 2, 20),
        "(one of count and looks)");
    internal static readonly Field Seeds = new(
        "seeds",
        new EitherShape(
            "Search seeds. The same seed is a pair across methods: equal initial weights, split and data order.",
            new MapShape("Consecutive seeds.", Start, Count with { Required = false, Default = "(one of count and looks)" }, Looks),
            SeedList()),
        Required: true);
    internal static readonly Field DataOrderSeeds = new(
        "dataOrderSeeds",
        SeedsShape("Seeds of shuffles and augmentation as a factor of their own: every search seed runs with each of them."),
        "(each run's search seed)");

    // spec.space, spec.spaces
    internal static readonly Field SpaceName = new(
        "name", new TextShape("Search space.", "space", [.. SearchSpaces.All.Select(s => s.Name)]), Required: true);
    internal static readonly Field Channels = new(
        "channels", new WholeShape("Initial channels C of the search network.", 1, 1024), "(published size of the space)");
    internal static readonly Field Cells = new(
        "cells", new WholeShape("Cells of the search network; on nas-bench-201 cells per stage, N; on nas-bench-macro its 8 layers.", 1, 100), "(published size of the "
            + "space)");
    internal static readonly MapShape SpaceShape = new("A search space at a size.", SpaceName, Channels, Cells);
    internal static readonly Field Space = new("space", SpaceShape, "(one of space and spaces)");
    internal static readonly Field Spaces = new(
        "spaces", new ListShape("Several search spaces; every method runs in each.", SpaceShape, 1, 20), "(one of space and spaces)");

    // spec.data
    internal static readonly Field DataName = new(
        "name", Label("data set name", "Data set; 'nasfarm data list' shows those there are."), Required: true);
    internal static readonly Field ImageSize = new(
        "imageSize",
        new WholeShape(
            "Side of the square images the network sees, in pixels. 32 pads smaller images with zeros, 16 averages the 32-pixel image 2×2.",
            8, 224),
        "(native size)");
    internal static readonly Field TrainImages = new(
        "trainImages", new WholeShape("Images that train the weights.", 1, MaxImages), "(half of the training set)");
    internal static readonly Field AlphaImages = new(
        "alphaImages",
        new WholeShape("Images that train the architecture and measure the search's validation accuracy.", 1, MaxImages),
        "(half of the training set)");
    internal static readonly Field Split = new(
        "split",
        new TextShape(
            "How the halves are made: in file order, or after one permutation drawn from the data-order seed.", "split", Enum<SplitRule>()),
        "ordered");
    internal static readonly Field Augment = new("augment", new FlagShape("Random crop and horizontal flip in training."), true);
    internal static readonly MapShape DataShape = new(
        "Data that a search sees.", DataName, ImageSize, TrainImages, AlphaImages, Split, Augment);
    internal static readonly Field Data = new(
        "data",
        new EitherShape(
            "What the search sees; several sets in a list.",
            DataShape, new ListShape("Several data sets; every method runs on each.", DataShape, 1, 20)),
        Required: true);

    internal static readonly Field NoneRuleKey = new(
        "noneRule",
        new TextShape(
            "May 'none' be part of a derived cell: never, or as each method's paper has it. One rule for every arm.",
            "rule", Enum<NoneRule>()),
        "excluded");

    // spec.methods, spec.defaults
    internal static readonly Field ArmLabel = new(
        "as", Label("arm label", "Label of the arm in tables and contrasts."), "(the method's name)");
    internal static readonly Field Source = new(
        "source", Label("arm label", "Label of the sgas-es arm whose stops of other seeds are replayed."), "(the only sgas-es arm)");
    internal static readonly Field Methods = new(
        "methods",
        new ListShape(
            "The arms: a method's name, or a mapping with its settings.",
            new EitherShape(
                "An arm.",
                new TextShape("A method with its defaults.", "method", [.. MethodCatalog.All.Select(m => m.Name)]),
                new NamedShape("A method with settings.", "name", "method", MethodCatalog.All.ToDictionary(m => m.Name, MethodShape))),
            1, 50),
        Required: true);
    internal static readonly Field SharedSettings = new(
        "hyperparameters",
        new MapShape("Settings for every arm whose method has them; an arm's own setting wins.", Shared()),
        "(none)");
    internal static readonly Field Defaults = new("defaults", new MapShape("What arms share.", SharedSettings), "(none)");

    // spec.retrain
    internal static readonly Field RetrainData = DataName with { Key = "data" };
    internal static readonly Field RetrainSeeds = new(
        "seeds",
        SeedsShape("Retrain seeds; each cell is retrained once with each. Two or more separate search variance from retrain variance."),
        "([0])");
    internal static readonly Field RetrainImages = new("trainImages", new WholeShape("Training images used.", 1, MaxImages), "(all)");
    internal static readonly Field TestImages = new("testImages", new WholeShape("Test images used.", 1, MaxImages), "(all)");
    internal static readonly Field RetrainSize = new(
        "imageSize",
        new WholeShape("Side of the square images in pixels, as for search data; the recipe's trainImageSize follows it.", 8, 224),
        "(native size)");
    internal static readonly Field Recipe = new(
        "recipe",
        new TextShape("How the derived network is trained.", "recipe", [.. RecipeCatalog.All.Select(r => r.Name)]),
        "(the one that is named like the space, else the first that trains its cells)");
    internal static readonly Field Retrain = new(
        "retrain",
        new ListShape(
            "Targets that every derived cell is retrained on; results are kept by search data and target.", RetrainShape(), 1, 100),
        "(no retraining)");

    // spec.evaluate, spec.comparison
    internal static readonly Field Table = new("table", new FlagShape($"Look the derived cell up in the space's benchmark table ({string.Join(", ", BenchmarkTables.BySpace.Keys)})."), false);
    internal static readonly Field Evaluate = new("evaluate", new MapShape("Scores that need no training.", Table), "(none)");
    internal static readonly Field Primary = new(
        "primary",
        new ListShape(
            "The two arms of the primary contrast: the one whose stability is claimed, then the one it is held against.",
            Label("arm label", "Label of an arm."), 2, 2),
        "(none)");
    internal static readonly Field BudgetMatch = new(
        "budgetMatch",
        new TextShape("What arms must have spent equally before they are compared.", "budget match", ["none", "gradEvals", "epochs"]),
        "none");
    internal static readonly Field Alpha = new(
        "alpha", new NumberShape("Level of the primary test, two-sided; looks share it.", 0, 1), ComparisonSpec.DefaultAlpha);
    internal static readonly Field Comparison = new(
        "comparison",
        new MapShape("What is to be compared, declared before the first run; part of the sweep's id.", Primary, Alpha, BudgetMatch),
        "(every pair, corrected for their number)");

    // spec.execution, spec.retry, spec.priority, spec.weight, spec.preemption: how, not what
    internal static readonly Field Device = new("device", new TextShape("Where units train.", "device", ["cpu", "cuda"]), "cpu");
    internal static readonly Field Threads = new(
        "threads", new WholeShape("Threads inside one trainer. Part of the numerics: another number gives other bits.", 1, 256), 1L);
    internal static readonly Field AllowNumericsChange = new(
        "allowNumericsChange", new FlagShape("Resume a unit on other numerics and mark the run, instead of waiting."), false);
    internal static readonly Field CheckpointEveryEpochs = new(
        "checkpointEveryEpochs", new WholeShape("Epochs between checkpoints. Methods that roll back need 1.", 1, 1000), 1L);
    internal static readonly Field Memory = new(
        "memory",
        new TextShape("Memory that the slot must have.", "memory size", Pattern: MemorySize.Pattern, PatternSays: MemorySize.Says), "(any)");
    internal static readonly Field SlotLabels = new(
        "labels",
        new ListShape(
            "Labels that the slot must have, all of them; 'nasfarm run --label' gives them.", Label("slot label", "A label of a slot."), 1, 20),
        "(any)");
    internal static readonly Field Resources = new(
        "resources", new MapShape("What a unit asks of a slot besides its device.", Memory, SlotLabels), "(any slot of the device)");
    internal static readonly Field Execution = new(
        "execution",
        new MapShape("How units run. Not part of any id.", Device, Threads, AllowNumericsChange, CheckpointEveryEpochs, Resources),
        "(one thread on the CPU)");
    internal static readonly Field MaxAttempts = new(
        "maxAttempts", new WholeShape("Attempts per unit before it fails for good.", 1, 20), 3L);
    internal static readonly Field WallLimitMinutes = new(
        "wallLimitMinutes", new WholeShape("Minutes one unit may run before its attempt is stopped.", 1, 1_000_000), "(no limit)");
    internal static readonly Field Retry = new(
        "retry", new MapShape("What happens to units that fail.", MaxAttempts, WallLimitMinutes), "(three attempts)");
    internal static readonly Field Priority = new("priority", new WholeShape("Higher runs first, within the tenant.", -1000, 1000), 0L);
    internal static readonly Field Weight = new(
        "weight", new WholeShape("Share of slots in proportion to the tenant's other sweeps of the same priority.", 1, 1000), 1L);
    internal static readonly Field Preemption = new(
        "preemption",
        new FlagShape("When no slot is free, ask a running unit of lower priority to write a checkpoint and make room."), false);

    internal static readonly Field Spec = new(
        "spec",
        new MapShape(
            "The experiment.", Seeds, DataOrderSeeds, Space, Spaces, Data, NoneRuleKey, Methods, Defaults, Retrain, Evaluate, Comparison,
            Execution, Retry, Priority, Weight, Preemption),
        Required: true);

    /// <summary>The whole manifest.</summary>
    public static MapShape Root { get; } = new(
        "A sweep: methods × spaces × data × seeds, what is done with the derived cells, and what is compared.",
        new Field("apiVersion", new TextShape("Version of this format.", "version", [ApiVersion]), Required: true),
        new Field("kind", new TextShape("What the document is.", "kind", ["Sweep"]), Required: true),
        Metadata, Spec);

    /// <summary>Where a key belongs that stands in the wrong mapping, e.g. <c>spec</c>; null when no mapping above the arms has
    /// it.</summary>
    internal static string? Home(string key)
    {
        var spec = ((MapShape)Spec.Shape).Fields;
        return Root.Fields.Any(f => f.Key == key) ? "the top level"
            : spec.Any(f => f.Key == key) ? "spec"
            : spec.FirstOrDefault(f => f.Shape is MapShape inner && inner != SpaceShape && inner.Fields.Any(i => i.Key == key)) is { } home
                ? $"spec.{home.Key}"
            : null;
    }

    private static MapShape MethodShape(MethodDefinition method)
    {
        var name = new Field("name", new TextShape("Method.", "method", [method.Name]), Required: true);
        var settings = new Field(
            "hyperparameters",
            SettingsShape("Settings of the method; what is left out has the method's default in the space.", method.Settings),
            "(defaults)");
        return method.Name == SgasEsPlacebo
            ? new(method.Title, name, ArmLabel, Source, settings)
            : new(method.Title, name, ArmLabel, settings);
    }

    private static NamedShape RetrainShape()
    {
        MapShape Target(string description, Field recipe, params Field[] settings) =>
            new(description, [RetrainData, recipe, RetrainSeeds, RetrainImages, TestImages, RetrainSize, .. settings]);

        MapShape With(RecipeDefinition recipe) => Target(
            recipe.Title,
            new("recipe", new TextShape("Recipe.", "recipe", [recipe.Name]), Required: true),
            new Field(
                "settings",
                SettingsShape("Settings of the recipe, which must be named; what is left out has the recipe's default.", recipe.Settings),
                "(defaults)"));

        return new("A target of retraining.", "recipe", "recipe", RecipeCatalog.All.ToDictionary(r => r.Name, With),
            Unnamed: Target("A target with the recipe of the space and its defaults; settings need a named recipe.", Recipe));
    }

    private static MapShape SettingsShape(string description, IEnumerable<HyperparameterDefinition> settings) =>
        new(description, [.. settings.Select(s => new Field(s.Name, new SettingShape(s), Default(s)))]);

    private static object Default(HyperparameterDefinition s) =>
        s.SpaceDefaults.Count > 0 ? $"({s.Default}; {string.Join(", ", s.SpaceDefaults.Select(d => $"{d.Value} in {d.Key}"))})"
        : s.Default is "" ? "(none)"
        : s.Default;

    /// <summary>Settings of all methods by name. The first method's definition stands for all; a test holds that their legal values
    /// agree.</summary>
    private static Field[] Shared() =>
    [
        .. MethodCatalog.All.Where(m => m.Trains).SelectMany(m => m.Settings).DistinctBy(s => s.Name)
            .Select(s => new Field(s.Name, new SettingShape(s), "(the method's)")),
    ];

    private static WholeShape Seed(string description) => new(description, 0, int.MaxValue);

    private static EitherShape SeedsShape(string description) => new(
        description,
        new MapShape("Consecutive seeds.", Start, Count),
        SeedList());

    private static ListShape SeedList() => new("Seeds one by one.", Seed("A seed."), 1, MaxRuns);

    private static TextShape Label(string what, string description) => new(
        description, what, Pattern: "^[A-Za-z0-9][A-Za-z0-9._+-]{0,62}$",
        PatternSays: "1 to 63 letters, digits, '.', '_', '+', '-', a letter or digit first");

    private static string[] Enum<T>() where T : struct, Enum =>
        [.. System.Enum.GetNames<T>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName)];
}
