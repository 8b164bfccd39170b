using NasFarm.Catalog.Methods;

namespace NasFarm.Search.Methods;

/// <summary>A search method that brings its definition along, for methods that stand outside this project (docs/how-to/add-a-method.md).
/// It needs a constructor without arguments.</summary>
public interface IOwnMethod : ISearchMethod
{
    /// <summary>What the catalog will say of it. <c>DartsMethod.Definition with { … }</c> is where most begin.</summary>
    MethodDefinition Definition { get; }

    /// <inheritdoc/>
    string ISearchMethod.Name => Definition.Name;
}
