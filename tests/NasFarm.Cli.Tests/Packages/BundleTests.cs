using System.Diagnostics;
using System.Text.Json;
using NasFarm.Cli.Tests.Commands;
using NasFarm.Cli.Tests.Kills;
using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Packages;

/// <summary>Reproduction packages of a finished sweep, and replays from nothing else.</summary>
[Collection(FinishedFarm.Name)]
public sealed class BundleTests(FinishedFarm farm)
{
    private Workplace Place => farm.Place;

    [Fact]
    public async Task A_package_holds_what_its_results_stand_on_with_sums_that_anybody_can_check()
    {
        var folder = await BundleAsync("whole", "--checkpoints", "end");

        using var sums = Process.Start(new ProcessStartInfo("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"]) { WorkingDirectory = folder })!;
        await sums.WaitForExitAsync();
        Assert.Equal(0, sums.ExitCode);
        var listed = (await File.ReadAllLinesAsync(Path.Combine(folder, "SHA256SUMS"))).Select(line => line[66..]).ToList();
        Assert.Equal(listed.Order(StringComparer.Ordinal), listed);
        Assert.Superset(
            new HashSet<string>
            {
                "CHECKLIST.md", "README.md", "comparison.txt", "decisions.jsonl", "dictionary.csv", "environment.json", "genotypes.txt", "lineage.json",
                "manifest.yaml", "metrics.csv", "plan.json", "report.html", "runs.csv",
            }, listed.ToHashSet());
        var units = FarmRows.Units(Place.Database);
        Assert.Equal(units.Count, listed.Count(name => name.StartsWith("checkpoints/", StringComparison.Ordinal)));
        Assert.Equal(3, listed.Count(name => name.StartsWith("histories/", StringComparison.Ordinal)));

        Assert.Equal(await File.ReadAllTextAsync(farm.Manifest), await ReadAsync("manifest.yaml"));
        using var plan = JsonDocument.Parse(await ReadAsync("plan.json"));
        Assert.Equal(
            units.Select(u => u.RunId).Distinct().Order(StringComparer.Ordinal),
            plan.RootElement.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("recorded").GetProperty("run").GetProperty("runId").GetString()!).Order(StringComparer.Ordinal));
        Assert.Contains(",search,0,0,valid_accuracy,", await ReadAsync("metrics.csv"), StringComparison.Ordinal);
        Assert.Contains(",retrain,1,1,test_accuracy,", await ReadAsync("metrics.csv"), StringComparison.Ordinal);
        Assert.All((await ReadAsync("decisions.jsonl")).TrimEnd().Split('\n'), line => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
        Assert.Contains("NasFarm 0.1.0", await ReadAsync("CHECKLIST.md"), StringComparison.Ordinal);
        Assert.Contains("| Is random search among the arms? | yes |", await ReadAsync("CHECKLIST.md"), StringComparison.Ordinal);
        Assert.Contains("| Was every search repeated, with seeds given? | no | Finished seeds: sgas 1, darts 1", await ReadAsync("CHECKLIST.md"), StringComparison.Ordinal);
        Assert.Contains("nasfarm replay --bundle . r-", await ReadAsync("README.md"), StringComparison.Ordinal);
        // No path and no time of the machine that packaged.
        foreach (var name in listed.Where(name => !name.StartsWith("checkpoints/", StringComparison.Ordinal)))
            Assert.DoesNotContain(Place.Folder, await ReadAsync(name), StringComparison.Ordinal);

        Task<string> ReadAsync(string name) => File.ReadAllTextAsync(Path.Combine(folder, name));
    }

    [Fact]
    public async Task The_same_sweep_gives_the_same_bytes_and_an_archive_replays_like_a_folder()
    {
        var (first, second) = (Path.Combine(Place.Folder, "first.tar.gz"), Path.Combine(Place.Folder, "second.tar.gz"));
        await Place.MustRunAsync("bundle", "--to", first);
        await Place.MustRunAsync("bundle", "greedy", "--to", second);
        Assert.Equal(await File.ReadAllBytesAsync(first), await File.ReadAllBytesAsync(second));

        using var elsewhere = new Workplace { LeaseSeconds = null };
        var replay = await elsewhere.MustRunAsync("replay", "--bundle", first, farm.RandomRun[..12]);
        Assert.Contains($"{farm.RandomRun}: the replay agrees in all", replay.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(elsewhere.Home));
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(elsewhere.Folder, "tmp"), "nasfarm-*"));
    }

    [Fact]
    public async Task A_package_that_was_changed_is_refused_file_by_file()
    {
        var folder = await BundleAsync("changed");
        await File.AppendAllTextAsync(Path.Combine(folder, "runs.csv"), "one more\n");
        File.Delete(Path.Combine(folder, "metrics.csv"));
        await File.WriteAllTextAsync(Path.Combine(folder, "extra.txt"), "who put this here?");
        var replay = await Place.RunAsync("replay", "--bundle", folder);
        Assert.True(replay.ExitCode == ExitCodes.BadInput, replay.ToString());
        foreach (var said in new[] { "metrics.csv is missing", "runs.csv has SHA-256", "extra.txt is not listed" })
            Assert.Contains(said, replay.Errors, StringComparison.Ordinal);

        File.Delete(Path.Combine(folder, "SHA256SUMS"));
        Assert.Contains("is no package: it has no SHA256SUMS", (await Place.RunAsync("replay", "--bundle", folder)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_that_was_cut_off_is_refused()
    {
        var archive = Path.Combine(Place.Folder, "cut.tar.gz");
        await Place.MustRunAsync("bundle", "--to", archive);
        await using (var file = File.OpenWrite(archive))
            file.SetLength(file.Length / 2);
        var replay = await Place.RunAsync("replay", "--bundle", archive);
        Assert.True(replay.ExitCode == ExitCodes.BadInput, replay.ToString());
        Assert.Contains(archive, replay.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(Place.Folder, "tmp"), "nasfarm-package-*"));
    }

    [Fact]
    public async Task What_is_there_already_stays_unless_it_is_a_package_and_may_go()
    {
        var folder = await BundleAsync("there");
        var again = await Place.RunAsync("bundle", "--to", folder);
        Assert.True(again.ExitCode == ExitCodes.BadInput, again.ToString());
        Assert.Contains("exists already; --force replaces it", again.Errors, StringComparison.Ordinal);
        await Place.MustRunAsync("bundle", "--to", folder, "--force");
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Place.Folder), path => path.Contains(".there", StringComparison.Ordinal));

        var mine = Directory.CreateDirectory(Path.Combine(Place.Folder, "mine")).FullName;
        await File.WriteAllTextAsync(Path.Combine(mine, "thesis.tex"), "years");
        Assert.Contains("no package; it is left alone", (await Place.RunAsync("bundle", "--to", mine, "--force")).Errors, StringComparison.Ordinal);
        Assert.Equal("years", await File.ReadAllTextAsync(Path.Combine(mine, "thesis.tex")));
    }

    [Fact]
    public async Task A_sweep_or_run_that_is_not_there_is_told_with_the_nearest_one()
    {
        var sweep = await Place.RunAsync("bundle", "greedi", "--to", Path.Combine(Place.Folder, "none"));
        Assert.True(sweep.ExitCode == ExitCodes.BadInput, sweep.ToString());
        Assert.Contains("There is no sweep 'greedi'; did you mean 'greedy'?", sweep.Errors, StringComparison.Ordinal);

        var folder = await BundleAsync("near");
        var slip = farm.RandomRun[..^1] + (farm.RandomRun[^1] == '0' ? '1' : '0');
        var run = await Place.RunAsync("replay", "--bundle", folder, slip);
        Assert.Contains($"did you mean '{farm.RandomRun}'?", run.Errors, StringComparison.Ordinal);
        Assert.Contains("There is no package", (await Place.RunAsync("replay", "--bundle", "nowhere")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_with_another_content_are_refused_before_anything_runs()
    {
        var folder = await BundleAsync("images");
        using var elsewhere = new Workplace { LeaseSeconds = null };
        var labels = Path.Combine(elsewhere.Data, "fashion-mnist", "t10k-labels-idx1-ubyte");
        var bytes = await File.ReadAllBytesAsync(labels);
        bytes[^1] = (byte)((bytes[^1] + 1) % 10);
        await File.WriteAllBytesAsync(labels, bytes);
        var replay = await elsewhere.RunAsync("replay", "--bundle", folder);
        Assert.True(replay.ExitCode == ExitCodes.BadInput, replay.ToString());
        Assert.Contains("fashion-mnist has content", replay.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_other_numerics_a_replay_is_refused_or_compares_values()
    {
        using var place = new Workplace { LeaseSeconds = null };
        Directory.CreateDirectory(place.Home);
        File.Copy(Place.Database, place.Database);
        Assert.Equal(1, FarmRows.Tamper(place.Database, """UPDATE fingerprint SET body = replace(body, '"blas":"', '"blas":"another ')"""));
        var folder = Path.Combine(place.Folder, "package");
        await place.MustRunAsync("bundle", "--to", folder);

        var refused = await place.RunAsync("replay", "--bundle", folder, farm.RandomRun);
        Assert.True(refused.ExitCode == ExitCodes.OtherNumerics, refused.ToString());
        Assert.Contains("BLAS: another ", refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("libtorch:", refused.Errors, StringComparison.Ordinal);

        var compared = await place.MustRunAsync("replay", "--bundle", folder, farm.RandomRun, "--allow-numerics-change", "--tolerance", "0.001");
        Assert.Contains("values compared, not bytes", compared.Output, StringComparison.Ordinal);
        Assert.Contains("0 of them differ by more than 0.001", compared.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lineage_of_a_run_is_shown_as_text_and_as_json()
    {
        var run = FarmRows.Units(Place.Database).First(u => u.Arm == "sgas").RunId;
        var text = (await Place.MustRunAsync("show", run[..12], "--lineage")).Output;
        foreach (var said in new[] { $"{run}: sgas in nas-bench-201", "code         0.1.0", "libtorch ", "fashion-mnist, content ", "fence 1 ", "from the start: done", "score     test accuracy", "SHA-256 ", "kind: Sweep" })
            Assert.Contains(said, text, StringComparison.Ordinal);

        using var json = JsonDocument.Parse((await Place.MustRunAsync("show", run, "--lineage", "--json")).Output);
        Assert.Equal(await File.ReadAllTextAsync(farm.Manifest), json.RootElement.GetProperty("manifests")[0].GetProperty("text").GetString());
        var units = json.RootElement.GetProperty("units").EnumerateArray().ToList();
        Assert.True(units.Count > 2);
        Assert.All(units, unit =>
        {
            var attempt = unit.GetProperty("attempts")[0];
            Assert.StartsWith("0.1.0", attempt.GetProperty("codeVersion").GetString(), StringComparison.Ordinal);
            Assert.NotEqual("", attempt.GetProperty("deviceModel").GetString());
            Assert.Equal(64, unit.GetProperty("end").GetProperty("sha256").GetString()!.Length);
        });
        // A phase goes on from the end of the one before.
        Assert.Equal(
            units[0].GetProperty("end").GetProperty("sha256").GetString(), units[1].GetProperty("attempts")[0].GetProperty("resumedFrom").GetString());
    }

    private async Task<string> BundleAsync(string name, params string[] options)
    {
        var folder = Path.Combine(Place.Folder, name);
        await Place.MustRunAsync(["bundle", "greedy", "--to", folder, .. options]);
        return folder;
    }
}
