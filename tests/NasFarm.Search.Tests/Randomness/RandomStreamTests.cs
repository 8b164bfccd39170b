using NasFarm.Search.Randomness;

namespace NasFarm.Search.Tests.Randomness;

public class RandomStreamTests
{
    private static uint[] Words(RandomStream stream, int count) => [.. Enumerable.Range(0, count).Select(_ => stream.NextUInt32())];

    [Fact]
    public void The_first_words_of_a_stream_never_change()
    {
        // key = first 8 bytes of SHA-256(seed as 8 bytes little-endian, "augmentation"), counter = (block, item, step, 0); computed in Python
        var stream = new RandomStream(2, StreamNames.Augmentation, step: 7, item: 41);
        Assert.Equal(GoldenWords, Words(stream, 6));
    }

    [Fact]
    public void A_stream_continues_at_any_position_as_if_never_left()
    {
        var straight = Words(new RandomStream(5, StreamNames.DropPath, 3), 50);
        for (var start = 0; start < 50; start++)
            Assert.Equal(straight[start..], Words(new RandomStream(5, StreamNames.DropPath, 3) { Position = start }, 50 - start));
    }

    [Fact]
    public void What_another_stream_draws_does_not_matter()
    {
        var alone = new RandomStream(1, StreamNames.WeightOrder, 4).Permutation(20);
        var other = new RandomStream(1, StreamNames.AlphaOrder, 4);
        Words(other, 13);
        Assert.Equal(alone, new RandomStream(1, StreamNames.WeightOrder, 4).Permutation(20));
    }

    [Fact]
    public void Seed_name_part_step_and_item_each_change_the_numbers()
    {
        var streams = new[]
        {
            new RandomStream(1, "a"), new RandomStream(2, "a"), new RandomStream(-1, "a"), new RandomStream(1, "b"),
            new RandomStream(1, "a", part: "x"), new RandomStream(1, "a", part: "y"), new RandomStream(1, "a", step: 1),
            new RandomStream(1, "a", step: 1L << 32), new RandomStream(1, "a", item: 1), new RandomStream(1, "a", step: 1, item: 1),
        };
        Assert.Equal(streams.Length, streams.Select(s => s.NextUInt64()).Distinct().Count());
    }

    [Fact]
    public void An_item_is_the_same_however_it_is_opened() =>
        Assert.Equal(Words(new RandomStream(9, "a", 2, item: 77), 9), Words(new RandomStream(9, "a", 2, item: 3).Item(77), 9));

    [Fact]
    public void A_stream_ends_instead_of_repeating_itself()
    {
        var stream = new RandomStream(1, "a") { Position = (4L << 32) - 1 };
        stream.NextUInt32();
        Assert.Throws<InvalidOperationException>(() => stream.NextUInt32());
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Position = -1);
    }

    [Fact]
    public void Permutations_hold_every_number_once()
    {
        for (var count = 0; count < 60; count++)
            Assert.Equal(Enumerable.Range(0, count), new RandomStream(3, "a", count).Permutation(count).Order());
    }

    [Fact]
    public void A_sample_is_the_front_of_the_permutation()
    {
        for (var count = 1; count < 30; count++)
            for (var drawn = 0; drawn <= count; drawn++)
                Assert.Equal(new RandomStream(3, "a", count).Permutation(count)[..drawn], new RandomStream(3, "a", count).Sample(count, drawn));
    }

    [Fact]
    public void All_permutations_of_four_come_equally_often()
    {
        var counts = Enumerable.Range(0, 24_000).Select(i => string.Concat(new RandomStream(11, "a", i).Permutation(4)))
            .GroupBy(p => p).Select(g => (double)g.Count()).ToList();
        Assert.Equal(24, counts.Count);
        Assert.True(counts.Sum(c => (c - 1000) * (c - 1000) / 1000) < 49.7, "χ² with 23 degrees of freedom exceeds its 0.999 quantile"); // fixed seed: no flake
    }

    [Fact]
    public void Integers_stay_in_range_and_are_unbiased()
    {
        var stream = new RandomStream(8, "a");
        var counts = new double[7];
        for (var i = 0; i < 70_000; i++)
            counts[stream.NextInt(7)]++;
        Assert.True(counts.Sum(c => (c - 10_000) * (c - 10_000) / 10_000) < 22.5);
        const int threeQuarters = 1_610_612_736; // 3 · 2^29: taking words modulo this would favour the lower third two to one
        var low = Enumerable.Range(0, 30_000).Count(_ => stream.NextInt(threeQuarters) < threeQuarters / 3);
        Assert.InRange(low, 9_700, 10_300);
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.NextInt(0));
    }

    [Fact]
    public void Real_numbers_have_the_moments_of_their_distribution()
    {
        var stream = new RandomStream(4, "a");
        var uniform = Enumerable.Range(0, 40_000).Select(_ => stream.NextDouble()).ToList();
        Assert.All(uniform, u => Assert.InRange(u, 0, 1 - 1e-16));
        Assert.InRange(uniform.Average(), .495, .505);

        var normal = new float[40_000];
        stream.FillNormal(normal, 1, 2);
        Assert.InRange(normal.Average(), .97, 1.03);
        Assert.InRange(Math.Sqrt(normal.Average(x => (x - 1.0) * (x - 1.0))), 1.98, 2.02);
        Assert.InRange(normal.Average(x => Math.Pow((x - 1) / 2, 4)), 2.85, 3.15);

        Assert.InRange(Enumerable.Range(0, 40_000).Average(_ => stream.NextGumbel()), .56, .595); // Euler's constant .5772
        var ones = new float[40_000];
        stream.FillBernoulli(ones, .8);
        Assert.InRange(ones.Average(), .79, .81);
        Assert.All(ones, b => Assert.True(b is 0 or 1));
    }

    [Fact]
    public void Stream_names_are_distinct_and_complete()
    {
        var constants = typeof(StreamNames).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).ToList();
        Assert.Equal(constants.Order(), StreamNames.All.Order());
        Assert.Equal(constants.Count, constants.Distinct().Count());
    }

    [Fact]
    public void Initial_weights_lie_within_the_fan_in_bound_and_belong_to_their_name()
    {
        float[] first = new float[2000], again = new float[2000], other = new float[2000];
        InitialValues.FanInUniform(first, 144, 2, "stem.weight");
        InitialValues.FanInUniform(again, 144, 2, "stem.weight");
        InitialValues.FanInUniform(other, 144, 2, "cells.0.weight");
        Assert.All(first, w => Assert.InRange(w, -1f / 12, 1f / 12));
        Assert.InRange(first.Max(), .99f / 12, 1f / 12);
        Assert.InRange(first.Min(), -1f / 12, -.99f / 12);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void Fresh_alphas_have_the_papers_scale()
    {
        var alphas = new float[5000];
        InitialValues.Alphas(alphas, 2, "alphas.normal");
        Assert.InRange(Math.Sqrt(alphas.Average(a => (double)a * a)), .97e-3, 1.03e-3);
    }

    private static readonly uint[] GoldenWords = [0x8fc139b2, 0xb0668530, 0xd3dba1a8, 0x4ace9606, 0xb78aa081, 0x24a997fb];
}
