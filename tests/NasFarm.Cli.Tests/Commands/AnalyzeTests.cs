using System.Text.Json;
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
    public async Task Methods_and_spaces_are_listed_and_explained()
    {
        Assert.Contains("sgas-es-placebo", (await Place.MustRunAsync("methods")).Output, StringComparison.Ordinal);
        Assert.Contains("phaseEpochs = 15", (await Place.MustRunAsync("methods", "sgas-es")).Output, StringComparison.Ordinal);
        Assert.Contains("dil_conv_5x5 (d5)", (await Place.MustRunAsync("spaces", "darts")).Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await Place.MustRunAsync("spaces", "--json")).Output);
        Assert.Contains("nas-bench-201", json.RootElement.EnumerateArray().Select(s => s.GetProperty("name").GetString()));
    }
}
