namespace NasFarm.Search.Methods;

/// <summary>DARTS (spec/algorithms.md §1): α and w in turn for a fixed number of epochs; the genotype is read off at the end.
/// First or second order by the setting <c>order</c>. All of it is what <see cref="ISearchMethod"/> does by default. Departures from the
/// released code: the learning rate of epoch e is lr(e) (the scheduler is a function), α is not in the clipped list, and the second order
/// restores weights from a snapshot.</summary>
public sealed class Darts : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "darts";
}
