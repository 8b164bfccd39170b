using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Supernets;

/// <summary>The operation noise (spec/search-spaces.md §3.2), and RobustDARTS's spaces as networks.</summary>
public sealed class NoiseTests
{
    [Fact]
    public void Every_forward_pass_sees_other_noise_and_the_same_position_sees_it_again()
    {
        using var scope = NewDisposeScope();
        var noise = new NoiseSource(seed: 4);
        float[] Pass(Mode mode = Mode.Train, string place = "cells.0.edges.1.noise")
        {
            noise.NextForward(mode);
            return noise.Like(zeros([2, 3, 4, 4]), stride: 1, place).data<float>().ToArray();
        }

        noise.MoveTo(3, 7);
        float[][] first = [Pass(), Pass(), Pass(Mode.Evaluate), Pass(place: "cells.0.edges.2.noise")];
        noise.MoveTo(3, 8);
        float[][] next = [Pass(), Pass(), Pass(Mode.Evaluate), Pass(place: "cells.0.edges.2.noise")];
        noise.MoveTo(3, 7);
        float[][] again = [Pass(), Pass(), Pass(Mode.Evaluate), Pass(place: "cells.0.edges.2.noise")];

        Assert.Equal(first, again);
        Assert.Equal(8, first.Concat(next).Select(values => string.Join(' ', values)).Distinct().Count());
    }

    [Fact]
    public void Passes_that_measure_curvature_do_not_shift_the_noise_of_the_others()
    {
        using var scope = NewDisposeScope();
        float[] Evaluated(int curvaturePasses)
        {
            var noise = new NoiseSource(seed: 4);
            noise.MoveTo(1, 2);
            for (var i = 0; i < curvaturePasses; i++)
                noise.NextForward(Mode.Curvature);
            noise.NextForward(Mode.Evaluate);
            return noise.Like(zeros([1, 2, 2, 2]), 1, "here").data<float>().ToArray();
        }
        Assert.Equal(Evaluated(0), Evaluated(3));
    }

    [Fact]
    public void Noise_is_standard_normal_has_the_strided_shape_and_no_gradient()
    {
        using var scope = NewDisposeScope();
        var noise = new NoiseSource(seed: 1);
        var x = ones([4, 8, 33, 32], requires_grad: true);
        var strided = noise.Like(x, stride: 2, "place");
        Assert.Equal([4, 8, 17, 16], strided.shape);
        Assert.False(strided.requires_grad);

        var values = new float[200_001];
        new RandomStream(1, StreamNames.Noise).FillNoise(values);
        var mean = values.Average();
        Assert.Equal(0, mean, 0.01);                                        // standard error 0.0022
        Assert.Equal(1, values.Average(v => (double)v * v), 0.015);         // standard error 0.0032
        Assert.Equal(3, values.Average(v => Math.Pow(v, 4)), 0.12);         // standard error 0.022
        Assert.Equal(0.0455, values.Count(v => Math.Abs(v) > 2) / 200_001.0, 0.002);
        Assert.Equal(0, values.Zip(values.Skip(1), (a, b) => (double)a * b).Average(), 0.01);
    }

    [Fact]
    public void The_supernet_of_S4_gives_other_logits_in_every_pass_and_the_same_at_the_same_position()
    {
        using var scope = NewDisposeScope();
        var space = SearchSpaces.Get("robust-s4");
        using var net = new DartsSupernet(space, 4, 3, 1, 10, 0, CPU);
        var x = ones([2, 1, 16, 16]);
        Tensor[] mixtures = [full([28], 0.5f), full([28], 0.5f)];
        float[] Pass() => net.Forward(x, mixtures, Mode.Evaluate).data<float>().ToArray();

        var (first, second) = (Pass(), Pass());
        net.MoveTo(0, 1);
        var moved = Pass();
        net.MoveTo(0, 0);

        Assert.NotEqual(first, second);
        Assert.NotEqual(first, moved);
        Assert.Equal(first, Pass());
    }

    [Fact]
    public void S5_is_the_DARTS_network_to_the_bit()
    {
        using var scope = NewDisposeScope();
        float[] Logits(string name)
        {
            using var net = new DartsSupernet(SearchSpaces.Get(name), 2, 3, 1, 10, 5, CPU);
            Tensor[] mixtures = [full([112], 0.125f), full([112], 0.125f)];
            return net.Forward(tensor(Enumerable.Range(0, 512).Select(i => i / 512f).ToArray(), [2, 1, 16, 16]), mixtures, Mode.Train).data<float>().ToArray();
        }
        Assert.Equal(Logits("darts"), Logits("robust-s5"));
    }

    [Fact]
    public void In_S1_an_edge_mixes_its_own_two_operations()
    {
        using var scope = NewDisposeScope();
        var space = SearchSpaces.Get("robust-s1");
        using var net = new DartsSupernet(space, 2, 3, 1, 10, 5, CPU);
        var names = net.Weights.Parameters.Select(p => p.Name).ToList();

        // Cell 0 is normal, cells 1 and 2 reduce: edge 1 holds skip and dil5 in one, max pool and dil3 in the others.
        Assert.Contains(names, n => n.StartsWith("cells.0.edges.1.dil_conv_5x5.", StringComparison.Ordinal));
        Assert.DoesNotContain(names, n => n.StartsWith("cells.0.edges.1.dil_conv_3x3.", StringComparison.Ordinal));
        Assert.Contains(names, n => n.StartsWith("cells.1.edges.1.dil_conv_3x3.", StringComparison.Ordinal));
        Assert.Equal(names, net.ActiveParameters.Select(p => p.Name));
    }
}
