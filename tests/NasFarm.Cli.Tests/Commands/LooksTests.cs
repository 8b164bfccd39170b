using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Commands;

/// <summary>A sweep that grows by looks, as a person runs it.</summary>
public sealed class LooksTests : IDisposable
{
    private readonly Workplace place = new() { LeaseSeconds = null };

    public void Dispose() => place.Dispose();

    [Fact, Trait("Tier", "all")]
    public async Task A_sweep_grows_to_its_last_look_and_every_command_says_where_it_stands()
    {
        var manifest = place.Write("looks.yaml", Manifests.Sweep("grows", 2, Manifests.Darts, Manifests.RandomCells)
            .Replace("{ start: 0, count: 2 }", "{ looks: [2, 3] }").Replace("batchIncrease: 0, ", "") + "  comparison: { primary: [darts, random] }\n");

        var plan = await place.MustRunAsync("plan", manifest, "--no-measure");
        Assert.Contains("Looks after 2, 3 seeds per arm", plan.Output, StringComparison.Ordinal);
        Assert.Matches("2 +3 +0\\.0[0-9]+ ", plan.Output);

        var ran = await place.MustRunAsync("run", manifest, "--slots", "2");
        Assert.Contains("undecided at the look after 2 seeds: fewer than 5 seeds test nothing: the next seeds are added, 2 units may run", ran.Output, StringComparison.Ordinal);
        Assert.Contains("undecided at the last look, after 3 seeds: fewer than 5 seeds test nothing: no more seeds", ran.Output, StringComparison.Ordinal);
        Assert.Contains("6 declared = 6 finished", ran.Output, StringComparison.Ordinal);
        Assert.Equal("", ran.Errors);

        Assert.Contains("Looks after 2, 3 seeds: 2 taken, over; undecided at the last look, after 3 seeds",
            (await place.MustRunAsync("status")).Output, StringComparison.Ordinal);
        Assert.Contains("\nLooks\n", (await place.MustRunAsync("compare")).Output, StringComparison.Ordinal);
        Assert.Contains("6 reused", (await place.MustRunAsync("run", manifest)).Output, StringComparison.Ordinal);
    }
}
