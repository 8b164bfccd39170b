using System.Diagnostics;
using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Kills;

/// <summary>What must not matter: how many slots, how many processes, who else uses the machine.</summary>
public sealed class SameBytesTests
{
    [Fact]
    public Task One_slot_ends_with_the_bytes_of_two() => SameAsReference("greedy", ["--slots", "1"]);

    [Fact]
    [Trait("Tier", "all")]
    public Task A_trainer_for_every_unit_ends_with_the_bytes_of_one_for_all() =>
        SameAsReference("early-stopping", ["--slots", "1"], ("NASFARM_FRESH_TRAINER", "1"));

    [Fact]
    [Trait("Tier", "all")]
    public async Task A_busy_neighbour_changes_nothing()
    {
        var neighbours = Enumerable.Range(0, 2).Select(_ => Process.Start("/bin/sh", ["-c", "while :; do :; done"])).ToList();
        try
        {
            await SameAsReference("single", ["--slots", "2"]);
        }
        finally
        {
            foreach (var neighbour in neighbours)
            {
                neighbour.Kill();
                neighbour.Dispose();
            }
        }
    }

    private static async Task SameAsReference(string sweep, string[] options, params (string Name, string Value)[] environment)
    {
        var reference = await Reference.OfAsync(sweep);
        using var place = new Workplace { LeaseSeconds = null };
        using var running = place.Start(["run", place.Write($"{sweep}.yaml", Reference.Sweeps[sweep]), .. options], environment);
        var ended = await running.EndAsync();
        Assert.True(ended.ExitCode == ExitCodes.Done, ended.ToString());

        var histories = await place.HistoriesAsync();
        Assert.NotEmpty(histories);
        foreach (var (run, history) in histories)
            Assert.Equal(reference.Histories[run], history);
        await using var store = await place.OpenStoreAsync();
        Assert.Equal(reference.Export, await Reference.ExportAsync(store, sweep));
    }
}
