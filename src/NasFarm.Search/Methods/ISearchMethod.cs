using NasFarm.Search.Phases;

namespace NasFarm.Search.Methods;

/// <summary>A search method's loop over one phase. It goes on from whatever state the run holds, so that a resumed phase and an
/// undisturbed one pass through the same states.</summary>
public interface ISearchMethod
{
    /// <summary>Name in the method catalog.</summary>
    string Name { get; }

    /// <summary>Runs the rest of the phase; afterwards the run is ready to <see cref="SearchRun.Finish"/>.</summary>
    void RunPhase(SearchRun run);
}

/// <summary>The loops there are. A new method is one line here, one file beside this one, and its definition in the method catalog.</summary>
public static class SearchMethods
{
    private static readonly ISearchMethod[] All =
    [
        new Darts(),
        new Sgas("sgas"),
        new Sgas("sgas-matched"),
        new SgasEs(),
        new SgasEsPlacebo(),
    ];

    /// <summary>The loop of a method that trains. Throws <see cref="ArgumentException"/> that lists the names.</summary>
    public static ISearchMethod Get(string name) =>
        All.FirstOrDefault(m => m.Name == name)
        ?? throw new ArgumentException($"There is no search loop for method '{name}'; there are: {string.Join(", ", All.Select(m => m.Name))}.");
}
