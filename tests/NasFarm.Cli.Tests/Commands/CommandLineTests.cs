using System.Text.Json;
using NasFarm.Cli.Tests.Kills;
using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Commands;

/// <summary>Every command on a finished farm, as a person or a script calls it.</summary>
[Collection(FinishedFarm.Name)]
public sealed class CommandLineTests(FinishedFarm farm)
{
    private Workplace Place => farm.Place;

    [Fact]
    public void Redirected_progress_is_a_line_per_unit_and_the_comparison()
    {
        Assert.Contains("3 seed-runs, 3 new", farm.First.Output, StringComparison.Ordinal);
        Assert.Contains("darts seed 0 phase 0: search finished after 3 epochs", farm.First.Output, StringComparison.Ordinal);
        Assert.Contains("sgas seed 0 retrain on fashion-mnist: test accuracy", farm.First.Output, StringComparison.Ordinal);
        Assert.Contains("3 of 3 seed-runs finished", farm.First.Output, StringComparison.Ordinal);
        Assert.Contains("3 declared = 3 finished + 0 failed + 0 cancelled + 0 open", farm.First.Output, StringComparison.Ordinal);
        Assert.Equal("", farm.First.Errors);
        Assert.DoesNotContain("\e[", farm.First.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_reuses_everything_and_trains_nothing()
    {
        var attempts = FarmRows.Attempts(Place.Database);
        var again = await Place.MustRunAsync("run", farm.Manifest);
        Assert.Contains("3 reused", again.Output, StringComparison.Ordinal);
        Assert.Equal(attempts, FarmRows.Attempts(Place.Database));
    }

    [Fact]
    public async Task A_run_as_json_is_one_document()
    {
        var ended = await Place.MustRunAsync("run", farm.Manifest, "--json", "--report");
        using var json = JsonDocument.Parse(ended.Output);
        Assert.Equal("AllOver", json.RootElement.GetProperty("ending").GetString());
        var report = ended.Errors.Trim()["Report: ".Length..];
        Assert.StartsWith("<!doctype html", await File.ReadAllTextAsync(report), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_plan_says_what_is_known_and_writes_nothing()
    {
        var text = await Place.MustRunAsync("plan", farm.Manifest, "--no-measure");
        Assert.Contains("greedy", text.Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await Place.MustRunAsync("plan", farm.Manifest, "--no-measure", "--json")).Output);
        Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);

        var elsewhere = Path.Combine(Place.Folder, "never-run");
        await Place.MustRunAsync("plan", farm.Manifest, "--home", elsewhere, "--no-measure");
        Assert.False(Directory.Exists(elsewhere));
    }

    [Fact]
    public async Task A_plan_measures_real_steps()
    {
        var plan = await Place.MustRunAsync("plan", farm.Manifest);
        Assert.DoesNotContain("not measured", plan.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Status_counts_every_run()
    {
        var text = await Place.MustRunAsync("status");
        Assert.Contains("3 declared = 3 finished + 0 failed", text.Output, StringComparison.Ordinal);
        Assert.Contains(farm.RandomRun, text.Output, StringComparison.Ordinal);

        var one = await Place.MustRunAsync("status", "--runs", "1");
        Assert.Contains("3 declared = 3 finished + 0 failed", one.Output, StringComparison.Ordinal);
        Assert.Contains("… and 2 more: 'nasfarm status greedy --runs 3' shows them all.", one.Output, StringComparison.Ordinal);
        var wrong = await Place.RunAsync("status", "--runs", "-1");
        Assert.True(wrong.ExitCode == ExitCodes.BadInput, wrong.ToString());
        Assert.Contains("--runs is '-1'; it must be a whole number, 0 or more.", wrong.Errors, StringComparison.Ordinal);

        using var json = JsonDocument.Parse((await Place.MustRunAsync("status", "greedy", "--json")).Output);
        Assert.Equal(3, json.RootElement.GetProperty("sweep").GetProperty("counts").GetProperty("finished").GetInt32());
        Assert.All(json.RootElement.GetProperty("runs").EnumerateArray(), run => Assert.Equal("finished", run.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Compare_prints_text_json_and_a_report()
    {
        var report = Path.Combine(Place.Folder, "comparison.html");
        var text = await Place.MustRunAsync("compare", "greedy", "--report", report);
        Assert.Contains("random", text.Output, StringComparison.Ordinal);
        Assert.True(new FileInfo(report).Length > 0);
        using var json = JsonDocument.Parse((await Place.MustRunAsync("compare", "--json")).Output);
        Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
    }

    [Fact]
    public async Task Export_writes_tables_or_one_json_file()
    {
        var folder = Path.Combine(Place.Folder, "export");
        await Place.MustRunAsync("export", "--to", folder);
        await Place.MustRunAsync("export", "greedy", "--to", folder, "--format", "json");
        Assert.Equal(
            ["arms.csv", "contrasts.csv", "decisions.csv", "dictionary.csv", "runs.csv", "sweep.json", "tests.csv", "trajectories.csv"],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "sweep.json")));
        Assert.Equal(3, json.RootElement.GetProperty("runs").GetArrayLength());
        Assert.Contains(farm.RandomRun, await File.ReadAllTextAsync(Path.Combine(folder, "runs.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_draws_published_cells_and_the_cells_of_runs()
    {
        Assert.Contains("skip_connect", (await Place.MustRunAsync("show", "DARTS_V2")).Output, StringComparison.Ordinal);
        Assert.Contains("~0|+|", (await Place.MustRunAsync("show", farm.RandomRun)).Output, StringComparison.Ordinal);
        var svg = Path.Combine(Place.Folder, "cell.svg");
        await Place.MustRunAsync("show", farm.RandomRun, "--svg", svg);
        Assert.StartsWith("<svg", await File.ReadAllTextAsync(svg), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_says_that_nothing_failed() =>
        Assert.StartsWith("0 failed units", (await Place.MustRunAsync("retry", "greedy")).Output, StringComparison.Ordinal);

    [Fact]
    public async Task Control_of_what_is_over_says_that_nothing_is_left()
    {
        Assert.Contains("no run of it was unfinished", (await Place.MustRunAsync("pause", farm.RandomRun)).Output, StringComparison.Ordinal);
        Assert.Contains("0 runs go on", (await Place.MustRunAsync("resume", farm.RandomRun)).Output, StringComparison.Ordinal);
        Assert.Contains("0 units will not run", (await Place.MustRunAsync("cancel", "greedy/seed=0")).Output, StringComparison.Ordinal);
        Assert.Contains("3 declared = 3 finished + 0 failed", (await Place.MustRunAsync("status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeated_operation_answers_the_same_and_does_nothing()
    {
        var first = await Place.MustRunAsync("priority", "greedy", "-7", "--operation", "op-1", "--json");
        await Place.MustRunAsync("priority", "greedy", "0");
        var again = await Place.MustRunAsync("priority", "greedy", "-7", "--operation", "op-1", "--json");

        Assert.Equal(first.Output, again.Output);
        using var json = JsonDocument.Parse(again.Output);
        Assert.Equal("op-1", json.RootElement.GetProperty("operation").GetString());
        Assert.Equal(-7, json.RootElement.GetProperty("effect").GetProperty("now").GetInt32());
        await using (var store = await Place.OpenStoreAsync())
            Assert.Equal(0, Assert.Single(await store.ListSweepsAsync()).Priority);

        var other = await Place.RunAsync("priority", "greedy", "8", "--operation", "op-1");
        Assert.True(other.ExitCode == ExitCodes.BadInput, other.ToString());
        var run = await Place.RunAsync("priority", farm.RandomRun, "5");
        Assert.True(run.ExitCode == ExitCodes.BadInput, run.ToString());
        Assert.Contains("A priority is a whole sweep's: 'nasfarm priority s-", run.Errors, StringComparison.Ordinal);
        var slip = await Place.RunAsync("pause", "greeedy");
        Assert.Contains("There is no sweep, run or unit 'greeedy'; did you mean 'greedy'?", slip.Errors, StringComparison.Ordinal);
        var unit = FarmRows.Units(Place.Database)[0].UnitId;
        Assert.Contains("A unit is paused with its run", (await Place.RunAsync("pause", unit)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_sweep_is_gone_with_its_files_after_somebody_agreed()
    {
        using var place = new Workplace { LeaseSeconds = null };
        Directory.CreateDirectory(place.Home);
        File.Copy(Place.Database, place.Database);

        var asked = await place.RunAsync("delete", "greedy");
        Assert.True(asked.ExitCode == ExitCodes.BadInput, asked.ToString());
        Assert.Contains("deletes 3 runs", asked.Errors, StringComparison.Ordinal);
        Assert.Contains("There is no terminal to ask on: add --yes. Nothing was deleted.", asked.Errors, StringComparison.Ordinal);
        Assert.Contains("No sweep is that old and over.", (await place.MustRunAsync("delete", "--older-than", "1d", "--yes")).Output, StringComparison.Ordinal);

        var done = await place.MustRunAsync("delete", "greedy", "--yes", "--operation", "op-1");
        Assert.Contains("deleted, with 3 runs", done.Output, StringComparison.Ordinal);
        Assert.Equal(done.Output, (await place.MustRunAsync("delete", "greedy", "--yes", "--operation", "op-1")).Output);
        Assert.Contains("no sweeps yet", (await place.RunAsync("status")).Errors, StringComparison.Ordinal);
        Assert.Empty(FarmRows.Units(place.Database));
    }

    [Fact]
    public async Task Why_tells_of_a_run_by_the_start_of_its_id()
    {
        Assert.Contains("nothing waits: every unit is done", (await Place.MustRunAsync("why", farm.RandomRun)).Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await Place.MustRunAsync("why", farm.RandomRun[..12], "--json")).Output);
        Assert.Equal(farm.RandomRun, json.RootElement.GetProperty("runId").GetString());
        Assert.All(json.RootElement.GetProperty("units").EnumerateArray(), unit => Assert.Equal("done", unit.GetProperty("state").GetString()));

        var slip = farm.RandomRun[..^1] + (farm.RandomRun[^1] == '0' ? '1' : '0');
        var unknown = await Place.RunAsync("why", slip);
        Assert.Equal(ExitCodes.BadInput, unknown.ExitCode);
        Assert.Contains($"There is no run '{slip}'; did you mean '{farm.RandomRun}'?", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_waits_says_why_and_a_quota_is_kept()
    {
        using var place = new Workplace { LeaseSeconds = null };
        var manifest = place.Write("sweep.yaml", Manifests.Sweep("labelled", 1, Manifests.Sgas, Manifests.Darts, Manifests.RandomCells) + "  execution: { resources: { labels: [a100] } }\n");
        var stuck = await place.RunAsync("run", manifest, "--slots", "1", "--quiet");
        Assert.True(stuck.ExitCode == ExitCodes.Stuck, stuck.ToString());
        Assert.Contains("needs a cpu slot with label a100; none of the 1 living cpu slots is so", stuck.Errors, StringComparison.Ordinal);
        using var status = JsonDocument.Parse((await place.MustRunAsync("status", "--json")).Output);
        var run = status.RootElement.GetProperty("runs")[0];
        var why = await place.MustRunAsync("why", run.GetProperty("runId").GetString()!);
        Assert.Contains("search phase 0   waiting    needs a cpu slot with label a100; no slot lives", why.Output, StringComparison.Ordinal);
        Assert.Contains(run.GetProperty("reasonText").GetString()!, why.Output, StringComparison.Ordinal);

        await place.MustRunAsync("quota", "set", "default", "--slots", "0");
        var limited = await place.RunAsync("run", manifest, "--slots", "1", "--quiet", "--label", "a100", "--memory", "1GiB");
        Assert.Contains("tenant default may use 0 slots at once and uses 0", limited.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Stuck, limited.ExitCode);
        Assert.Contains("any number of slots", (await place.MustRunAsync("quota", "set", "default", "--slots", "none", "--weight", "3")).Output, StringComparison.Ordinal);
        using var quotas = JsonDocument.Parse((await place.MustRunAsync("quota", "list", "--json")).Output);
        Assert.Equal(3, quotas.RootElement[0].GetProperty("weight").GetInt32());
        await place.MustRunAsync("run", manifest, "--slots", "1", "--quiet", "--label", "a100");
        Assert.Contains("default", (await place.MustRunAsync("quota", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_lists_and_verifies_what_is_here()
    {
        Assert.Contains("96 +     32 images (a part)", (await Place.MustRunAsync("data", "list")).Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await Place.MustRunAsync("data", "list", "--json")).Output);
        Assert.True(json.RootElement.GetArrayLength() > 1);
    }

    [Fact]
    public async Task A_replay_agrees_to_the_byte_and_leaves_nothing_behind()
    {
        var sgas = FarmRows.Units(Place.Database).First(u => u.Arm == "sgas").RunId;
        var replay = await Place.MustRunAsync("replay", sgas);
        Assert.Contains("the replay agrees in all", replay.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(Place.Folder, "tmp"), "nasfarm-replay-*"));
    }

    [Fact]
    public async Task A_replay_finds_a_result_that_was_changed()
    {
        using var place = new Workplace { LeaseSeconds = null };
        Directory.CreateDirectory(place.Home);
        File.Copy(Place.Database, place.Database);
        Assert.Equal(1, FarmRows.Tamper(place.Database,
            $"""
            UPDATE metric SET value = value + 1e-9 WHERE (unit_id, step, name) IN
              (SELECT m.unit_id, m.step, m.name FROM metric m JOIN unit u ON u.unit_id = m.unit_id
                WHERE u.run_id = '{farm.RandomRun}' AND m.timing = 0 AND m.value IS NOT NULL LIMIT 1)
            """));

        var text = await place.RunAsync("replay", farm.RandomRun);
        Assert.True(text.ExitCode == ExitCodes.Mismatch, text.ToString());
        Assert.Contains("the replay differs from line", text.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("submit")]
    [InlineData("worker")]
    [InlineData("slots")]
    [InlineData("cordon")]
    [InlineData("drain")]
    [InlineData("uncordon")]
    [InlineData("plan")]
    [InlineData("status")]
    [InlineData("compare")]
    [InlineData("analyze")]
    [InlineData("analyze", "es")]
    [InlineData("analyze", "ranks")]
    [InlineData("analyze", "ensemble")]
    [InlineData("methods")]
    [InlineData("spaces")]
    [InlineData("export")]
    [InlineData("show")]
    [InlineData("bundle")]
    [InlineData("replay")]
    [InlineData("retry")]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("cancel")]
    [InlineData("priority")]
    [InlineData("delete")]
    [InlineData("why")]
    [InlineData("quota")]
    [InlineData("quota", "set")]
    [InlineData("quota", "list")]
    [InlineData("data")]
    [InlineData("data", "fetch")]
    [InlineData("trainer")]
    public async Task Every_command_explains_itself(params string[] command)
    {
        var help = await Place.MustRunAsync([.. command, "--help"]);
        Assert.Contains($"nasfarm {string.Join(' ', command)}", help.Output, StringComparison.Ordinal);
        Assert.Equal("", help.Errors);
    }
}
