namespace NasFarm.Catalog.Methods;

/// <summary>Something wrong with one setting.</summary>
/// <param name="Setting">Its name.</param>
/// <param name="Message">A whole sentence with value and legal range.</param>
public sealed record HyperparameterProblem(string Setting, string Message);

/// <summary>Settings do not make a legal method or recipe; every problem is listed, not only the first.</summary>
public sealed class HyperparameterException(string owner, IReadOnlyList<HyperparameterProblem> problems)
    : Exception($"{owner}: {string.Join(" ", problems.Select(p => p.Message))}")
{
    /// <summary>All problems found.</summary>
    public IReadOnlyList<HyperparameterProblem> Problems { get; } = problems;
}

/// <summary>Turns what a manifest gives into resolved settings.</summary>
internal static class Settings
{
    /// <summary>Checks single values, writes defaults out, then checks relations between settings.</summary>
    /// <param name="owner">Words for messages, e.g. <c>method 'sgas'</c>.</param>
    /// <param name="definitions">All settings there are.</param>
    /// <param name="spaceName">Space whose defaults apply; null: the general ones.</param>
    /// <param name="overrides">Given values by name.</param>
    /// <param name="relations">Checks on the whole; run only when every single value is legal.</param>
    public static Hyperparameters Resolve(
        string owner, IReadOnlyList<HyperparameterDefinition> definitions, string? spaceName,
        IReadOnlyDictionary<string, object>? overrides, Func<Hyperparameters, IEnumerable<HyperparameterProblem>> relations)
    {
        var given = overrides ?? new Dictionary<string, object>();
        var problems = new List<HyperparameterProblem>();
        foreach (var name in given.Keys.Where(name => definitions.All(d => d.Name != name)).Order(StringComparer.Ordinal))
        {
            var known = definitions.Count == 0
                ? "it has no settings"
                : $"settings are {string.Join(", ", definitions.Select(d => d.Name))}";
            problems.Add(new(name, $"There is no setting '{name}'; {known}."));
        }

        var values = new List<KeyValuePair<string, object>>();
        foreach (var definition in definitions)
        {
            if (!given.TryGetValue(definition.Name, out var raw))
                raw = definition.DefaultFor(spaceName);
            var (value, problem) = definition.Accept(raw);
            if (value is not null)
                values.Add(new(definition.Name, value));
            else
                problems.Add(new(definition.Name, problem!));
        }

        var resolved = new Hyperparameters(values);
        if (problems.Count == 0)
            problems.AddRange(relations(resolved));
        return problems.Count == 0 ? resolved : throw new HyperparameterException(owner, problems);
    }
}
