using System.Text.RegularExpressions;
using NasFarm.Farm.Tests;

namespace NasFarm.Cli.Tests.Docs;

/// <summary>A line of commands in a page.</summary>
/// <param name="Page">Path from the repository's root.</param>
/// <param name="Number">Of the line, from 1.</param>
/// <param name="Text">The line as it stands there; lines that end with a backslash are one.</param>
/// <param name="Block">First line of its block.</param>
internal sealed record DocLine(string Page, int Number, string Text, int Block)
{
    public string Place => $"{Page}:{Number}";
}

/// <summary>Commands of README.md and of every page of docs/. A block of code, fenced or indented, holds commands when its language is a shell's, or when it
/// names none and a line of it begins with a program of <see cref="Programs"/> or with an assignment like <c>NAME=</c>: then each of its lines is one.</summary>
internal static partial class DocPages
{
    private static readonly HashSet<string> Shells = ["sh", "bash", "shell", "console"];

    /// <summary>Every page, as a path from the root.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "README.md",
        .. Directory.EnumerateFiles(RepositoryFile.Path("docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(RepositoryFile.Root, file).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    /// <summary>Pages with commands.</summary>
    public static IReadOnlyList<string> WithCommands { get; } = [.. All.Where(page => Lines(page).Count > 0)];

    /// <summary>Commands of a page in its order.</summary>
    public static IReadOnlyList<DocLine> Lines(string page) => LinesOf(page, File.ReadAllLines(RepositoryFile.Path(page)));

    /// <summary>The same of a text.</summary>
    public static IReadOnlyList<DocLine> LinesOf(string page, IReadOnlyList<string> text)
    {
        var found = new List<DocLine>();
        var block = new List<DocLine>();
        string? language = null;
        var (fenced, indented) = (false, false);
        for (var i = 0; i <= text.Count; i++)
        {
            var line = i < text.Count ? text[i] : "";
            var fence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            indented = !fenced && line.StartsWith("    ", StringComparison.Ordinal) && (indented || i == 0 || text[i - 1].Length == 0);
            if (fenced ? !fence : indented)
            {
                block.Add(new(page, i + 1, line.Trim(), block.Count > 0 ? block[0].Number : i + 1));
            }
            else if (fenced || line.Length > 0 || i == text.Count)
            {
                // A blank line does not end an indented block.
                if (IsShell(language, block))
                    found.AddRange(Joined(block));
                block.Clear();
                language = null;
            }
            if (fence)
                (fenced, language) = fenced ? (false, null) : (true, line.Trim().TrimStart('`'));
        }
        return found;
    }

    private static bool IsShell(string? language, List<DocLine> block) => language switch
    {
        { Length: > 0 } => Shells.Contains(language),
        _ => block.Exists(line => FirstWord().Match(line.Text) is { Success: true } m && (m.Groups[1].Length > 0 || Programs.Tells(m.Groups[2].Value))),
    };

    private static IEnumerable<DocLine> Joined(List<DocLine> block)
    {
        DocLine? begun = null;
        foreach (var line in block)
        {
            var whole = begun is null ? line : begun with { Text = $"{begun.Text[..^1]}{line.Text}" };
            begun = whole.Text.EndsWith('\\') ? whole : null;
            if (begun is null && whole.Text.Length > 0 && whole.Text[0] != '#')
                yield return whole;
        }
    }

    [GeneratedRegex(@"^([A-Z_][A-Z0-9_]*=)?(\S*)")]
    private static partial Regex FirstWord();
}
