using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Spaces;

/// <summary>The space of NAS-Bench-Macro: a chain of eight layers.</summary>
public sealed class NasBenchMacroTests
{
    private static readonly SearchSpace Space = SearchSpaces.NasBenchMacro;

    [Fact]
    public void Every_layer_reads_the_one_before_it()
    {
        Assert.Equal(Enumerable.Range(0, 8).Select(i => new CellEdge(i, i, i + 1)), Space.Edges);
        Assert.Equal(5, Space.FindEdge(5, 6)?.Index);
        Assert.Null(Space.FindEdge(4, 6));
        Assert.Equal(8, Space.EdgesKept);
        Assert.Null(Space.NoneIndex);
    }

    [Fact]
    public void Three_stages_halve_the_image_and_double_the_channels() => Assert.Equal(
        ["32→64/2", "64→64/1", "64→128/2", "128→128/1", "128→128/1", "128→256/2", "256→256/1", "256→256/1"],
        MacroLayers.Of(32).Select(l => $"{l.Inputs}→{l.Outputs}/{l.Stride}"));

    [Fact]
    public void A_genotype_is_its_eight_digits()
    {
        var genotype = GenotypeText.Parse(Space, " 0122 2012");

        Assert.Equal("01222012", genotype.ToString());
        Assert.Equal("01222012", GenotypeText.PrintShort(genotype));
        Assert.Equal("mb6_k5", genotype.Normal.OperationOn(2, 3));
        Assert.Equal(1, genotype.DistanceTo(GenotypeText.Parse(Space, "01222011")));
    }

    [Theory]
    [InlineData("0122201", "Character 8", "the end of the text")]
    [InlineData("01222013", "Character 8", "expected '0' or '1' or '2'")]
    [InlineData("012220121", "Character 9", "expected the end of the text")]
    public void A_wrong_text_is_refused_with_position(string text, string position, string problem)
    {
        var error = Assert.Throws<GenotypeFormatException>(() => GenotypeText.Parse(Space, text));
        Assert.Contains(position, error.Message);
        Assert.Contains(problem, error.Message);
    }

    [Theory]
    [InlineData("00000000", "00000000")]
    [InlineData("01010001", "01010010")]
    [InlineData("20201102", "20210120")]
    [InlineData("22222222", "22222222")]
    public void Identities_inside_a_stage_are_trained_last(string text, string expected) =>
        Assert.Equal(expected, MacroLayers.TrainedAs(GenotypeText.Parse(Space, text)));

    [Fact]
    public void Each_layer_keeps_its_largest_alpha()
    {
        double[][] alphas = [.. Enumerable.Range(0, 8).Select(layer => Enumerable.Range(0, 3).Select(op => op == layer % 3 ? 1.0 : 0).ToArray())];

        Assert.Equal("01201201", Discretisation.Derive(Space, NoneRule.Excluded, [alphas]).ToString());
    }

    [Fact]
    public void A_random_network_draws_each_layer_uniformly()
    {
        var random = new Random(9);
        var digits = Enumerable.Range(0, 3000).SelectMany(_ => RandomGenotypes.Draw(Space, NoneRule.Excluded, random.Next).ToString().Index())
            .CountBy(d => (d.Index, d.Item)).ToDictionary();

        Assert.Equal(24, digits.Count);
        Assert.All(digits.Values, n => Assert.InRange(n, 880, 1120)); // 1,000 expected, standard deviation 26
    }

    [Theory]
    [InlineData(32, 7, "cells is 7; space 'nas-bench-macro' has 8 layers")]
    [InlineData(0, 8, "channels is 0")]
    public void Another_size_is_refused(int channels, int cells, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Space.RequireSize(channels, cells)).Message);
}
