using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Spaces;
using static NasFarm.Catalog.Methods.SearchSettings;

namespace NasFarm.Catalog.Retraining;

/// <summary>Published recipes, every value a setting.</summary>
internal static class Recipes
{
    private static readonly string[] DartsCells =
        ["darts", "sgas-es", .. SearchSpaces.All.Where(s => s.Name.StartsWith("robust-", StringComparison.Ordinal)).Select(s => s.Name)];

    public static RecipeDefinition Darts { get; } = new()
    {
        Name = "darts",
        Title = "CIFAR recipe of DARTS and SGAS",
        Source = "DARTS train.py; spec/retraining-and-data.md §1",
        Spaces = DartsCells,
        Settings =
        [
            .. Settings("DARTS train.py; spec/retraining-and-data.md §1",
                epochs: 600, batchSize: 96, cutout: 16, augmentation: "crop-flip", normalise: "dataset", testMode: "paper")
                // CIFAR-10 in RobustDARTS (spec/search-spaces.md §3.2, recalled there); for CIFAR-100 and SVHN 8 cells with 16 channels.
                .Select(s => s.Name == "channels" ? s.In("robust-s2", 16L).In("robust-s4", 16L) : s),
        ],
    };

    public static RecipeDefinition SgasEsFashionMnist { get; } = new()
    {
        Name = "sgas-es-fashion-mnist",
        Title = "Fashion-MNIST recipe of SGAS-es",
        Source = "SGAS-es train.py; spec/retraining-and-data.md §3",
        Spaces = DartsCells,
        Settings = Settings("SGAS-es train.py; spec/retraining-and-data.md §3",
            epochs: 600, batchSize: 72, cutout: 16, augmentation: "crop-flip", normalise: "dataset", testMode: "both"),
    };

    public static RecipeDefinition SgasEsEmnist { get; } = new()
    {
        Name = "sgas-es-emnist",
        Title = "EMNIST-Balanced transfer recipe of SGAS-es",
        Source = "SGAS-es train.py; spec/retraining-and-data.md §3",
        Spaces = DartsCells,
        Settings = Settings("SGAS-es train.py; spec/retraining-and-data.md §3",
            epochs: 200, batchSize: 96, cutout: 0, augmentation: "affine", normalise: "half", testMode: "paper"),
    };

    public static RecipeDefinition NasBench201 { get; } = new()
    {
        Name = "nas-bench-201",
        Title = "NAS-Bench-201 table recipe",
        Source = "NAS-Bench-201; spec/retraining-and-data.md §6",
        Spaces = ["nas-bench-201"],
        Settings = Settings("NAS-Bench-201; spec/retraining-and-data.md §6",
            epochs: 200, batchSize: 256, cutout: 0, augmentation: "crop-flip", normalise: "nas-bench-201", testMode: "paper",
            learningRate: 0.1, nesterov: true, weightDecay: 5e-4, gradientClip: 0, channels: 16, cells: 5, auxiliary: false, dropPath: 0),
    };

    /// <summary>Augmentation and normalisation stand in a file of the code that was not read; these are the usual ones.</summary>
    public static RecipeDefinition NasBenchMacro { get; } = new()
    {
        Name = "nas-bench-macro",
        Title = "NAS-Bench-Macro table recipe",
        Source = "NAS-Bench-Macro train.py; docs/methods/spaces.md",
        Spaces = ["nas-bench-macro"],
        Settings = Settings("NAS-Bench-Macro train.py; docs/methods/spaces.md",
            epochs: 50, batchSize: 256, cutout: 0, augmentation: "crop-flip", normalise: "dataset", testMode: "paper",
            learningRate: 0.1, weightDecay: 5e-4, gradientClip: 0, channels: 32, cells: MacroLayers.Count, auxiliary: false, dropPath: 0),
    };

    /// <summary>What the supernets of the paper are trained with; that the ground truth was made so too is our reading.</summary>
    public static RecipeDefinition DeeperInsights { get; } = new()
    {
        Name = "deeper-insights",
        Title = "One child of Deeper Insights",
        Source = "Deeper Insights experiments/*.yml; spec/algorithms.md §18",
        Spaces = ["deeper-insights"],
        Settings = Settings("Deeper Insights experiments/*.yml; spec/algorithms.md §18",
            epochs: 200, batchSize: 256, cutout: 0, augmentation: "crop-flip", normalise: "dataset", testMode: "paper",
            learningRateMin: 0.001, weightDecay: 1e-3, gradientClip: 0, channels: 16, cells: 4, auxiliary: false, dropPath: 0),
    };

    /// <summary>The benchmark trains with RMSProp whose ε is 1, which hardly divides: SGD at the same learning rate stands for it.</summary>
    public static RecipeDefinition NasBench101 { get; } = new()
    {
        Name = "nas-bench-101",
        Title = "NAS-Bench-101 table recipe, with SGD",
        Source = "NAS-Bench-101 config.py; docs/methods/spaces.md",
        Spaces = [.. NasBench1Shot1.All.Select(s => s.Name)],
        Settings = Settings("NAS-Bench-101 config.py; docs/methods/spaces.md",
            epochs: 108, batchSize: 256, cutout: 0, augmentation: "crop-flip", normalise: "dataset", testMode: "paper",
            learningRate: 0.2, weightDecay: 1e-4, gradientClip: 0, channels: 128, cells: 9, auxiliary: false, dropPath: 0),
    };

    private static IReadOnlyList<HyperparameterDefinition> Settings(
        string source, int epochs, int batchSize, int cutout, string augmentation, string normalise, string testMode,
        double learningRate = 0.025, double learningRateMin = 0, bool nesterov = false, double weightDecay = 3e-4, double gradientClip = 5, int channels = 36,
        int cells = 20, bool auxiliary = true, double dropPath = 0.2) =>
    [
        Integer("epochs", epochs, 1, 100_000, "epochs", "Epochs of the training; also the horizon of learning rate and drop-path.", source),
        Integer("batchSize", batchSize, 1, null, "images", "Images per step.", source),
        Above("learningRate", learningRate, 0, null, "SGD learning rate at epoch 0, cosine per epoch.", source),
        Number("learningRateMin", learningRateMin, 0, null, "SGD learning rate at the last epoch's end.", source),
        Number("momentum", 0.9, 0, 1, "SGD momentum.", source),
        Flag("nesterov", nesterov, "Nesterov momentum.", source),
        Number("weightDecay", weightDecay, 0, null, "Coupled L2 on the weights.", source),
        Number("gradientClip", gradientClip, 0, null, "Global L2 norm that the gradient is clipped to; 0: no clipping.", source),
        Integer("channels", channels, 1, 4096, "channels", "Initial channels C.", source),
        Integer("cells", cells, 1, 1000, "cells", "Cells (DARTS cells), cells per stage (NAS-Bench-201), or layers (NAS-Bench-Macro).", source),
        Flag("auxiliary", auxiliary, "Auxiliary head at two thirds of the depth, in training only.", source + ", §1.1"),
        Number("auxiliaryWeight", 0.4, 0, null, "Weight of the auxiliary loss.", source),
        Number("dropPath", dropPath, 0, 0.999, "Drop-path probability at the end of a linear ramp from 0.", source + ", §1.2"),
        Integer("cutout", cutout, 0, 4096, "pixels", "Side of the erased square; 0: none.", source + ", §1.3"),
        Choice("augmentation", augmentation, ["crop-flip", "affine", "none"],
            "crop-flip: zero-pad 4, random crop to trainImageSize, horizontal flip. "
            + "affine: resize, rotation ±30°, translation ±10 %, scale 0.8–1.2, shear ±30°. none: as stored.", source),
        Choice("normalise", normalise, ["dataset", "half", "nas-bench-201"],
            "Mean and standard deviation: the data set's own; 0.5 and 0.5; or those of the NAS-Bench-201 code, which has them for cifar-10 and cifar-100 only (other sets: their own).", source + ", §4"),
        Integer("trainImageSize", 32, 8, 1024, "pixels", "Side of the training image after augmentation.", source),
        Choice("testMode", testMode, ["paper", "pad-to-32", "both"],
            "Test images: as in the released code (crop-flip: native size), zero-padded to 32, or measured both ways.", source),
    ];
}
