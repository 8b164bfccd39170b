using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Commands;

/// <summary>Completion as a shell asks for it.</summary>
public sealed class CompletionTests
{
    [Fact]
    public async Task Bash_completes_commands_options_values_and_files()
    {
        using var place = new Workplace();
        place.Write("greedy.yaml", "");
        var script = place.Write("complete.sh",
            """
            PATH="$1:$PATH"
            eval "$(nasfarm completion bash)"
            complete -p nasfarm
            while IFS= read -r line; do
                COMP_LINE=$line COMP_POINT=${#line}
                read -ra COMP_WORDS <<< "$line"
                [[ $line == *' ' ]] && COMP_WORDS+=('')
                COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
                _nasfarm
                echo "$line> ${COMPREPLY[*]}"
            done
            """);
        using var bash = place.Launch(["bash", script, Path.GetDirectoryName(Workplace.Program)!]);
        foreach (var line in new[] { "nasfarm wa", "nasfarm pause --se", "nasfarm export --format ", "nasfarm token c", "nasfarm submit greedy" })
            await bash.SayAsync(line);
        var ended = await bash.EndAsync();

        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Equal(
            [
                "complete -o bashdefault -o default -F _nasfarm nasfarm", "nasfarm wa> watch", "nasfarm pause --se> --server", "nasfarm export --format > csv json",
                "nasfarm token c> create",
                // Nothing of its own: bash takes its default, names of files.
                "nasfarm submit greedy> ",
            ],
            ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("", ended.Errors);
    }

    [Fact]
    public async Task A_login_reads_its_token_from_standard_input_and_never_from_an_argument()
    {
        using var place = new Workplace();
        using var login = place.Start(["login", "http://127.0.0.1:1", "nf_a_b"]);
        var refused = await login.EndAsync();
        Assert.True(refused.ExitCode == ExitCodes.BadInput, refused.ToString());
        Assert.Contains("nf_a_b", refused.Errors, StringComparison.Ordinal);

        using var reading = place.Start(["login", "http://127.0.0.1:1"]);
        await reading.SayAsync("no token\u00e9");
        var wrong = await reading.EndAsync();
        Assert.True(wrong.ExitCode == ExitCodes.BadInput, wrong.ToString());
        Assert.Contains("a character that no token has", wrong.Errors, StringComparison.Ordinal);
    }
}
