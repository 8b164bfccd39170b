using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Supernets;

/// <summary><c>none</c> chosen on an edge adds nothing, and changes nothing beside it.</summary>
public sealed class NoneTests
{
    [Fact]
    public void None_on_a_strided_edge_is_the_same_as_no_edge_also_where_another_edge_pools_its_source()
    {
        var space = SearchSpaces.SgasEs;
        EdgeState[] Cell(EdgeState first) => [.. space.Edges.Select(e => e.Index switch
        {
            0 => first,                                                          // from 0 into 2
            2 => EdgeState.Decided(Operations.MaxPool3x3),                       // from 0 into 3
            _ => e.Source == 1 ? EdgeState.Decided(Operations.SepConv3x3) : EdgeState.Pruned,
        })];
        Assert.Equal(Logits(Cell(EdgeState.Pruned)), Logits(Cell(EdgeState.Decided(Operations.None))));

        float[] Logits(EdgeState[] reduce)
        {
            using var scope = NewDisposeScope();
            using var net = new DartsSupernet(space, 4, 3, 1, 10, 3, CPU);
            net.SetDecisions([.. CellDecisions.Start(space).Select(cell => cell.Type == CellType.Reduce ? cell with { Edges = reduce } : cell)]);
            var x = linspace(-1, 1, 4 * 256);
            return net.Forward(x, [ones([70]) * 0.2f, ones([70]) * 0.2f], Mode.Train).data<float>().ToArray();

            Tensor linspace(float from, float to, int count) =>
                tensor([.. Enumerable.Range(0, count).Select(i => from + (to - from) * MathF.Sin(i * 0.7f))], [4, 1, 16, 16]);
        }
    }
}
