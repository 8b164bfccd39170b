using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Cli.Tests.Pairs;

public sealed class PairCoverTests
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Catalog = MethodCatalog.All.ToDictionary(m => m.Name, m => m.Spaces);

    private static readonly IReadOnlyList<(string Method, string Space)> Chosen = PairCover.Of(Catalog, RealPairTests.Principal, RealPairTests.PerSpace);

    [Fact]
    public void Every_method_is_tried_in_the_principal_spaces_that_it_may_search() =>
        Assert.All(RealPairTests.Principal, space =>
            Assert.Equal(Catalog.Keys.Where(m => Catalog[m].Contains(space)).Order(StringComparer.Ordinal), Chosen.Where(p => p.Space == space).Select(p => p.Method)));

    [Fact]
    public void Every_other_space_meets_three_methods_or_all_it_has() =>
        Assert.All(SearchSpaces.All.Select(s => s.Name).Except(RealPairTests.Principal), space =>
            Assert.True(Chosen.Count(p => p.Space == space) >= Math.Min(3, Catalog.Values.Count(spaces => spaces.Contains(space))), space));

    [Fact]
    public void Every_method_that_searches_another_space_is_tried_in_one() =>
        Assert.All(Catalog.Where(m => m.Value.Except(RealPairTests.Principal).Any()), m =>
            Assert.Contains(Chosen, p => p.Method == m.Key && !RealPairTests.Principal.Contains(p.Space)));

    [Fact]
    public void Only_legal_pairs_are_chosen_each_once()
    {
        Assert.All(Chosen, p => Assert.Contains(p.Space, Catalog[p.Method]));
        Assert.Distinct(Chosen);
    }

    [Fact]
    public void The_order_of_the_catalog_does_not_matter() =>
        Assert.Equal(Chosen, PairCover.Of(Catalog.Reverse().ToDictionary(m => m.Key, m => (IReadOnlyList<string>)[.. m.Value.Reverse()]), RealPairTests.Principal, RealPairTests.PerSpace));

    [Fact]
    public void A_small_table_has_the_cover_that_a_hand_finds()
    {
        // x is open to c alone and z to d; y takes the two that have no place yet; e has no other space.
        var legal = new Dictionary<string, IReadOnlyList<string>> { ["a"] = ["p", "y"], ["b"] = ["p", "y"], ["c"] = ["p", "x", "y"], ["d"] = ["y", "z"], ["e"] = ["p"] };

        Assert.Equal(
            [("a", "p"), ("a", "y"), ("b", "p"), ("b", "y"), ("c", "p"), ("c", "x"), ("d", "z"), ("e", "p")],
            PairCover.Of(legal, ["p"], perSpace: 2));
    }

    [Fact]
    public void Whoever_is_left_over_joins_the_emptiest_space_that_it_may_search()
    {
        var legal = new Dictionary<string, IReadOnlyList<string>> { ["a"] = ["x", "y"], ["b"] = ["x", "y"], ["c"] = ["x", "y"] };

        Assert.Equal([("a", "x"), ("b", "y"), ("c", "x")], PairCover.Of(legal, [], perSpace: 1));
    }
}
