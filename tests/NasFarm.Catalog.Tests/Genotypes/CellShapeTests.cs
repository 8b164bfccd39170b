using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Genotypes;

public sealed class CellShapeTests
{
    [Theory] // DARTS_V2: spec/algorithms.md §19. The others counted by hand on the printed cells.
    [InlineData("DARTS_V2", 0, 3.5, 3, 2)]
    [InlineData("DARTS_V1", 0, 3.5, 3, 3)]
    [InlineData("SGAS_Cri1_CIFAR_7", 0, 2, 4, 1)]
    [InlineData("SGAS_ES_FM_1", 1, 1.5, 4, 0)]
    [InlineData("NB201_ALL_CONV3X3", 0, 1.5, 3, 0)]
    [InlineData("NB201_ALL_SKIP", 0, 1.5, 3, 6)]
    [InlineData("NB201_ALL_NONE", 0, 0, 0, 0)]
    public void Published_cells_have_the_shapes_that_a_hand_counts(string name, int cell, double width, int depth, int skips)
    {
        var shape = CellShape.Of(PublishedGenotypes.Get(name))[cell];
        Assert.Equal((width, depth, skips), (shape.Width, shape.Depth, shape.Skips));
    }

    [Theory]
    [InlineData("|no~0|+|no~0|c3~1|+|no~0|no~1|c3~2|", 0, 0)]  // node 1 is cut off, so node 2 and the output are too
    [InlineData("|no~0|+|c3~0|no~1|+|no~0|no~1|c3~2|", 1, 2)]
    [InlineData("|no~0|+|no~0|no~1|+|c3~0|no~1|no~2|", 0, 1)]
    [InlineData("|c3~0|+|no~0|c3~1|+|no~0|no~1|c3~2|", 1, 3)]
    public void Edges_with_none_are_no_edges(string text, double width, int depth)
    {
        var shape = CellShape.Of(GenotypeText.Parse("nas-bench-201", text))[0];
        Assert.Equal((width, depth), (shape.Width, shape.Depth));
    }

    [Fact]
    public void Width_and_depth_stay_inside_what_the_space_allows() => Arbitrary.ForEverySpace((space, random) =>
    {
        foreach (var shape in CellShape.Of(RandomGenotypes.Draw(space, NoneRule.Excluded, random.Next)))
        {
            Assert.InRange(shape.Width, 0, space.InnerNodes);
            Assert.InRange(shape.Depth, 1, space.InnerNodes + 1);
            Assert.InRange(shape.Skips, 0, space.EdgesKept);
        }
    });

    [Fact]
    public void A_chain_is_as_deep_and_as_narrow_as_the_Darts_cell_can_be()
    {
        // Node 2 must read both inputs; every later node reads its predecessor and one input.
        var chain = GenotypeText.Parse(SearchSpaces.Darts, "normal s3-0 s3-1 | s3-2 s3-0 | s3-3 s3-0 | s3-4 s3-0 ; reduce s3-0 s3-1 | s3-0 s3-1 | s3-0 s3-1 | s3-0 s3-1");
        Assert.Equal([new(CellType.Normal, 2.5, 5, 0), new CellShape(CellType.Reduce, 4, 2, 0)], CellShape.Of(chain));
    }
}
