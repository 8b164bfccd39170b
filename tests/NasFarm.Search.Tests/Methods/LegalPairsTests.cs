using NasFarm.Catalog.Methods;
using NasFarm.Search.Tests.Phases;

namespace NasFarm.Search.Tests.Methods;

/// <summary>Whatever the catalog allows can be searched: every method on every space of its own, for two epochs on made-up images.</summary>
public sealed class LegalPairsTests
{
    /// <summary>As small as each method goes.</summary>
    private static readonly (string Name, object Value)[] Small =
    [
        ("epochs", 2), ("lanczosSteps", 2), ("candidates", 2), ("finalists", 1), ("candidateBatches", 1), ("neighbours", 1), ("attackSteps", 1), ("images", 16),
        ("phaseEpochs", 2), ("warmup", 1), ("interval", 1), ("postEpochs", 1), ("window", 1), ("every", 1), ("delta", 1), ("esStart", 0),
    ];

    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var method in MethodCatalog.All.Where(m => m.Trains && m.Name != "sgas-es-placebo"))
        {
            foreach (var space in method.Spaces)
                pairs.Add(method.Name, space);
        }
        return pairs;
    }

    [Theory, MemberData(nameof(Pairs)), Trait("Tier", "all")]
    public void A_method_searches_every_space_that_it_may(string method, string space)
    {
        var settings = Small.Where(s => MethodCatalog.Get(method).Settings.Any(known => known.Name == s.Name)).ToArray();

        var searched = TinySearch.RunWhole(TinySearch.Unit(method, space, channels: 2, settings: settings));

        Assert.NotEmpty(searched.Outcomes);
    }
}
