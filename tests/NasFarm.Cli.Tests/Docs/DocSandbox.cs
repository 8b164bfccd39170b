using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Docs;

/// <summary>What a line of a page came to.</summary>
/// <param name="Code">The line as it was executed.</param>
/// <param name="Status">Its exit code.</param>
/// <param name="Said">Output and errors.</param>
internal sealed record DocOutcome(DocLine Line, string Code, int Status, string Said)
{
    public override string ToString() => $"{Line.Place}: {Code}\nexit code {Status}\n{Said}";
}

/// <summary>A folder with a copy of a farm, manifests and tables, in which one shell executes the commands of one page.</summary>
internal sealed partial class DocSandbox : IDisposable
{
    private const char Begin = '\u001e', End = '\u001f';

    // Commands that go on until they are ended. until_said TEXT COMMAND: once it has said TEXT it is asked to leave, and its exit code counts.
    // heard TEXT COMMAND: it says TEXT; how it ends does not count.
    private const string Prelude = """
        set -o pipefail
        exec 2>&1
        heard() {
          local words=$1; shift
          "$@" >said.txt 2>&1 &
          until grep -q "$words" said.txt || ! kill -0 $! 2>/dev/null; do sleep 0.05; done
          kill -TERM $! 2>/dev/null
          wait $!; ended=$?
          cat said.txt
          grep -q "$words" said.txt
        }
        until_said() { heard "$@" && return $ended; }

        """;

    private static readonly Dictionary<string, string> Tables = new()
    {
        ["lambda.csv"] = "seed,epoch,lambda_max\n1,0,.1\n1,2,.11\n1,4,.12\n1,6,.11\n1,8,.13\n1,10,.2\n",
        ["scores.csv"] = "child,seed,0,1\na,0,1,1\nb,0,2,2\nc,0,3,3\na,1,1,1\nb,1,2,3\nc,1,3,2\n",
        ["alone.csv"] = "child,score\na,1\nb,2\nc,3\n",
        ["predictions.csv"] = "label,a,b,c\n0,0,0,1\n0,0,0,0\n1,1,0,1\n1,1,1,1\n",
    };

    private readonly Workplace place = new() { LeaseSeconds = null };
    private readonly DocFarm farm;

    public DocSandbox(DocFarm farm)
    {
        this.farm = farm;
        foreach (var from in Directory.EnumerateFiles(farm.Place.Home, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(place.Home, Path.GetRelativePath(farm.Place.Home, from));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to);
        }
        Directory.CreateDirectory(Path.Combine(place.Folder, "manifests"));
        Directory.CreateDirectory(Path.Combine(place.Folder, "shared"));
        foreach (var (name, text) in DocFarm.Sweeps)
            place.Write($"manifests/{name}.yaml", text);
        foreach (var (name, text) in Tables)
            place.Write(name, text);
    }

    /// <summary>Executes the lines of a page that <see cref="NotRun"/> leaves, in order, in one shell.</summary>
    /// <param name="lines">Of one page.</param>
    /// <param name="store">Address of a PostgreSQL store for those who ask for one.</param>
    public async Task<IReadOnlyList<DocOutcome>> RunAsync(IReadOnlyList<DocLine> lines, string? store = null)
    {
        var run = NotRun.Others(lines).Select(line => (Line: line, Code: Substitutions.ForSandbox(new ShellLine(line.Text).Code))).ToList();
        var script = new StringBuilder(Prelude);
        for (var i = 0; i < run.Count; i++)
            script.Append(CultureInfo.InvariantCulture, $"printf '{Begin}{i}\\n'\n{run[i].Code}\nprintf '{End}%s\\n' $?\n");

        var (environment, server) = (Environment(store), (Running?)null);
        if (run.Exists(l => l.Code.Contains("${URL}", StringComparison.Ordinal)))
            (server, environment) = await ServeAsync(environment);
        using (server)
        {
            using var shell = place.Launch(["bash", "--noprofile", "--norc", place.Write("page.sh", script.ToString())], environment);
            var said = (await shell.EndAsync()).Output;
            return [.. run.Select((l, i) => Outcome(l.Line, l.Code, said, i))];
        }
    }

    public void Dispose() => place.Dispose();

    private (string, string)[] Environment(string? store) =>
    [
        ("PATH", $"{Path.GetDirectoryName(Workplace.Program)}:{System.Environment.GetEnvironmentVariable("PATH")}"),
        ("SANDBOX", place.Folder), ("RUN", farm.Run), ("SWEEP", farm.Sweep), ("STORE", store ?? ""),
    ];

    // A server of the farm, with a token for it.
    private async Task<(Running, (string, string)[])> ServeAsync((string, string)[] environment)
    {
        var server = place.Start(["serve", "--slots", "0", "--urls", "http://127.0.0.1:0"], environment);
        Assert.True(await Eventually.Holds(() => Address().IsMatch(server.SaidSoFar)), server.SaidSoFar);
        var token = Token().Match((await place.MustRunAsync("token", "create", "reader", "--tenant", "*", "--role", "admin")).Output).Value;
        place.Write("token.txt", token);
        return (server, [.. environment, ("URL", Address().Match(server.SaidSoFar).Value), ("TOKEN", token)]);
    }

    private static DocOutcome Outcome(DocLine line, string code, string said, int index)
    {
        var start = said.IndexOf($"{Begin}{index}\n", StringComparison.Ordinal);
        var end = start < 0 ? -1 : said.IndexOf(End, start);
        if (end < 0)
            return new(line, code, -1, start < 0 ? "The shell did not come so far." : said[start..]);
        var text = said[(said.IndexOf('\n', start) + 1)..end];
        return new(line, code, int.Parse(said[(end + 1)..said.IndexOf('\n', end)], CultureInfo.InvariantCulture), text);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[1-9][0-9]*")]
    private static partial Regex Address();

    [GeneratedRegex(@"nf_\w+")]
    private static partial Regex Token();
}
