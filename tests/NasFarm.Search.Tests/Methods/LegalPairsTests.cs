using NasFarm.Catalog.Methods;
using NasFarm.Search.Tests.Phases;

namespace NasFarm.Search.Tests.Methods;

/// <summary>Whatever the catalog allows can be searched: every method on every space of its own, for two epochs on made-up images.</summary>
public sealed class LegalPairsTests
{
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
        var searched = TinySearch.RunWhole(TinySearch.Unit(method, space, channels: 2, settings: SmallestSettings.Of(method)));

        Assert.NotEmpty(searched.Outcomes);
    }
}
