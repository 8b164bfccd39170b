using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;

namespace NasFarm.Farm.Tests.Coordination;

public sealed class PlaceboDrawTests
{
    [Fact]
    public void A_draw_is_a_function_of_seed_and_phase()
    {
        // SHA-256 of "placebo/7/0" … "placebo/7/7", first 64 bits modulo 3.
        Assert.Equal(Golden, Enumerable.Range(0, 8).Select(p => PlaceboDraw.Choose(7, p, 3)));
    }

    [Fact]
    public void Every_source_is_drawn_about_equally_often()
    {
        var counts = Enumerable.Range(0, 3000).CountBy(seed => PlaceboDraw.Choose(seed, 2, 3)).ToDictionary();

        Assert.All(counts.Values, count => Assert.InRange(count, 900, 1100));
    }

    [Fact]
    public void Each_phase_takes_the_stop_of_one_source_in_the_same_phase()
    {
        IReadOnlyList<PlaceboStop>[] sources = [[new(5, 0), new(6, 1)], [new(7, 2), new(null, null), new(9, 4)]];

        for (var seed = 0; seed < 20; seed++)
        {
            var stops = PlaceboDraw.Draw(seed, sources);
            Assert.Equal(3, stops.Count);
            Assert.Equal(sources[PlaceboDraw.Choose(seed, 0, 2)][0], stops[0]);
            Assert.Equal(sources[PlaceboDraw.Choose(seed, 1, 2)][1], stops[1]);
            Assert.Equal(new(9, 4), stops[2]);
        }
    }

    [Fact]
    public void A_phase_that_ran_to_its_cap_has_no_stop() =>
        Assert.Equal(new(null, null), PlaceboDraw.Read(1, """{"phase":1,"triggered":false,"triggerAfter":null,"returnTo":null}"""));

    [Theory]
    [InlineData("""{"phase":2,"triggered":false}""", "says phase 2")]
    [InlineData("""{"phase":1,"triggered":true,"triggerAfter":null,"returnTo":3}""", "must be")]
    [InlineData("[]", "must be")]
    public void A_record_of_another_shape_is_refused(string detail, string because) =>
        Assert.Contains(because, Assert.Throws<InvalidDataException>(() => PlaceboDraw.Read(1, detail)).Message);

    private static int[] Golden => [0, 0, 0, 1, 1, 0, 0, 1];
}
