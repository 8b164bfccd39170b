namespace NasFarm.Catalog.Units;

/// <summary>Whether the operation <c>none</c> may be part of a derived cell. Every arm of one comparison uses one rule.</summary>
public enum NoneRule
{
    /// <summary><c>none</c> takes part in the softmax but never in the genotype. The primary rule.</summary>
    Excluded,

    /// <summary>What the method's paper does (DARTS on NAS-Bench-201 may pick <c>none</c>).</summary>
    Paper,
}

/// <summary>How the training images are divided between the w half and the alpha half.</summary>
public enum SplitRule
{
    /// <summary>First part to w, last part to alpha, in file order (DARTS family).</summary>
    Ordered,

    /// <summary>The same sizes after one permutation drawn from the data-order seed.</summary>
    Permuted,
}

/// <summary>A search space at a size.</summary>
/// <param name="Name">Name of the space (<see cref="Spaces.SearchSpaces.All"/>).</param>
/// <param name="Channels">Initial channels C.</param>
/// <param name="Cells">Number of cells (DARTS spaces), or of cells per stage N (NAS-Bench-201).</param>
public sealed record SpaceSpec(string Name, int Channels, int Cells);

/// <summary>The images a search or a retrain job sees, as science: what changes this changes the result.</summary>
public sealed record DataSpec
{
    /// <summary>Name in the data catalog, e.g. <c>fashion-mnist</c>.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 (lower-case hex) of the decoded images and labels, train then test.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Side of the square image fed to the network in pixels; null: native size.
    /// 16 means padded to 32, then averaged 2×2 (spec/retraining-and-data.md §10).</summary>
    public int? ImageSize { get; init; }

    /// <summary>Images in the w part (search) or in the training set (retrain); null: half, respectively all.</summary>
    public int? TrainImages { get; init; }

    /// <summary>Images in the alpha part (search); null: half. Unused when retraining.</summary>
    public int? AlphaImages { get; init; }

    /// <summary>Test images used (retrain); null: all. Unused in search.</summary>
    public int? TestImages { get; init; }

    /// <summary>How the search halves are made.</summary>
    public SplitRule Split { get; init; } = SplitRule.Ordered;

    /// <summary>Random crop and flip in training (zero-pad 4, crop back; horizontal flip ½).</summary>
    public bool Augment { get; init; } = true;
}

/// <summary>One search, as science: method, space, data and seeds. Its hash is the seed-run's id; nothing of placement,
/// priority, retry or naming is in it. Retrain jobs hang off it with ids of their own.</summary>
public sealed record SeedRunSpec
{
    /// <summary>Tenant owning the result.</summary>
    public string Tenant { get; init; } = "default";

    /// <summary>Method name in the method catalog, e.g. <c>sgas-es</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Integer per method and space, raised whenever results change on purpose.</summary>
    public required int NumericsRevision { get; init; }

    /// <summary>Every hyper-parameter of the method, defaults written out.</summary>
    public required Methods.Hyperparameters Hyperparameters { get; init; }

    /// <summary>Search space and size.</summary>
    public required SpaceSpec Space { get; init; }

    /// <summary>Search data.</summary>
    public required DataSpec Data { get; init; }

    /// <summary>May <c>none</c> be derived.</summary>
    public NoneRule NoneRule { get; init; } = NoneRule.Excluded;

    /// <summary>Seed of initial weights, alphas and every stream that is not data order.</summary>
    public required long SearchSeed { get; init; }

    /// <summary>Seed of shuffles and augmentation. Equal to <see cref="SearchSeed"/> unless varied on its own.</summary>
    public required long DataOrderSeed { get; init; }

    /// <summary>Seed-run ids whose recorded triggers feed this run (sgas-es-placebo only), in ascending order.</summary>
    public IReadOnlyList<string> PlaceboSources { get; init; } = [];

    /// <summary>0, or the generation asked for by <c>--fresh</c>.</summary>
    public int Generation { get; init; }
}

/// <summary>A retrain target: data, recipe and its resolved settings. Each is run once per retrain seed.</summary>
public sealed record RetrainSpec
{
    /// <summary>Target data set.</summary>
    public required DataSpec Data { get; init; }

    /// <summary>Recipe name, e.g. <c>darts</c>, <c>sgas-es-fashion-mnist</c>, <c>sgas-es-emnist</c>, <c>nas-bench-201</c>.</summary>
    public required string Recipe { get; init; }

    /// <summary>Every setting of the recipe, defaults written out (epochs, batch, channels, cells, cut-out …).</summary>
    public required Methods.Hyperparameters Settings { get; init; }

    /// <summary>Integer per recipe and space, raised whenever results change on purpose.</summary>
    public required int NumericsRevision { get; init; }
}
