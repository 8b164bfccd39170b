using NasFarm.Analysis.Statistics;

namespace NasFarm.Analysis.Tests.Statistics;

public sealed class GroupSequentialTests
{
    /// <summary>Boundaries of the O'Brien–Fleming-type spending function at a two-sided level of .05, equal looks, as every program for
    /// group-sequential trials prints them.</summary>
    [Theory]
    [InlineData(1, new[] { 1.9600 })]
    [InlineData(2, new[] { 2.9626, 1.9686 })]
    [InlineData(3, new[] { 3.7103, 2.5114, 1.9930 })]
    [InlineData(4, new[] { 4.3326, 2.9631, 2.3590, 2.0141 })]
    [InlineData(5, new[] { 4.8769, 3.3569, 2.6803, 2.2898, 2.0310 })]
    public void Boundaries_of_equal_looks_are_the_published_ones(int looks, double[] expected)
    {
        var boundaries = GroupSequential.Boundaries(0.05, [.. Enumerable.Range(1, looks).Select(k => (double)k / looks)]);

        Assert.All(expected.Zip(boundaries), pair => Assert.Equal(pair.First, pair.Second, 2e-4));
    }

    [Fact]
    public void The_looks_of_a_top_up_spend_the_level_and_no_more()
    {
        double[] seeds = [5, 10, 20, 40];
        var boundaries = GroupSequential.Boundaries(0.05, [.. seeds.Select(n => n / 40)]);

        // A random walk of independent increments, 200,000 times from one seed: how often does any look stop?
        var random = new Random(20200114);
        const int trials = 200_000;
        var stops = 0;
        for (var trial = 0; trial < trials; trial++)
        {
            double sum = 0, before = 0;
            for (var k = 0; k < seeds.Length; k++)
            {
                var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                sum += normal * Math.Sqrt(seeds[k] - before);
                before = seeds[k];
                if (Math.Abs(sum) / Math.Sqrt(seeds[k]) >= boundaries[k])
                {
                    stops++;
                    break;
                }
            }
        }

        // Three standard errors of a share of .05.
        Assert.Equal(0.05, (double)stops / trials, 3 * Math.Sqrt(0.05 * 0.95 / trials));
        Assert.True(GroupSequential.NominalLevel(boundaries[0]) < 1e-7, "The first look stops at next to nothing.");
        Assert.True(boundaries.Zip(boundaries.Skip(1)).All(pair => pair.First > pair.Second), "Boundaries fall from look to look.");
    }

    [Theory]
    [InlineData(0.05, 0.1)]
    [InlineData(0.01, 0.5)]
    [InlineData(0.2, 1)]
    public void The_first_boundary_is_that_of_the_spent_level_alone(double alpha, double fraction)
    {
        var boundary = GroupSequential.Boundaries(alpha, [fraction])[0];

        Assert.Equal(2 * GroupSequential.Spent(alpha / 2, fraction), GroupSequential.NominalLevel(boundary), 1e-9);
    }

    [Theory]
    [InlineData(0, new[] { 1.0 })]
    [InlineData(0.05, new double[0])]
    [InlineData(0.05, new[] { 0.5, 0.5 })]
    [InlineData(0.05, new[] { 0.5, 1.2 })]
    public void Levels_and_looks_that_are_none_are_refused(double alpha, double[] fractions) =>
        Assert.Throws<ArgumentException>(() => GroupSequential.Boundaries(alpha, fractions));
}
