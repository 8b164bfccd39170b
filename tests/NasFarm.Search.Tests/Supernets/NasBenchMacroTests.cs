using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.DerivedNetworks;
using NasFarm.Search.Networks;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Supernets;

/// <summary>The supernet of NAS-Bench-Macro.</summary>
public sealed class NasBenchMacroTests
{
    [Fact]
    public void A_supernet_with_every_layer_decided_is_the_derived_network_with_the_same_weights()
    {
        using var scope = NewDisposeScope();
        const string digits = "01202101";
        var genotype = GenotypeText.Parse("nas-bench-macro", digits);
        using var super = new NasBenchMacroSupernet(4, 1, 10, 3, CPU);
        using var derived = new NasBenchMacroNetwork(genotype, 4, 1, 10, 3, CPU);
        var decided = CellDecisions.Start(SearchSpaces.NasBenchMacro, CellType.Normal);
        for (var layer = 0; layer < 8; layer++)
            decided = decided.Decide(layer, genotype.Normal.OperationOn(layer, layer + 1)!);
        super.SetDecisions([decided]);

        // Names differ by place, and norms of derived networks have scale 1 and shift 0 at the start: the numbers must not differ.
        foreach (var weight in super.ActiveParameters)
        {
            var parts = weight.Name.Split('.', 5);
            var name = parts[1] == "edges" ? $"features.{parts[2]}.{parts[4]}" : weight.Name;
            using (no_grad())
                derived.Weights.Parameters.Single(p => p.Name == name).Value.copy_(weight.Value);
        }
        var x = tensor(Enumerable.Range(0, 2 * 24 * 24).Select(i => MathF.Sin(i)).ToArray(), [2, 1, 24, 24]);
        var expected = derived.Forward(x, Mode.Train, null).Logits.data<float>().ToArray();
        var actual = super.Forward(x, [full([24], 1f / 3)], Mode.Train).data<float>().ToArray();

        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.DoesNotContain(super.ActiveParameters, p => p.Name.Contains("edges.1.mb6_k5", StringComparison.Ordinal));
    }

    [Theory, InlineData(32), InlineData(28), InlineData(20)]
    public void Sides_are_halved_three_times_and_round_up(int side)
    {
        using var scope = NewDisposeScope();
        using var net = new NasBenchMacroSupernet(2, 3, 7, 0, CPU);
        Assert.Equal([2, 7], net.Forward(ones([2, 3, side, side]), [full([24], 1f / 3)], Mode.Evaluate).shape);
    }
}
