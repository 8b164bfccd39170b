using NasFarm.Cli.Tests.Kills;
using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Commands;

/// <summary>Bad input ends with exit code 2, a message with place and remedy on standard error, and nothing written.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly Workplace place = new() { LeaseSeconds = null };

    [Theory]
    [InlineData("", "Required command", "nasfarm --help")]
    [InlineData("grow", "'grow'", "nasfarm --help")]
    [InlineData("run", "MANIFEST", "nasfarm run --help")]
    [InlineData("run absent.yaml", "There is no manifest", "absent.yaml", "docs/reference/manifest.md")]
    [InlineData("plan absent.yaml", "There is no manifest", "absent.yaml")]
    [InlineData("run good.yaml --slots 0", "--slots is '0'", "1 to 1024")]
    [InlineData("run good.yaml --slots many", "--slots is 'many'", "1 to 1024")]
    [InlineData("run good.yaml --faster", "--faster")]
    [InlineData("run good.yaml --memory 8GB", "--memory", "'8GB'", "8GiB")]
    [InlineData("why r-00000000000000000000", "There is no farm in")]
    [InlineData("quota set default --slots some", "--slots is 'some'", "0 to 1000000, or 'none'")]
    [InlineData("quota set default --weight 0", "--weight is '0'", "1 to 1000")]
    [InlineData("quota list", "There is no farm in")]
    [InlineData("status", "There is no farm in", "nasfarm run")]
    [InlineData("status --store mysql://db/farm", "postgres://user@host/database", "NASFARM_STORE")]
    [InlineData("status --store postgres://ada:secret@db/farm?colour=blue", "'colour'", "use-postgresql.md")]
    [InlineData("compare", "There is no farm in")]
    [InlineData("analyze es", "There is no farm in")]
    [InlineData("analyze es --rule darts", "no early-stop rule 'darts'", "darts-es")]
    [InlineData("analyze es --csv absent.csv", "There is no file", "absent.csv", "analyze.md")]
    [InlineData("analyze es --csv good.yaml", "good.yaml:5:", "the row has 2 cells")]
    [InlineData("analyze es overnight --csv good.yaml", "two sources")]
    [InlineData("analyze ranks", "--csv", "nasfarm analyze ranks --help")]
    [InlineData("analyze ranks --csv good.yaml --last 1", "--last is '1'", "from 2")]
    [InlineData("analyze ensemble --predictions absent.csv", "There is no file", "absent.csv")]
    [InlineData("analyze ensemble --predictions good.yaml --lambda 2", "--lambda is '2'", "0 to 1")]
    [InlineData("analyze ensemble --predictions good.yaml --method best", "best", "pap")]
    [InlineData("methods sgases", "no method 'sgases'", "did you mean 'sgas-es'?")]
    [InlineData("spaces resnet", "no space 'resnet'", "nas-bench-201")]
    [InlineData("retry", "There is no farm in")]
    [InlineData("pause", "TARGET")]
    [InlineData("pause overnight", "There is no farm in")]
    [InlineData("resume overnight", "There is no farm in")]
    [InlineData("cancel overnight", "There is no farm in")]
    [InlineData("priority overnight 1001", "'1001'", "-1000 to 1000")]
    [InlineData("priority overnight high", "'high'", "-1000 to 1000")]
    [InlineData("delete overnight", "There is no farm in")]
    [InlineData("delete --older-than soon", "'soon'", "30d or 12h")]
    [InlineData("export --to out", "There is no farm in")]
    [InlineData("export", "--to")]
    [InlineData("export --to out --format xml", "xml", "csv", "json")]
    [InlineData("replay r-00000000000000000000", "There is no farm in")]
    [InlineData("replay", "Name the run to replay")]
    [InlineData("replay --bundle nowhere", "There is no package nowhere")]
    [InlineData("replay r-0 --tolerance 2", "--tolerance is '2'", "0 to 1")]
    [InlineData("bundle", "--to")]
    [InlineData("bundle --to out", "There is no farm in")]
    [InlineData("bundle --to out --checkpoints all", "all", "end", "none")]
    [InlineData("bundle --to good.yaml", "good.yaml is a file", ".tar.gz")]
    [InlineData("show r-00000000000000000000 --lineage", "There is no farm in")]
    [InlineData("show DARTS_V2 --json", "--json belongs to --lineage")]
    [InlineData("show NO_SUCH_CELL", "NO_SUCH_CELL", "published")]
    [InlineData("show r-00000000000000000000", "There is no farm in")]
    [InlineData("data verify imagenet", "There is no data set 'imagenet'", "fashion-mnist")]
    public async Task Arguments_that_cannot_be_are_refused(string arguments, params string[] said)
    {
        place.Write("good.yaml", Reference.Sweeps["greedy"]);
        await Refused(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), said);
        Assert.False(Directory.Exists(Path.Combine(place.Folder, "out")));
    }

    [Theory]
    [InlineData("  methods:", "  methuds:", "sweep.yaml:8:", "methods")]
    [InlineData("channels: 2, cells", "channels: none, cells", "sweep.yaml:6:", "channels")]
    [InlineData("criterion: 2", "criterion: 3", "sweep.yaml:9:", "criterion")]
    [InlineData("kind: Sweep", "kind: [", "sweep.yaml:")]
    [InlineData("trainImages: 32, alphaImages: 32", "trainImages: 3200, alphaImages: 32", "sweep.yaml:", "3200")]
    [InlineData("data: { name: fashion-mnist", "data: { name: fashion-minst", "fashion-minst", "fashion-mnist")]
    public async Task A_manifest_that_cannot_be_is_refused_with_its_place(string right, string wrong, params string[] said)
    {
        var text = Reference.Sweeps["greedy"];
        Assert.Contains(right, text, StringComparison.Ordinal);
        place.Write("sweep.yaml", text.Replace(right, wrong, StringComparison.Ordinal));
        await Refused(["run", "sweep.yaml"], said);
        await Refused(["plan", "sweep.yaml", "--no-measure"], said);
    }

    [Fact]
    public async Task A_truncated_data_file_is_refused_with_its_place()
    {
        var file = Path.Combine(place.Data, "fashion-mnist", "train-images-idx3-ubyte");
        using (var stream = File.OpenWrite(file))
            stream.SetLength(5000);
        await Refused(["run", place.Write("good.yaml", Reference.Sweeps["greedy"])], file, "5000", "96 images");
    }

    [Fact]
    public async Task A_data_file_of_another_format_is_refused_with_its_place()
    {
        var file = Path.Combine(place.Data, "fashion-mnist", "t10k-labels-idx1-ubyte");
        await File.WriteAllTextAsync(file, "these are no labels");
        await Refused(["run", place.Write("good.yaml", Reference.Sweeps["greedy"])], file, "magic number", "0x00000801");
    }

    [Fact]
    public async Task Data_that_is_not_here_is_refused_with_the_way_to_get_it()
    {
        var text = Reference.Sweeps["greedy"].Replace("fashion-mnist", "kmnist", StringComparison.Ordinal);
        await Refused(["run", place.Write("kmnist.yaml", text)], "kmnist is not available", "nasfarm data fetch kmnist");
    }

    [Theory]
    [InlineData("NASFARM_LEASE_SECONDS", "soon", "seconds from 1 to 3600")]
    [InlineData("NASFARM_LEASE_SECONDS", "0.2", "seconds from 1 to 3600")]
    [InlineData("NASFARM_FRESH_TRAINER", "yes", "0 or 1")]
    public async Task Settings_that_cannot_be_are_refused(string name, string value, string said)
    {
        using var running = place.Start(["run", place.Write("good.yaml", Reference.Sweeps["greedy"])], (name, value));
        Refused(await running.EndAsync(), name, value, said);
    }

    [Fact]
    public async Task Ids_that_a_farm_does_not_know_are_refused()
    {
        Directory.CreateDirectory(place.Home);
        await using (await place.OpenStoreAsync())
        {
        }
        foreach (var (arguments, said) in new (string[], string)[]
        {
            (["status"], "no sweeps yet"),
            (["replay", "r-00000000000000000000"], "There is no run 'r-00000000000000000000'"),
            (["show", "r-00000000000000000000", "--lineage"], "There is no run 'r-00000000000000000000'"),
            (["bundle", "--to", "out"], "no sweeps yet"),
            (["show", "r-00000000000000000000"], "There is no run r-00000000000000000000"),
        })
        {
            var ended = await place.RunAsync(arguments);
            Assert.True(ended.ExitCode == ExitCodes.BadInput, ended.ToString());
            Assert.Contains(said, ended.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_store_that_is_no_store_is_named_and_left_alone()
    {
        Directory.CreateDirectory(place.Home);
        await File.WriteAllTextAsync(place.Database, new string('x', 5000));
        var ended = await place.RunAsync("status");
        Assert.True(ended.ExitCode == ExitCodes.Failed, ended.ToString());
        Assert.Contains(place.Database, ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Errors, StringComparison.Ordinal);
        Assert.Equal(new string('x', 5000), await File.ReadAllTextAsync(place.Database));
    }

    public void Dispose() => place.Dispose();

    private async Task Refused(string[] arguments, params string[] said) => Refused(await place.RunAsync(arguments), said);

    private void Refused(Ended ended, params string[] said)
    {
        Assert.True(ended.ExitCode == ExitCodes.BadInput, ended.ToString());
        Assert.All(said, words => Assert.Contains(words, ended.Errors, StringComparison.Ordinal));
        Assert.Equal("", ended.Output);
        Assert.DoesNotContain("   at ", ended.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place.Home), "A farm folder was made.");
    }
}
