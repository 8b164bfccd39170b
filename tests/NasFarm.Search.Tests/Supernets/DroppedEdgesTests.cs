using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Supernets;

/// <summary>Drop-path on the outputs of mixed edges (spec/algorithms.md §4.1).</summary>
public sealed class DroppedEdgesTests
{
    private const int Images = 64;

    /// <summary>Three edges into the last node; the operations of edge e all give 10^e, so that a sum says which edges lived.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void An_edge_lives_or_dies_for_an_image_with_all_its_operations_identities_included(bool decided)
    {
        using var scope = NewDisposeScope();
        var space = SearchSpaces.NasBench201;
        var cell = CellDecisions.Start(space)[0];
        if (decided)
            cell = cell.Decide(3, Operations.SkipConnect).Decide(4, Operations.NorConv3x3).Decide(5, Operations.SkipConnect);
        using var plan = new CellPlan(space, cell, CPU);
        var terms = plan.Nodes[2].Select(t => full([Images, 1, 1, 1], (float)Math.Pow(10, t.Edge - 3))).ToList();
        var mixture = full([30], 0.25f); // four operations besides none: an edge that lives gives its power of ten

        var sums = plan.Sum(2, mixture, terms, new DropPath(0.5, new RandomStream(1, StreamNames.DropPath))).data<float>().ToArray();

        // A path that lives is divided by its probability: 0 or 2 of each power.
        var seen = sums.Select(s => (int)Math.Round(s / 2)).ToList();
        Assert.All(sums.Zip(seen), pair => Assert.Equal(2 * pair.Second, pair.First, 1e-3f));
        Assert.Equal([0, 1, 10, 11, 100, 101, 110, 111], seen.Distinct().Order());
    }

    [Fact]
    public void Evaluation_drops_nothing_and_training_does()
    {
        using var scope = NewDisposeScope();
        using var net = new NasBench201Supernet(4, 1, 1, 10, 3, CPU);
        var x = full([4, 1, 16, 16], 0.5f);
        var mixture = full([30], 0.2f);
        float[] Logits(Mode mode, bool dropped) => net.Forward(
            x, [mixture], mode, dropped ? new DropPath(0.5, new RandomStream(1, StreamNames.DropPath)) : null).data<float>().ToArray();
        Assert.Equal(Logits(Mode.Evaluate, false), Logits(Mode.Evaluate, true));
        Assert.NotEqual(Logits(Mode.Train, false), Logits(Mode.Train, true));
    }
}
