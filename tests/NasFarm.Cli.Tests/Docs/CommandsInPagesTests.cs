using NasFarm.Farm.Tests;

namespace NasFarm.Cli.Tests.Docs;

/// <summary>Every command of every page is one that its program understands, about files, variables and requests that there are.</summary>
public sealed class CommandsInPagesTests
{
    public static TheoryData<string> Pages => [.. DocPages.WithCommands];

    [Theory, MemberData(nameof(Pages))]
    public void A_command_is_understood(string page)
    {
        var problems =
            from line in DocPages.Lines(page)
            from command in new ShellLine(Substitutions.Fill(line.Text)).Commands
            from problem in CommandCheck.Problems(command)
            select $"{line.Place}: {line.Text}\n  {problem}";
        Assert.True(!problems.Any(), string.Join('\n', problems));
    }

    [Fact]
    public void A_command_named_in_passing_exists() =>
        Assert.Empty(DocPages.All.SelectMany(page => CommandCheck.ProblemsInPassing(File.ReadAllText(RepositoryFile.Path(page))).Select(problem => $"{page}: {problem}")));

    [Fact]
    public void Every_exception_is_needed()
    {
        var lines = DocPages.WithCommands.SelectMany(DocPages.Lines).Select(line => new ShellLine(line.Text).Code).ToList();
        Assert.DoesNotContain(NotRun.Lines, entry => !lines.Exists(entry.Line.IsMatch));
        Assert.Empty(Substitutions.Unused(lines));
    }

    [Theory]
    [InlineData("nasfarm plan manifests/overnight.yaml --devise cpu", "--devise")]
    [InlineData("nasfarm plna manifests/overnight.yaml", "plna")]
    [InlineData("nasfarm run manifests/absent.yaml", "There is no manifests/absent.yaml.")]
    [InlineData("make everything", "'everything' is no target")]
    [InlineData("NASFARM_SILO_ROLL=gpu nasfarm-silo", "NASFARM_SILO_ROLL is no setting")]
    [InlineData("export NASFARM_STOER=postgres://db.lab/farm", "No source file reads NASFARM_STOER.")]
    [InlineData("curl http://127.0.0.1:8180/api/v1/sweep", "GET /api/v1/sweep is not in")]
    [InlineData("curl -X PUT http://127.0.0.1:8180/api/v1/sweeps", "PUT /api/v1/sweeps is not in")]
    [InlineData("echo $(nasfarm statsu)", "statsu")]
    [InlineData("frobnicate", "'frobnicate' is no program")]
    public void A_wrong_command_is_noticed(string line, string said)
    {
        var problems = new ShellLine(line).Commands.SelectMany(CommandCheck.Problems).ToList();
        Assert.True(problems.Exists(p => p.Contains(said, StringComparison.Ordinal)), string.Join('\n', problems));
    }

    [Fact]
    public void A_wrong_command_in_passing_is_noticed() => Assert.Equal(
        ["'nasfarm statsu': there is no such command.", "'nasfarm quota set lab --slot 2': there is no option --slot."],
        CommandCheck.ProblemsInPassing("`nasfarm statsu`, `nasfarm status --json`, `nasfarm quota set lab --slot 2` and `nasfarm COMMAND --help`"));

    [Fact]
    public void Blocks_of_commands_are_told_from_others()
    {
        string[] page =
        [
            "text", "", "    nasfarm status   # all", "    make test", "", "```yaml", "nasfarm: status", "```", "```", "nasfarm is an output", "```", "```sh", "a \\", "  b", "```", "1. a list",
        ];
        Assert.Equal([(3, "nasfarm status   # all"), (4, "make test"), (10, "nasfarm is an output"), (13, "a b")], DocPages.LinesOf("page.md", page).Select(l => (l.Number, l.Text)));
    }

    [Fact]
    public void What_needs_another_machine_is_not_executed()
    {
        string[] page =
        [
            "    make test", "    nasfarm worker --gpus all", "    nasfarm status", "text", "", "    kubectl get pods", "    curl http://localhost/", "text", "", "    echo $(docker ps)", "    nasfarm slots",
        ];
        Assert.Equal(["nasfarm status", "nasfarm slots"], NotRun.Others(DocPages.LinesOf("page.md", page)).Select(l => l.Text));
    }

    [Fact]
    public void A_line_is_read_as_a_shell_reads_it()
    {
        var line = new ShellLine("A='b c' nasfarm x --y \"$(make z 'q)')\" 2>/dev/null | tar f && cd s-* # why");
        Assert.Equal("A='b c' nasfarm x --y \"$(make z 'q)')\" 2>/dev/null | tar f && cd s-*", line.Code);
        Assert.Equal(["make z q)", "nasfarm x --y …", "tar f", "cd s-*"], line.Commands.Select(c => string.Join(' ', c.Words)));
        Assert.Equal(["A=b c"], line.Commands[1].Assignments);
        Assert.Throws<FormatException>(() => new ShellLine("nasfarm 'status"));
        Assert.Throws<FormatException>(() => new ShellLine("echo $(nasfarm status"));
    }
}
