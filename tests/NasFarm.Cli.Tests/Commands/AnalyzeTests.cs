using System.Text.Json;
using System.Text.RegularExpressions;
using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Commands;

/// <summary>Analyses of recorded data and the catalogs, as a person calls them.</summary>
[Collection(FinishedFarm.Name)]
public sealed class AnalyzeTests(FinishedFarm farm)
{
    private Workplace Place => farm.Place;

    [Fact]
    public async Task Early_stop_rules_are_replayed_on_a_sweep_and_on_a_table()
    {
        var sweep = await Place.MustRunAsync("analyze", "es", "greedy", "--rule", "sgas-es,window=1,delta=1,factor=1.0001");
        Assert.Contains("darts seed 0", sweep.Output, StringComparison.Ordinal);
        Assert.Contains("sgas seed 0", sweep.Output, StringComparison.Ordinal);

        // The worked example of spec/algorithms.md §3.3, with Windows line ends and a byte order mark.
        var table = Place.Write("lambda.csv", "\uFEFFEpoch,λmax,seed\r\n0,.10,7\r\n1,.11,7\r\n2,.12,7\r\n3,.11,7\r\n4,.13,7\r\n5,.20,7\r\n");
        var text = await Place.MustRunAsync("analyze", "es", "--csv", table);
        Assert.Matches("seed 7 +sgas-es +5 +0 +1\\.3968", text.Output);
        using var json = JsonDocument.Parse((await Place.MustRunAsync("analyze", "es", "--csv", table, "--rule", "sgas-es", "--run", "7", "--json")).Output);
        Assert.Equal(5, json.RootElement[0].GetProperty("trigger").GetProperty("epoch").GetInt32());
    }

    [Fact]
    public async Task Compare_shows_lambda_and_the_cells()
    {
        var text = await Place.MustRunAsync("compare", "greedy");
        Assert.Contains("λmax (medians over runs", text.Output, StringComparison.Ordinal);
        Assert.Matches("random +normal +[0-9.]+ +[0-9]+ +[0-9]+ +1 +1 +– +–", text.Output);
        using var json = JsonDocument.Parse((await Place.MustRunAsync("compare", "greedy", "--json")).Output);
        Assert.All(json.RootElement.GetProperty("arms").EnumerateArray(), arm => Assert.Equal(6, arm.GetProperty("cells").GetProperty("edges").GetArrayLength()));
    }

    [Fact]
    public async Task Rankings_of_a_table_are_compared_with_the_truth()
    {
        var scores = Place.Write("scores.csv", "child,seed,0,1\na,0,1,1\nb,0,2,2\nc,0,3,3\na,1,1,1\nb,1,2,3\nc,1,3,2\n");
        var truth = Place.Write("truth.csv", "child,score\na,1\nb,2\nc,3\n");
        var text = await Place.MustRunAsync("analyze", "ranks", "--csv", scores, "--truth", truth);
        Assert.Matches("S-Tau, between pairs of instances +1 +0\\.33", text.Output);
        Assert.Matches("GT-Tau, with the truth +2 +0\\.67", text.Output);
        using var json = JsonDocument.Parse((await Place.MustRunAsync("analyze", "ranks", "--csv", scores, "--json")).Output);
        Assert.Equal(2, json.RootElement.GetProperty("sTauCurve").GetArrayLength());
    }

    [Fact]
    public async Task An_ensemble_is_pruned()
    {
        var predictions = Place.Write("predictions.csv", "label,a,b,c\n0,0,0,1\n0,0,0,0\n1,1,0,1\n1,1,1,1\n");
        var text = await Place.MustRunAsync("analyze", "ensemble", "--predictions", predictions, "--method", "pap");
        Assert.Contains("pap keeps a, c", text.Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await Place.MustRunAsync("analyze", "ensemble", "--predictions", predictions, "--sign", "released", "--json")).Output);
        Assert.Equal(["all", "prs", "pap", "pie"], json.RootElement.GetProperty("ensembles").EnumerateArray().Select(e => e.GetProperty("method").GetString()));
    }

    [Fact]
    public async Task The_retrained_networks_of_a_sweep_are_an_ensemble()
    {
        using var place = new Workplace { LeaseSeconds = null };
        await place.MustRunAsync("run", place.Write("three.yaml", RandomCells("three", 3)), "--slots", "2", "--quiet");
        var text = (await place.MustRunAsync("analyze", "ensemble", "--method", "pie", "--keep", "2")).Output;
        Assert.Contains("random: fashion-mnist → fashion-mnist (nas-bench-201), cells of nas-bench-201\n32 images; ", text, StringComparison.Ordinal);
        Assert.Matches("pie +2 ", text);

        using var json = JsonDocument.Parse((await place.MustRunAsync("analyze", "ensemble", "three", "--json")).Output);
        var ensemble = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal("random", ensemble.GetProperty("arm").GetString());
        var report = ensemble.GetProperty("report");
        Assert.Equal(["all", "prs", "pap", "pie"], report.GetProperty("ensembles").EnumerateArray().Select(e => e.GetProperty("method").GetString()));
        // Alone, each network has to the last digit the accuracy that its job recorded.
        await using var store = await place.OpenStoreAsync();
        var sweep = Assert.Single(await store.ListSweepsAsync());
        var recorded = (await store.ReadResultAsync(sweep.SweepId))!.Runs.ToDictionary(r => $"seed {r.Spec.SearchSeed}", r => Assert.Single(r.Retrains).Outcome.TestAccuracy);
        Assert.Equal(recorded, report.GetProperty("members").EnumerateObject().ToDictionary(m => m.Name, m => m.Value.GetDouble()));
    }

    [Fact]
    public async Task An_ensemble_needs_networks_and_one_source()
    {
        Assert.Contains("greedy has no arm 'dart'; it has sgas, darts, random", (await RefusedAsync(Place, "greedy", "--arm", "dart")).Errors, StringComparison.Ordinal);
        Assert.Contains("two sources", (await RefusedAsync(Place, "greedy", "--predictions", "x.csv")).Errors, StringComparison.Ordinal);
        Assert.Contains("--keep is 2; the ensemble has 1 members", (await RefusedAsync(Place, "greedy", "--arm", "darts", "--keep", "2")).Errors, StringComparison.Ordinal);

        using var bare = new Workplace { LeaseSeconds = null };
        await bare.MustRunAsync("run", bare.Write("bare.yaml", RandomCells("bare", 1).Split("  retrain:")[0]), "--quiet");
        Assert.Contains("bare has no retrained network yet", (await RefusedAsync(bare, "bare")).Errors, StringComparison.Ordinal);

        static async Task<Ended> RefusedAsync(Workplace place, params string[] arguments)
        {
            var ended = await place.RunAsync(["analyze", "ensemble", .. arguments]);
            Assert.True(ended.ExitCode == ExitCodes.BadInput, ended.ToString());
            return ended;
        }
    }

    /// <summary>A sweep of random cells alone: no search takes any time.</summary>
    private static string RandomCells(string name, int seeds) =>
        Regex.Replace(Manifests.Sweep(name, seeds, Manifests.RandomCells), "  defaults:\n.*\n", "");

    [Fact]
    public async Task Methods_and_spaces_are_listed_and_explained()
    {
        Assert.Contains("sgas-es-placebo", (await Place.MustRunAsync("methods")).Output, StringComparison.Ordinal);
        Assert.Contains("phaseEpochs = 15", (await Place.MustRunAsync("methods", "sgas-es")).Output, StringComparison.Ordinal);
        Assert.Contains("dil_conv_5x5 (d5)", (await Place.MustRunAsync("spaces", "darts")).Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await Place.MustRunAsync("spaces", "--json")).Output);
        Assert.Contains("nas-bench-201", json.RootElement.EnumerateArray().Select(s => s.GetProperty("name").GetString()));
    }
}
