namespace NasFarm.Catalog.Methods;

/// <summary>The search methods there are.</summary>
public static class MethodCatalog
{
    private static readonly MethodDefinition[] known =
    [
        DartsMethod.Definition, SgasMethod.Definition, SgasEsMethod.Definition, SgasMethod.Matched, SgasEsMethod.Placebo,
        MileNasMethod.Definition, SdartsMethod.Random, SdartsMethod.Adversarial, MsDartsMethod.Definition, LambdaDartsMethod.Definition,
        RobustDartsMethods.EarlyStopping, RobustDartsMethods.Adaptive, RobustDartsMethods.WeightDecay, RobustDartsMethods.DropPath,
        DartsPlusMethod.Definition, DartsPtMethod.Definition, FairDartsMethod.Definition, DartsMinusMethod.Definition, DrNasMethod.Definition,
        PDartsMethod.Definition, FlatnessMethods.NaDarts, FlatnessMethods.A2m,
        SharedWeightMethods.Rsws, SharedWeightMethods.NaRs, NaswotMethod.Definition,
        GdasMethod.Definition, SetnMethod.Definition, PcDartsMethod.Definition,
        BaselineMethods.Random, BaselineMethods.Given,
    ];

    private static readonly List<MethodDefinition> own = [];

    private static readonly Lazy<IReadOnlyList<MethodDefinition>> all = new(() => [.. known, .. own]);

    /// <summary>Every method.</summary>
    public static IReadOnlyList<MethodDefinition> All => all.Value;

    /// <summary>Adds a method that stands outside this project. Throws <see cref="ArgumentException"/> for a name that is taken, and
    /// <see cref="InvalidOperationException"/> once the catalog has been read: from then on it never changes.</summary>
    public static void Add(MethodDefinition method)
    {
        if (all.IsValueCreated)
            throw new InvalidOperationException($"The method '{method.Name}' comes too late: the catalog has been read already.");
        if (known.Concat(own).Any(m => m.Name == method.Name))
            throw new ArgumentException($"There is a method '{method.Name}' already; give yours another name.");
        own.Add(method);
    }

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
