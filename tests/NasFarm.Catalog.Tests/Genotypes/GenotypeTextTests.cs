using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Genotypes;

public sealed class GenotypeTextTests
{
    private const string DartsV2 =
        "Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 1), "
        + "('skip_connect', 0), ('skip_connect', 0), ('dil_conv_3x3', 2)], normal_concat=[2, 3, 4, 5], reduce=[('max_pool_3x3', 0), "
        + "('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 1), ('max_pool_3x3', 0), ('skip_connect', 2), ('skip_connect', 2), "
        + "('max_pool_3x3', 1)], reduce_concat=[2, 3, 4, 5])";

    private const string BestCifar10 =
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|";

    [Fact]
    public void The_canonical_text_is_what_the_original_code_prints() =>
        Assert.Equal(DartsV2, PublishedGenotypes.Get("DARTS_V2").ToString());

    [Fact]
    public void The_architecture_string_is_canonical_for_NasBench201() =>
        Assert.Equal(BestCifar10, PublishedGenotypes.Get("NB201_BEST_C10").ToString());

    [Fact]
    public void Both_quoting_styles_list_brackets_and_ranges_are_read()
    {
        var other = DartsV2.Replace('\'', '"').Replace("[2, 3, 4, 5]", "range(2, 6)").Replace("(\"sep_conv_3x3\", 0)", "[ \"sep_conv_3x3\" ,0 ]");

        Assert.Equal(DartsV2, GenotypeText.Parse("darts", other).ToString());
    }

    [Theory]
    [InlineData("normal s3-0 s3-1 | s3-0 s3-1 | s3-1 sk-0 | sk-0 d3-2 ; reduce mp-0 mp-1 | sk-2 mp-1 | mp-0 sk-2 | sk-2 mp-1")]
    [InlineData("normal: s3-0 s3-1 | s3-0 s3-1 | s3-1 sk-0 | sk-0 d3-2, reduce: mp-0 mp-1 | sk-2 mp-1 | mp-0 sk-2 | sk-2 mp-1")]
    [InlineData("normal=s3-0 s3-1 · s3-0 s3-1 · s3-1 sk-0 · sk-0 d3-2\nreduce=mp-0 mp-1 · sk-2 mp-1 · mp-0 sk-2 · sk-2 mp-1")]
    [InlineData("reduce mp-0 mp-1 sk-2 mp-1 mp-0 sk-2 sk-2 mp-1 normal s3-0 s3-1 s3-0 s3-1 s3-1 sk-0 sk-0 dil_conv_3x3-2")]
    public void The_short_form_is_read_in_the_ways_people_write_it(string text) =>
        Assert.Equal(DartsV2, GenotypeText.Parse("darts", text).ToString());

    [Fact]
    public void A_published_name_stands_for_its_text()
    {
        Assert.Equal(DartsV2, GenotypeText.ParseOrFind("darts", "DARTS_V2").ToString());
        Assert.Equal(DartsV2, GenotypeText.ParseOrFind("darts", DartsV2).ToString());
    }

    [Fact]
    public void Parse_after_print_is_the_identity_on_random_cells() => Arbitrary.ForEverySpace((space, random) =>
    {
        var genotype = RandomGenotypes.Draw(space, random.Next(2) == 0 ? NoneRule.Excluded : NoneRule.Paper, random.Next);
        var text = genotype.ToString();

        Assert.Equal(text, GenotypeText.Parse(space.Name, text).ToString());
        Assert.Equal(genotype, GenotypeText.Parse(space.Name, text));
    });

    [Theory]
    [InlineData("darts", "Genotype(normal=[('sep_conv_3x3', 0), ('conv', 1)])", "Character 41", "'conv' is no operation")]
    [InlineData("darts", "Genotype(normal=[('sep_conv_3x3' 0)])", "Character 34", "expected ','")]
    [InlineData("darts", "Genotype(norm=[])", "Character 10", "'normal_concat' or 'reduce_concat' or 'normal' or 'reduce'")]
    [InlineData("darts", "Genotype(normal=[('sep_conv_3x3', x)])", "Character 35", "a source node")]
    [InlineData("darts", "normal s3-0 s3-1 | s3-0 s3-1 | s3-1 sk-0 | sk-0 d3-2", "the end of the text", "the reduce cell is missing")]
    [InlineData("darts", "cell s3-0", "Character 1", "'normal' or 'reduce'")]
    [InlineData("darts", "", "Character 1", "cell is missing")]
    [InlineData("nas-bench-201", "|nor_conv_3x3~0|+|nor_conv_3x3~1|nor_conv_3x3~1|+", "Character 31", "expected '~0'")]
    [InlineData("nas-bench-201", BestCifar10 + "|", "Character 96", "expected the end of the text")]
    [InlineData("nas-bench-201", "|none~0|+|none~0|", "the end of the text", "expected an operation")]
    public void A_wrong_text_is_refused_with_position_and_value(string space, string text, string position, string problem)
    {
        var error = Assert.Throws<GenotypeFormatException>(() => GenotypeText.Parse(space, text));
        Assert.Contains(position, error.Message);
        Assert.Contains(problem, error.Message);
    }

    [Theory]
    [InlineData("normal s3-0 s3-0 | s3-0 s3-1 | s3-1 sk-0 | sk-0 d3-2", "Node 2 of the normal cell has two edges from one source (0, 0) with the same operation")]
    [InlineData("normal s3-0 s3-1 | s3-0 s3-3 | s3-1 sk-0 | sk-0 d3-2", "from 3 into node 3; targets are 2, 3, 4, 5")]
    [InlineData("normal s3-0 s3-1 | s3-0 s3-1 | s3-1 sk-0 | sk-0", "Node 5 of the normal cell has 1 edges")]
    [InlineData("normal s3-0 s3-1 | s3-0 s3-1 | s3-1 sk-0 | sk-0 d3-2 | s3-1 s3-2", "into node 6")]
    [InlineData("normal s3-0 no-1 | s3-0 s3-1 | s3-1 sk-0 | sk-0 d3-2", "never keeps it")]
    [InlineData("normal s3-0 c3-1 | s3-0 s3-1 | s3-1 sk-0 | sk-0 d3-2", "'nor_conv_3x3' into node 2")]
    public void A_text_that_is_no_cell_of_the_space_says_where(string normal, string problem)
    {
        var error = Assert.Throws<GenotypeFormatException>(
            () => GenotypeText.Parse("darts", normal + " ; reduce mp-0 mp-1 | sk-2 mp-1 | mp-0 sk-2 | sk-2 mp-1"));
        Assert.Contains(problem, error.Message);
    }

    [Fact]
    public void A_node_may_read_one_source_through_two_operations()
    {
        const string Reduce = " ; reduce mp-0 mp-1 | sk-2 mp-1 | mp-0 sk-2 | sk-2 mp-1";
        var genotype = GenotypeText.Parse("darts", "normal s3-0 sk-0 | s3-0 s3-1 | s3-1 sk-0 | sk-0 d3-2" + Reduce);
        Assert.Equal((true, false), (genotype.Normal.KeepsAnEdgeTwice, genotype.Reduce!.KeepsAnEdgeTwice));
        Assert.Equal(genotype, GenotypeText.Parse("darts", genotype.ToString()));
        Assert.Equal(genotype, GenotypeText.Parse("darts", GenotypeText.PrintShort(genotype)));

        var listedOtherwise = GenotypeText.Parse("darts", "normal sk-0 s3-0 | s3-0 s3-1 | s3-1 sk-0 | sk-0 d3-2" + Reduce);
        Assert.Equal((listedOtherwise, 0), (genotype, genotype.DistanceTo(listedOtherwise)));
        Assert.Equal(genotype.Canonical().ToString(), listedOtherwise.Canonical().ToString());
    }

    [Fact]
    public void An_edge_of_NasBench201_has_one_operation()
    {
        var space = SearchSpaces.NasBench201;
        EdgeChoice[] edges = [.. space.Edges.Select(e => new EdgeChoice("skip_connect", e.Source, e.Target))];
        edges[1] = new("nor_conv_1x1", 1, 2);
        Assert.Contains("two edges from one source (1, 1)", Assert.Throws<ArgumentException>(() => new Genotype(space, [new(CellType.Normal, edges)])).Message);
    }

    [Fact]
    public void A_concat_other_than_the_four_inner_nodes_is_refused() =>
        Assert.Contains("2, 3, 4, 5", Assert.Throws<GenotypeFormatException>(
            () => GenotypeText.Parse("darts", DartsV2.Replace("[2, 3, 4, 5]", "[3, 4, 5]"))).Message);
}
