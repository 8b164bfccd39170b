using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.DerivedNetworks;
using NasFarm.Search.Networks;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Supernets;

/// <summary>The supernet of "Deeper Insights into Weight Sharing" and its children.</summary>
public sealed class DeeperInsightsTests
{
    [Fact]
    public void A_supernet_with_every_edge_decided_is_the_child_with_the_same_weights()
    {
        using var scope = NewDisposeScope();
        var cell = GenotypeText.Parse("deeper-insights", "|sep_conv_5x5~0|+|max_pool_3x3~0|dil_conv_5x5~1|");
        using var super = new DeeperInsightsSupernet(4, 2, 1, 10, 3, CPU);
        using var child = new DeeperInsightsNetwork(cell, 4, 2, 1, 10, 8, CPU);
        var decided = CellDecisions.Start(SearchSpaces.DeeperInsights, CellType.Normal);
        foreach (var edge in SearchSpaces.DeeperInsights.Edges)
            decided = decided.Decide(edge.Index, cell.Normal.OperationOn(edge.Source, edge.Target)!);
        super.SetDecisions([decided]);
        foreach (var weight in super.ActiveParameters)
        {
            var name = weight.Name;
            foreach (var edge in SearchSpaces.DeeperInsights.Edges)
                name = name.Replace($".edges.{edge.Index}.", $".dag.{edge.Target}.{edge.Source}.");
            using (no_grad())
                child.Weights.Parameters.Single(p => p.Name == name).Value.copy_(weight.Value);
        }

        var x = tensor(Enumerable.Range(0, 3 * 12 * 12).Select(i => MathF.Sin(i)).ToArray(), [3, 1, 12, 12]);
        foreach (var mode in new[] { Mode.Train, Mode.Evaluate })
        {
            var expected = child.Forward(x, mode, null).Logits.data<float>().ToArray();
            var actual = super.Forward(x, [full([12], 0.25f)], mode).data<float>().ToArray();
            Assert.Equal(30, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        }
        Assert.Equal(child.Weights.Parameters.Count, super.ActiveParameters.Count);
    }

    [Fact]
    public void Running_statistics_take_two_fifths_of_a_batch()
    {
        using var scope = NewDisposeScope();
        using var net = new DeeperInsightsSupernet(2, 1, 1, 10, 3, CPU);
        float Mean() => net.Weights.Buffers.First(b => b.Name == "stem.1.running_mean").Value.data<float>()[0];
        _ = net.Forward(ones([2, 1, 8, 8]), [full([12], 0.25f)], Mode.Train);
        var first = Mean();
        _ = net.Forward(ones([2, 1, 8, 8]), [full([12], 0.25f)], Mode.Train);

        Assert.NotEqual(0, first);
        Assert.Equal(1.6f, Mean() / first, 1e-4f); // m, then 0.6 m + m, each times 0.4
    }
}
