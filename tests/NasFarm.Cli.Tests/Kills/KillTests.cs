using NasFarm.Cli.Tests.Programs;
using Xunit.Abstractions;

namespace NasFarm.Cli.Tests.Kills;

/// <summary>Resume equals never having stopped: whatever kills, stops or suspends which process at which moment, the sweep ends with the bytes
/// of the undisturbed one, nothing lost, nothing twice. Moments are drawn from the printed seed.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, Blow.KillOrchestrator, "rolled-back phase")]
    [InlineData(3, Blow.KillBoth, "darts")]
    [InlineData(4, Blow.KillTrainer, "retrain")]
    [InlineData(5, Blow.Suspend, "single")]
    [InlineData(7, Blow.Interrupt, "early-stopping")]
    [InlineData(8, Blow.Terminate, "single")]
    public Task A_disturbed_sweep_ends_with_the_bytes_of_the_undisturbed_one(int seed, Blow blow, string where) => Survive(seed, where, blow);

    [Theory]
    [Trait("Tier", "all")]
    [InlineData(2, Blow.KillTrainer, "rolled-back phase")]
    [InlineData(6, Blow.SuspendBesideRival, "sgas")]
    public Task Nor_do_slower_blows_change_them(int seed, Blow blow, string where) => Survive(seed, where, blow);

    [Theory]
    [Trait("Tier", "chaos")]
    [MemberData(nameof(ManySeeds))]
    public Task Blow_after_blow_changes_nothing(int seed)
    {
        var random = new Random(seed);
        string[] places = ["rolled-back phase", "sgas", "darts", "retrain", "early-stopping", "placebo", "random", "anywhere"];
        // Every blow meets every place within the seeds; how many blows follow each other is drawn.
        var first = Enum.GetValues<Blow>()[seed % Enum.GetValues<Blow>().Length];
        var blows = new[] { first }.Concat(Enumerable.Range(0, random.Next(3)).Select(_ => random.GetItems(Enum.GetValues<Blow>(), 1)[0]));
        return Survive(seed, places[seed % places.Length], [.. blows.OrderBy(EndsTheSweep)]);
    }

    public static TheoryData<int> ManySeeds() => [.. Enumerable.Range(100, 48)];

    /// <summary>Blows that the program outlives come last: after them the sweep is over.</summary>
    private static bool EndsTheSweep(Blow blow) => blow is Blow.KillTrainer or Blow.Suspend or Blow.SuspendBesideRival;

    private async Task Survive(int seed, string where, params Blow[] blows)
    {
        var (sweep, hits) = Choose(where);
        var reference = await Reference.OfAsync(sweep);
        var units = reference.Units.Where(hits).ToList();
        Assert.NotEmpty(units);
        var random = new Random(seed);
        var disturbances = blows.Select(blow => Disturbance.Draw(random, blow, units)).ToList();
        for (var tries = 1; tries <= 5; tries++)
        {
            using var place = new Workplace();
            var manifest = place.Write($"{sweep}.yaml", Reference.Sweeps[sweep]);
            if (await AllFall(disturbances, place, manifest))
            {
                await EndsAsUndisturbed(place, manifest, sweep, reference);
                return;
            }
            // A sweep of milliseconds may be over before a blow falls; then it starts anew and is struck sooner.
            disturbances = [.. disturbances.Select(d => d.Sooner())];
        }
        Assert.Fail($"seed {seed}: the sweep was over before the blow, five times.");
    }

    private async Task EndsAsUndisturbed(Workplace place, string manifest, string sweep, Reference reference)
    {
        await place.MustRunAsync("run", manifest, "--slots", "2");
        output.WriteLine(FarmRows.Attempts(place.Database));

        Assert.Empty(FarmRows.LostOrDoubled(place.Database));
        var histories = await place.HistoriesAsync();
        Assert.NotEmpty(histories);
        foreach (var (run, history) in histories)
            Assert.Equal(reference.Histories[run], history);
        await using (var store = await place.OpenStoreAsync())
        {
            var counts = Assert.Single(await store.ListSweepsAsync()).Counts;
            Assert.Equal((histories.Count, 0, 0, 0), (counts.Finished, counts.Failed, counts.Cancelled, counts.Open));
            Assert.Equal(counts.Declared, counts.Finished);
            Assert.Equal(reference.Export, await Reference.ExportAsync(store, sweep));
        }
        Assert.True(await Eventually.Holds(() => place.Living.Count == 0), "A process outlives its sweep.");
    }

    private async Task<bool> AllFall(IReadOnlyList<Disturbance> disturbances, Workplace place, string manifest)
    {
        foreach (var disturbance in disturbances)
        {
            output.WriteLine($"{disturbance}, in {Path.GetFileName(manifest)}");
            if (!await disturbance.StrikeAsync(place, manifest))
                return false;
            if (EndsTheSweep(disturbance.Blow))
                break;
        }
        return true;
    }

    /// <summary>The sweep, and which of its units are struck.</summary>
    private static (string Sweep, Func<ReferenceUnit, bool> Hits) Choose(string where) => where switch
    {
        "rolled-back phase" => ("early-stopping", u => u.RolledBack),
        "early-stopping" => ("early-stopping", u => u.Kind == "search"),
        "placebo" => ("pairs", u => u is { Kind: "search", Arm: "sgas-es-placebo" }),
        "random" => ("greedy", u => u is { Kind: "search", Arm: "random" }),
        "retrain" => ("single", u => u.Kind == "retrain"),
        "single" => ("single", u => u.Kind == "search"),
        "anywhere" => ("pairs", _ => true),
        _ => ("greedy", u => u.Kind == "search" && u.Arm == where),
    };
}
