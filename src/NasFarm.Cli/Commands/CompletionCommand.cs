using System.CommandLine;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm completion</c>: scripts that let a shell ask this program what could come next, by System.CommandLine's directive <c>[suggest]</c>.</summary>
internal static class CompletionCommand
{
    /// <summary>How a shell's question begins.</summary>
    public const string Directive = "[suggest";

    private const string Bash = """
        # Completion of nasfarm for bash: eval "$(nasfarm completion bash)"
        _nasfarm() {
            local word="${COMP_LINE:0:COMP_POINT}" found
            word="${word##*[[:space:]]}"
            COMPREPLY=()
            while IFS= read -r found; do
                if [[ $found == "$word"* ]]; then
                    # bash takes ':' and '=' for the ends of words: what stands before the last one is there already.
                    [[ $word == *[:=]* && $COMP_WORDBREAKS == *[:=]* ]] && found="${found:$(( ${#word} - ${#COMP_WORDS[COMP_CWORD]} ))}"
                    COMPREPLY+=("$found")
                fi
            done < <("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
        }
        complete -o bashdefault -o default -F _nasfarm nasfarm
        """;

    private const string Zsh = """
        #compdef nasfarm
        # Completion of nasfarm for zsh: source <(nasfarm completion zsh), or this as _nasfarm in a folder of $fpath.
        _nasfarm() {
            local -a found
            found=("${(@f)$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            found=("${(@)found:#}")
            compadd -a found || _files
        }
        if [[ $funcstack[1] == _nasfarm ]]; then _nasfarm "$@"; else compdef _nasfarm nasfarm; fi
        """;

    private const string Fish = """
        # Completion of nasfarm for fish: nasfarm completion fish | source
        function __nasfarm_complete
            set -l line (commandline -cp)
            set -l program (commandline -op)[1]
            $program "[suggest:"(string length -- $line)"]" $line 2>/dev/null
        end
        complete -c nasfarm -a '(__nasfarm_complete)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a script that completes commands and options in a shell, for example: eval \"$(nasfarm completion bash)\".") { shell };
        command.SetAction(parsed =>
        {
            Console.WriteLine(parsed.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return ExitCodes.Done;
        });
        return command;
    }
}
