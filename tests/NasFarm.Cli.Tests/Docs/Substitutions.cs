using System.Text.RegularExpressions;

namespace NasFarm.Cli.Tests.Docs;

/// <summary>What stands in a page for something else.</summary>
internal static class Substitutions
{
    /// <summary>Words that a reader replaces; <c>$NAME</c> are variables of <see cref="DocSandbox"/>.</summary>
    private static readonly (Regex What, string By)[] Placeholders =
    [
        (new(@"\bRUN\b|\br-[0-9a-f]+\b"), "$${RUN}"),
        (new(@"\bID\b"), "$${SWEEP}"),
        (new(@"\bTENANT\b"), "lab"),
        (new(@"(?<=--slots )N\b"), "2"),
        (new("nf_…"), "$${TOKEN}"),
    ];

    // What a test has instead of what a reader has, and why.
    private static readonly (Regex What, string By, string Why)[] Stand =
    [
        (new(@"^nasfarm serve\b.*"), "until_said http:// nasfarm serve --slots 1 --urls http://127.0.0.1:0", "a server goes on until it is asked to stop; the system chooses its port"),
        (new(@"^nasfarm worker\b.*"), "$0 --until-idle", "a worker goes on until it is asked to stop"),
        (new(@"^nasfarm delete (?!--)\S+$"), "$0 --yes", "there is no terminal to ask on"),
        (new(@"^source <\((nasfarm completion zsh)\)$"), "$1", "zsh need not be here"),
        (new(@"^(nasfarm completion fish) \| source$"), "$1", "fish need not be here"),
        (new("^curl -N (.*)"), "heard 'event: aggregate' curl --silent --fail -N $1", "the stream goes on as long as the server"),
        (new("^curl (?!-N)"), "curl --silent --show-error --fail ", "curl ends with 0 whatever the server answers"),
        (new(@"https?://farm\.lab(:8180)?|http://127\.0\.0\.1:8180"), "$${URL}", "the server of the test, on loopback"),
        (new("/run/secrets/nasfarm"), "$${SANDBOX}/token.txt", "a file of the test"),
        (new(@"\bNASFARM_STORE=\S+"), "NASFARM_STORE=\"$${STORE}\"", "a PostgreSQL of the test, on loopback"),
        (new(@"\bNASFARM_ARTIFACTS=\S+"), "NASFARM_ARTIFACTS=\"$${SANDBOX}/shared\"", "a folder; tests/NasFarm.Cli.Tests/Artifacts has a server of S3"),
        (new(@"\bNASFARM_DATA=\S+"), "NASFARM_DATA=\"$${SANDBOX}/data\"", "a few images of the test"),
    ];

    /// <summary>The command with words in place of placeholders.</summary>
    public static string Fill(string line) => Placeholders.Aggregate(line, (text, p) => p.What.Replace(text, p.By));

    /// <summary>The command as the sandbox executes it.</summary>
    public static string ForSandbox(string code) => Stand.Aggregate(Fill(code), (text, s) => s.What.Replace(text, s.By));
}
