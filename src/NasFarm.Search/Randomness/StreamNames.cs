namespace NasFarm.Search.Randomness;

/// <summary>Every purpose that draws random numbers, in one place. A name never contains the method: equal seeds of two
/// methods see equal initial weights, splits and data order and so form a pair (spec/retraining-and-data.md §7).
/// Renaming one changes every result; it needs a new numerics revision.</summary>
public static class StreamNames
{
    /// <summary>Initial network weights; the part is the parameter's name.</summary>
    public const string InitialWeights = "initial-weights";

    /// <summary>Initial architecture logits; the part is the parameter's name.</summary>
    public const string Alphas = "alphas";

    /// <summary>The permutation behind <c>split: permuted</c>.</summary>
    public const string Split = "split";

    /// <summary>Order of the w half in an epoch (also of the training set when retraining).</summary>
    public const string WeightOrder = "w-order";

    /// <summary>Images of the alpha batches.</summary>
    public const string AlphaOrder = "alpha-order";

    /// <summary>Crops, flips, cut-outs and affine maps, one item per image.</summary>
    public const string Augmentation = "augmentation";

    /// <summary>Drop-path masks.</summary>
    public const string DropPath = "drop-path";

    /// <summary>Start vectors of the Lanczos and power iterations for lambda-max.</summary>
    public const string Lanczos = "lanczos";

    /// <summary>Images of the batch that lambda-max is measured on.</summary>
    public const string CurvatureBatch = "curvature-batch";

    /// <summary>Cells drawn at random: by the random arm, and, each purpose a part of its own, by methods that sample.</summary>
    public const string RandomArchitecture = "random-architecture";

    /// <summary>Gumbel noise of sampling methods.</summary>
    public const string Gumbel = "gumbel";

    /// <summary>Perturbation of alphas.</summary>
    public const string Perturbation = "perturbation";

    /// <summary>Mixture weights of Dirichlet distributions; the part is the update that they are drawn for.</summary>
    public const string Dirichlet = "dirichlet";

    /// <summary>The operation <c>noise</c>; the part is the kind of forward pass and the place in the network.</summary>
    public const string Noise = "noise";

    /// <summary>All of the above.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        InitialWeights, Alphas, Split, WeightOrder, AlphaOrder, Augmentation, DropPath, Lanczos, CurvatureBatch, RandomArchitecture, Gumbel,
        Perturbation, Dirichlet, Noise,
    ];
}
