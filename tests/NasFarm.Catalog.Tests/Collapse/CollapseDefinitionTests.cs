using System.Text.Json;
using NasFarm.Catalog.Collapse;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Collapse;

/// <summary>spec/retraining-and-data.md §8.</summary>
public sealed class CollapseDefinitionTests
{
    [Theory]
    [InlineData("nas-bench-201", NoneRule.Paper, 0.017)]
    [InlineData("nas-bench-201", NoneRule.Excluded, 0.038)]
    [InlineData("darts", NoneRule.Excluded, 0.018)]
    [InlineData("sgas-es", NoneRule.Excluded, 0.027)]
    [InlineData("nas-bench-1shot1-1", NoneRule.Excluded, 3 / 81.0)]
    [InlineData("nas-bench-1shot1-2", NoneRule.Excluded, 1 / 81.0)]
    [InlineData("nas-bench-1shot1-3", NoneRule.Excluded, 7 / 243.0)]
    public void Structural_base_rates_are_the_published_ones(string space, NoneRule rule, double expected) =>
        Assert.Equal(expected, CollapseDefinition.For(space).StructuralBaseRate(rule), 0.0005);

    [TableTheory]
    [InlineData(NoneRule.Paper)]
    [InlineData(NoneRule.Excluded)]
    public void The_structural_base_rate_of_NasBench201_is_what_counting_the_table_gives(NoneRule rule)
    {
        var definition = CollapseDefinition.For("nas-bench-201");
        var cells = SharedData.NasBench201.Architectures
            .Where(a => rule == NoneRule.Paper || !a.Contains("none"))
            .Select(a => GenotypeText.Parse("nas-bench-201", a));

        Assert.Equal(definition.StructuralBaseRate(rule), cells.Average(c => definition.IsStructural(c) ? 1.0 : 0.0), 1e-12);
    }

    [TableTheory]
    [InlineData(NoneRule.Paper, 0.108)]
    [InlineData(NoneRule.Excluded, 0.072)]
    public void Outcome_base_rates_are_the_published_ones(NoneRule rule, double expected) =>
        Assert.Equal(expected, CollapseDefinition.For("nas-bench-201").OutcomeBaseRate(SharedData.NasBench201, rule)!.Value, 0.0005);

    [Fact]
    public void A_random_search_collapses_at_the_base_rate()
    {
        var random = new Random(11);
        var definition = CollapseDefinition.For("sgas-es");
        var space = NasFarm.Catalog.Spaces.SearchSpaces.SgasEs;
        const int draws = 3000;
        var collapsed = Enumerable.Range(0, draws)
            .Count(_ => definition.IsStructural(RandomGenotypes.Draw(space, NoneRule.Excluded, random.Next)));

        // 82 expected, standard deviation 9
        Assert.InRange(collapsed, 50, 115);
    }

    [Fact]
    public void The_darts_collapse_point_is_a_collapse_in_both_senses()
    {
        var definition = CollapseDefinition.For("nas-bench-201");

        Assert.True(definition.IsStructural(PublishedGenotypes.Get("NB201_ALL_SKIP")));
        Assert.False(definition.IsStructural(PublishedGenotypes.Get("NB201_DRNAS")));
        Assert.True(definition.IsOutcome(54.3));
        Assert.False(definition.IsOutcome(80.0));
        Assert.Null(CollapseDefinition.For("darts").IsOutcome(10));
    }

    [Fact]
    public void Only_the_normal_cell_counts_and_four_skips_of_eight_are_enough()
    {
        const string reduce = " ; reduce sk-0 sk-1 | sk-0 sk-1 | sk-0 sk-1 | sk-0 sk-1";
        var three = GenotypeText.Parse("darts", "normal sk-0 sk-1 | sk-0 s3-1 | s3-0 s3-1 | s3-0 s3-1" + reduce);
        var four = GenotypeText.Parse("darts", "normal sk-0 sk-1 | sk-0 sk-1 | s3-0 s3-1 | s3-0 s3-1" + reduce);
        var definition = CollapseDefinition.For("darts");

        Assert.False(definition.IsStructural(three));
        Assert.True(definition.IsStructural(four));
        Assert.Throws<ArgumentException>(() => CollapseDefinition.For("sgas-es").IsStructural(four));
    }

    [Fact]
    public void The_definition_survives_JSON_and_says_itself_in_words()
    {
        var definition = CollapseDefinition.For("nas-bench-201");

        Assert.Equal(definition, JsonSerializer.Deserialize<CollapseDefinition>(JsonSerializer.Serialize(definition, CatalogJson.Compact), CatalogJson.Compact));
        Assert.Equal("skip_connect on at least 4 of 6 edges; c10_test_200 below 80.0 %", definition.Describe());
    }
}
