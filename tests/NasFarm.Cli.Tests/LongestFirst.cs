using NasFarm.Cli.Tests.Kills;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("NasFarm.Cli.Tests.LongestFirst", "NasFarm.Cli.Tests")]

namespace NasFarm.Cli.Tests;

/// <summary>Starts the kills, two fifths of all the time, before the rest: begun last, they would go on alone for a minute.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(c => !c.DisplayName.EndsWith(nameof(KillTests), StringComparison.Ordinal));
}
