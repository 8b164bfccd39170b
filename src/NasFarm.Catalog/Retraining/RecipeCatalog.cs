using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Schedules;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Retraining;

/// <summary>How a derived network is trained from scratch.</summary>
public sealed record RecipeDefinition
{
    /// <summary>Name in manifests, e.g. <c>sgas-es-fashion-mnist</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary>Paper and specification section.</summary>
    public required string Source { get; init; }

    /// <summary>Spaces whose networks it trains, by name.</summary>
    public required IReadOnlyList<string> Spaces { get; init; }

    /// <summary>Its settings.</summary>
    public required IReadOnlyList<HyperparameterDefinition> Settings { get; init; }

    /// <summary>Integer raised whenever results change on purpose, by space; a space that is not listed is at 1.</summary>
    public IReadOnlyDictionary<string, int> Revisions { get; init; } = new Dictionary<string, int>();

    /// <summary>Integer per recipe and space; part of every retrain id.</summary>
    public int NumericsRevision(string spaceName) => Revisions.GetValueOrDefault(spaceName, 1) + SearchSpaces.Get(spaceName).NumericsChanges;
}

/// <summary>The retraining recipes there are.</summary>
public static class RecipeCatalog
{
    /// <summary>Every recipe.</summary>
    public static IReadOnlyList<RecipeDefinition> All { get; } =
        [Recipes.Darts, Recipes.SgasEsFashionMnist, Recipes.SgasEsEmnist, Recipes.NasBench201, Recipes.NasBenchMacro, Recipes.DeeperInsights, Recipes.NasBench101];

    /// <summary>The recipe of that name. Throws <see cref="ArgumentException"/> that lists the names.</summary>
    public static RecipeDefinition Get(string name) =>
        All.FirstOrDefault(r => r.Name == name)
        ?? throw new ArgumentException($"There is no recipe '{name}'; recipes are {string.Join(", ", All.Select(r => r.Name))}.");

    /// <summary>Every setting of the recipe with its value, defaults written out. Throws <see cref="HyperparameterException"/> with all
    /// problems; <see cref="ArgumentException"/> on an unknown recipe or a space whose networks it does not train.</summary>
    public static Hyperparameters Resolve(string recipeName, string spaceName, IReadOnlyDictionary<string, object>? overrides = null)
    {
        var recipe = Get(recipeName);
        var space = SearchSpaces.Get(spaceName);
        if (!recipe.Spaces.Contains(spaceName))
            throw new ArgumentException(
                $"Recipe '{recipeName}' does not train cells of '{spaceName}'; it trains {string.Join(", ", recipe.Spaces)}.");
        return Settings.Resolve($"Recipe '{recipeName}'", recipe.Settings, spaceName, overrides, h => Check(h, space));
    }

    /// <summary>Learning rate of a retraining: cosine per epoch.</summary>
    public static CosineSchedule LearningRate(Hyperparameters settings) =>
        new(settings.Double("learningRate"), settings.Double("learningRateMin"), settings.Int("epochs"));

    /// <summary>Drop-path probability: dropPath·e/epochs (spec/retraining-and-data.md §1).</summary>
    public static LinearSchedule DropPath(Hyperparameters settings) => new(0, settings.Double("dropPath"), settings.Int("epochs"));

    private static IEnumerable<HyperparameterProblem> Check(Hyperparameters h, SearchSpace space)
    {
        foreach (var wrong in space.CheckSize(h.Int("channels"), h.Int("cells")))
            yield return new(wrong.StartsWith("cells", StringComparison.Ordinal) ? "cells" : "channels", wrong);
        if (space.NodeRows is not null && space.Targets.Max(space.Keeps) is var sharing && h.Int("channels") < sharing)
            yield return new("channels", $"channels is {h.Int("channels")}; {sharing} nodes of a cell of '{space}' may share the channels of its output.");
        var (max, min) = (h.Double("learningRate"), h.Double("learningRateMin"));
        if (min > max)
            yield return new("learningRateMin", FormattableString.Invariant($"learningRateMin ({min}) is above learningRate ({max})."));
        if (h.Bool("nesterov") && h.Double("momentum") == 0)
            yield return new("nesterov", "nesterov is true with momentum 0; Nesterov needs momentum.");
        if (h.Bool("auxiliary") && space.Family != SpaceFamily.Darts)
            yield return new("auxiliary", $"auxiliary is true; networks of '{space}' have no auxiliary head.");

        // The head pools 5×5 with stride 3 and then convolves 2×2: it needs an 8×8 map (spec/retraining-and-data.md §1.1).
        else if (h.Bool("auxiliary") && h.Int("trainImageSize") is var size and < 32)
            yield return new("auxiliary", $"auxiliary is true with trainImageSize {size}; the head needs images of at least 32 pixels.");
    }
}
