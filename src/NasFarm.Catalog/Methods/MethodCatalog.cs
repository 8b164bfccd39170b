namespace NasFarm.Catalog.Methods;

/// <summary>The search methods there are.</summary>
public static class MethodCatalog
{
    /// <summary>Every method.</summary>
    public static IReadOnlyList<MethodDefinition> All { get; } =
    [
        DartsMethod.Definition, SgasMethod.Definition, SgasEsMethod.Definition, SgasMethod.Matched, SgasEsMethod.Placebo,
        MileNasMethod.Definition, SdartsMethod.Random, SdartsMethod.Adversarial, MsDartsMethod.Definition, LambdaDartsMethod.Definition,
        RobustDartsMethods.EarlyStopping, RobustDartsMethods.Adaptive, RobustDartsMethods.WeightDecay, RobustDartsMethods.DropPath,
        DartsPlusMethod.Definition, FairDartsMethod.Definition, DartsMinusMethod.Definition, DrNasMethod.Definition,
        FlatnessMethods.NaDarts, FlatnessMethods.A2m,
        SharedWeightMethods.Rsws, SharedWeightMethods.NaRs, NaswotMethod.Definition,
        BaselineMethods.Random, BaselineMethods.Given,
    ];

    /// <summary>Whether a search by the method of that name may go back to any epoch of its phase; false for names there are not.</summary>
    public static bool RollsBack(string name) => All.Any(m => m.Name == name && m.RollsBack);

    /// <summary>The method of that name. Throws <see cref="ArgumentException"/> that lists the names.</summary>
    public static MethodDefinition Get(string name) =>
        All.FirstOrDefault(m => m.Name == name)
        ?? throw new ArgumentException($"There is no method '{name}'; methods are {string.Join(", ", All.Select(m => m.Name))}.");

    /// <summary>Every setting of the method with its value in the space, defaults written out. Throws
    /// <see cref="HyperparameterException"/> that names each wrong setting, its value and what is legal; <see cref="ArgumentException"/>
    /// on an unknown method or space.</summary>
    public static Hyperparameters Resolve(string methodName, string spaceName, IReadOnlyDictionary<string, object>? overrides = null) =>
        Get(methodName).Resolve(spaceName, overrides);
}
