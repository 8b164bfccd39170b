using System.Text.RegularExpressions;

namespace NasFarm.Cli.Tests.Docs;

/// <summary>What stands in a page for something else.</summary>
/// <param name="What">Of a command.</param>
/// <param name="By">What is put there; <c>$NAME</c> are variables of <see cref="DocSandbox"/>.</param>
/// <param name="Why">In words.</param>
internal sealed record Substitution(Regex What, string By, string Why)
{
    public string In(string text) => What.Replace(text, By);
}

/// <summary>Both tables of them; each is applied in its order.</summary>
internal static class Substitutions
{
    /// <summary>Words that a reader replaces.</summary>
    private static readonly Substitution[] Placeholders =
    [
        new(new(@"\bRUN\b|\br-[0-9a-f]+\b"), "$${RUN}", "a run of the farm"),
        new(new(@"\bID\b"), "$${SWEEP}", "a sweep of the farm"),
        new(new(@"\bTENANT\b"), "lab", "any name"),
        new(new(@"(?<=--slots )N\b"), "2", "any number"),
        new(new("nf_…"), "$${TOKEN}", "a token of the server"),
    ];

    /// <summary>What a test has instead of what a reader has.</summary>
    private static readonly Substitution[] Stand =
    [
        new(new(@"^nasfarm serve\b.*"), "until_said http:// nasfarm serve --slots 1 --urls http://127.0.0.1:0", "a server goes on until it is asked to stop; the system chooses its port"),
        new(new(@"^nasfarm worker\b.*"), "$0 --until-idle", "a worker goes on until it is asked to stop"),
        new(new(@"^nasfarm delete (?!--)\S+$"), "$0 --yes", "there is no terminal to ask on"),
        new(new(@"^source <\((nasfarm completion zsh)\)$"), "$1", "zsh need not be here"),
        new(new(@"^(nasfarm completion fish) \| source$"), "$1", "fish need not be here"),
        new(new("^curl -N (.*)"), "heard 'event: aggregate' curl --silent --fail -N $1", "the stream goes on as long as the server"),
        new(new("^curl (?!-N)"), "curl --silent --show-error --fail ", "curl ends with 0 whatever the server answers"),
        new(new(@"https?://farm\.lab(:8180)?|http://127\.0\.0\.1:8180"), "$${URL}", "the server of the test, on loopback"),
        new(new("/run/secrets/nasfarm"), "$${SANDBOX}/token.txt", "a file of the test"),
        new(new(@"\bNASFARM_STORE=\S+"), "NASFARM_STORE=\"$${STORE}\"", "a PostgreSQL of the test, on loopback"),
        new(new(@"\bNASFARM_ARTIFACTS=\S+"), "NASFARM_ARTIFACTS=\"$${SANDBOX}/shared\"", "a folder; tests/NasFarm.Cli.Tests/Artifacts has a server of S3"),
        new(new(@"\bNASFARM_DATA=\S+"), "NASFARM_DATA=\"$${SANDBOX}/data\"", "a few images of the test"),
    ];

    /// <summary>The command with words in place of placeholders.</summary>
    public static string Fill(string line) => Placeholders.Aggregate(line, (text, s) => s.In(text));

    /// <summary>The command as the sandbox executes it.</summary>
    public static string ForSandbox(string code) => Stand.Aggregate(Fill(code), (text, s) => s.In(text));

    /// <summary>Entries that none of these commands needs.</summary>
    public static IReadOnlyList<Substitution> Unused(IEnumerable<string> commands)
    {
        var unused = Placeholders.Concat(Stand).ToList();
        foreach (var command in commands)
        {
            var text = command;
            foreach (var entry in Placeholders.Concat(Stand))
            {
                if (entry.What.IsMatch(text))
                    unused.Remove(entry);
                text = entry.In(text);
            }
        }
        return unused;
    }
}
