using NasFarm.Analysis.Catalogs;
using NasFarm.Analysis.Tables;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Analysis.Tests.Catalogs;

public sealed class CatalogPagesTests
{
    public static TheoryData<string> Methods => [.. MethodCatalog.All.Select(m => m.Name)];

    public static TheoryData<string> Spaces => [.. SearchSpaces.All.Select(s => s.Name)];

    [Theory, MemberData(nameof(Methods))]
    public void A_page_explains_every_setting_with_default_range_and_source(string name)
    {
        var method = MethodCatalog.Get(name);
        var page = MethodPage.Render(method);
        Assert.StartsWith($"{method.Name}: {method.Title}\n", page, StringComparison.Ordinal);
        Assert.All(method.Settings, s => Assert.Contains($"\n  {s.Name} = ", page, StringComparison.Ordinal));
        var words = string.Join(' ', page.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(method.Idea, words, StringComparison.Ordinal);
        Assert.All(method.Settings, s => Assert.Contains($"Legal: {s.Legal}", words, StringComparison.Ordinal));
        Assert.All(method.Settings, s => Assert.Contains($"[{s.Source}]", words, StringComparison.Ordinal));
        Assert.All(page.Split('\n'), line => Assert.True(line.Length <= ComparisonText.Width, $"{line.Length}: {line}"));
    }

    [Fact]
    public void Defaults_of_single_spaces_stand_beside_the_general_one() =>
        Assert.Contains("\n  batchSize = 32; in nas-bench-201 64\n", MethodPage.Render(MethodCatalog.Get("sgas-es")), StringComparison.Ordinal);

    [Theory, MemberData(nameof(Spaces))]
    public void A_page_explains_the_operations_and_who_searches_them(string name)
    {
        var page = SpacePage.Render(SearchSpaces.Get(name));
        Assert.All(SearchSpaces.Get(name).Operations, o => Assert.Contains($"{o} ({Operations.Abbreviate(o)})", page.Replace('\n', ' '), StringComparison.Ordinal));
        Assert.All(MethodCatalog.All, m => Assert.Equal(m.Spaces.Contains(name), Searchers(page).Contains(m.Name)));
        Assert.All(page.Split('\n'), line => Assert.True(line.Length <= ComparisonText.Width, $"{line.Length}: {line}"));
    }

    [Fact]
    public void A_space_of_nodes_says_how_many_parents_they_have_and_the_smallest_errors()
    {
        var page = SpacePage.Render(SearchSpaces.Get("nas-bench-1shot1-2")).Replace('\n', ' ');
        Assert.Contains("keeps 1, 1, 2, 2, 3 edges into them, 9 in all; 8 rows of alphas, 26 in all.", page, StringComparison.Ordinal);
        Assert.Contains("validation 5.16 %, test 5.76 %", page, StringComparison.Ordinal);
    }

    private static string[] Searchers(string page)
    {
        var from = page[(page.IndexOf("Methods: ", StringComparison.Ordinal) + "Methods: ".Length)..];
        return from[..from.IndexOf('.', StringComparison.Ordinal)].Replace('\n', ' ').Split(", ");
    }

    [Fact]
    public void The_lists_name_everything_once()
    {
        var methods = MethodPage.List(MethodCatalog.All);
        Assert.All(MethodCatalog.All, m => Assert.Single(methods.Split('\n'), line => line.StartsWith(m.Name + " ", StringComparison.Ordinal)));
        var spaces = SpacePage.List(SearchSpaces.All);
        Assert.All(SearchSpaces.All, s => Assert.Single(spaces.Split('\n'), line => line.StartsWith(s.Name + " ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Entries_for_programs_hold_the_whole_catalog()
    {
        var entry = MethodEntry.Of(MethodCatalog.Get("sgas-es"));
        Assert.Equal(MethodCatalog.Get("sgas-es").Settings.Select(s => s.Name), entry.Settings.Select(s => s.Name));
        Assert.Equal(64L, entry.Settings.Single(s => s.Name == "batchSize").SpaceDefaults["nas-bench-201"]);
        Assert.Contains("DARTS_V2", SpaceEntry.Of(SearchSpaces.Darts).Published);
    }
}
