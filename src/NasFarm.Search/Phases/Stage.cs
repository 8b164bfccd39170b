using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Search.Phases;

/// <summary>A supernet that a search trains for some phases. A phase of another stage than the one before begins with a network, logits and
/// optimisers made anew.</summary>
/// <param name="Number">0-based; initial values are drawn for each number.</param>
/// <param name="Space">What the network holds on every edge: the operations of the space, or fewer.</param>
/// <param name="Cells">Its size, as the space counts.</param>
public sealed record Stage(int Number, SearchSpace Space, int Cells)
{
    /// <summary>The network of a search that has one.</summary>
    public static Stage First(SeedRunSpec run) => new(0, SearchSpaces.Get(run.Space.Name), run.Space.Cells);
}
