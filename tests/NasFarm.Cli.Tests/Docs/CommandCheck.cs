using System.CommandLine;
using System.Text.RegularExpressions;
using NasFarm.Farm.Tests;

namespace NasFarm.Cli.Tests.Docs;

/// <summary>What can be said against a command without executing it.</summary>
internal static partial class CommandCheck
{
    private static readonly Lazy<HashSet<string>> Targets = new(() =>
        [.. MakeTarget().Matches(File.ReadAllText(RepositoryFile.Path("Makefile"))).Select(m => m.Groups[1].Value)]);

    // Read in the source: Orleans is not built everywhere.
    private static readonly Lazy<HashSet<string>> SiloVariables = new(() =>
        [.. SiloSetting().Matches(File.ReadAllText(RepositoryFile.Path("src/NasFarm.Orleans/Programs/SiloSettings.cs"))).Select(m => "NASFARM_SILO_" + m.Groups[1].Value.ToUpperInvariant())]);

    private static readonly Lazy<HashSet<string>> Variables = new(() =>
        [.. Sources().SelectMany(file => Variable().Matches(File.ReadAllText(file))).Select(m => m.Groups[1].Value)]);

    // Method and path with a pattern for each {part}.
    private static readonly Lazy<IReadOnlyList<(string Method, Regex Path)>> Requests = new(() =>
        [.. Request().Matches(File.ReadAllText(RepositoryFile.Path("docs/reference/api.md")))
            .Select(m => (m.Groups[1].Value, new Regex($"^{PathPart().Replace(Regex.Escape(m.Groups[2].Value), "[^/]+")}$")))]);

    /// <summary>Sentences; none: nothing is wrong as far as one can see.</summary>
    public static IEnumerable<string> Problems(ShellCommand command)
    {
        var program = command.Words is [{ } first, ..] ? first : null;
        var arguments = command.Words.Skip(1).ToArray();
        var own = program switch
        {
            null or "export" => [],
            "nasfarm" => CommandLine.Create().Parse(arguments).Errors.Select(e => e.Message),
            "make" => arguments.Where(a => !a.Contains('=') && !Targets.Value.Contains(a)).Select(a => $"'{a}' is no target of the Makefile."),
            "curl" => arguments.Where(a => Address().IsMatch(a)).SelectMany(a => RequestProblems(arguments, a)),
            _ => Programs.IsKnown(program) ? [] : [$"'{program}' is no program that Programs.cs knows: add it there, with a reason if it is not to be executed."],
        };
        return own.Concat(command.Assignments.SelectMany(VariableProblems)).Concat(command.Words.SelectMany(FileProblems));
    }

    /// <summary>Of the commands that a text names in passing, like <c>nasfarm compare --json</c> between backticks: those without a command or an option of that name.</summary>
    public static IEnumerable<string> ProblemsInPassing(string text)
    {
        foreach (var words in InPassing().Matches(text).Select(m => m.Groups[1].Value.Split(' ')))
        {
            Command command = CommandLine.Create();
            var root = command;
            foreach (var word in words.TakeWhile(word => command.Subcommands.Any(c => c.Name == word)))
                command = command.Subcommands.Single(c => c.Name == word);
            if (command == root)
                yield return $"'nasfarm {string.Join(' ', words)}': there is no such command.";
            foreach (var option in words.SelectMany(word => OptionName().Matches(word)).Select(m => m.Value))
                if (option != "--help" && !command.Options.Any(o => o.Name == option || o.Aliases.Contains(option)))
                    yield return $"'nasfarm {string.Join(' ', words)}': there is no option {option}.";
        }
    }

    private static IEnumerable<string> RequestProblems(string[] arguments, string address)
    {
        var method = arguments.Any(a => a.StartsWith("--data", StringComparison.Ordinal) || a == "-d") ? "POST" : "GET";
        if (Array.IndexOf(arguments, "-X") is var x and >= 0)
            method = arguments[x + 1];
        var path = Address().Match(address).Groups[1].Value;
        if (path.StartsWith("/api/", StringComparison.Ordinal) && !Requests.Value.Any(r => r.Method == method && r.Path.IsMatch(path)))
            yield return $"{method} {path} is not in docs/reference/api.md.";
    }

    private static IEnumerable<string> VariableProblems(string assignment)
    {
        var name = assignment.Split('=')[0];
        if (name.StartsWith("NASFARM_SILO_", StringComparison.Ordinal))
        {
            if (!SiloVariables.Value.Contains(name))
                yield return $"{name} is no setting of SiloSettings.";
        }
        else if (name.StartsWith("NASFARM_", StringComparison.Ordinal) && !Variables.Value.Contains(name))
        {
            yield return $"No source file reads {name}.";
        }
    }

    private static IEnumerable<string> FileProblems(string word) =>
        from Match match in RepositoryPath().Matches(word)
        let path = match.Groups[1].Value
        where !File.Exists(RepositoryFile.Path(path)) && !Directory.Exists(RepositoryFile.Path(path))
        select $"There is no {path}.";

    private static IEnumerable<string> Sources() => new[] { "src", "tests" }.SelectMany(folder =>
        Directory.EnumerateFiles(RepositoryFile.Path(folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    [GeneratedRegex("`(?:\\./)?nasfarm ([a-z][^`]*)`")]
    private static partial Regex InPassing();

    [GeneratedRegex("(?<![a-z-])--[a-z][a-z-]*")]
    private static partial Regex OptionName();

    [GeneratedRegex("^([a-z-]+):", RegexOptions.Multiline)]
    private static partial Regex MakeTarget();

    [GeneratedRegex(@"public [\w?]+ (\w+) \{ get; set; \}")]
    private static partial Regex SiloSetting();

    [GeneratedRegex("\"(NASFARM_[A-Z0-9_]+)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\| `([A-Z]+) (/\S+)`", RegexOptions.Multiline)]
    private static partial Regex Request();

    [GeneratedRegex(@"\\\{[^}]+}")]
    private static partial Regex PathPart();

    [GeneratedRegex(@"^https?://[^/]+(/[^?]*)")]
    private static partial Regex Address();

    // A file that an argument names: alone, behind '@', '=' or ','.
    [GeneratedRegex(@"(?:^|[@=,])((?:manifests|tests|eng|src|docs|helm|k8s|grafana)/[\w./-]*[\w/-])")]
    private static partial Regex RepositoryPath();
}
