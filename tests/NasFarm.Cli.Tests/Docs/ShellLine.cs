using System.Text;
using System.Text.RegularExpressions;

namespace NasFarm.Cli.Tests.Docs;

/// <summary>One program as a line of shell calls it.</summary>
/// <param name="Assignments">What stands before it or after <c>export</c>, as <c>NAME=value</c>.</param>
/// <param name="Words">Program and arguments without their quotes; empty: assignments alone.</param>
internal sealed record ShellCommand(IReadOnlyList<string> Assignments, IReadOnlyList<string> Words);

/// <summary>As much of a shell's grammar as pages use: quotes, comments, assignments, pipes and lists, redirections, <c>$(…)</c> and <c>&lt;(…)</c>, whose
/// commands count too. Throws <see cref="FormatException"/> for a quote or a parenthesis that nothing closes.</summary>
internal sealed partial class ShellLine
{
    private static readonly HashSet<string> Keywords = ["do", "done", "then", "fi"];

    private readonly string text;
    private readonly List<ShellCommand> commands = [];
    private int at;

    public ShellLine(string text)
    {
        this.text = text;
        ReadList(inner: false);
        Code = text[..at].TrimEnd();
    }

    /// <summary>The line without its comment.</summary>
    public string Code { get; }

    public IReadOnlyList<ShellCommand> Commands => commands;

    // Ends behind the parenthesis, or before a comment, or at the end.
    private void ReadList(bool inner)
    {
        var words = new List<string>();
        for (; ; )
        {
            while (at < text.Length && text[at] is ' ' or '\t')
                at++;
            if (at == text.Length || text[at] == '#')
            {
                if (inner)
                    throw new FormatException($"'{text}': nothing closes a parenthesis.");
                Add(words);
                return;
            }
            if (text[at] is '|' or '&' or ';' || (inner && text[at] == ')'))
            {
                Add(words);
                words = [];
                if (text[at++] == ')')
                    return;
            }
            else if (text[at] == '>' || (text[at] == '<' && !Ahead("<(")))
            {
                while (at < text.Length && text[at] is '<' or '>' or '&' or ' ')
                    at++;
                ReadWord(inner);
            }
            else
            {
                var word = ReadWord(inner);
                // A number before a redirection belongs to it.
                if (!(word.All(char.IsAsciiDigit) && at < text.Length && text[at] is '<' or '>'))
                    words.Add(word);
            }
        }
    }

    private string ReadWord(bool inner)
    {
        var word = new StringBuilder();
        var quoted = false;
        for (; at < text.Length; at++)
        {
            if (Ahead("$(") || (!quoted && Ahead("<(")))
            {
                at += 2;
                ReadList(inner: true);
                at--;
                word.Append('…');
            }
            else if (text[at] == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && text[at] == '\'')
            {
                var end = text.IndexOf('\'', at + 1);
                word.Append(end < 0 ? throw new FormatException($"'{text}': nothing closes a quote.") : text[(at + 1)..end]);
                at = end;
            }
            else if (text[at] == '\\' && at + 1 < text.Length)
            {
                word.Append(text[++at]);
            }
            else if (!quoted && (text[at] is ' ' or '\t' or '|' or '&' or ';' or '<' or '>' || (inner && text[at] == ')')))
            {
                break;
            }
            else
            {
                word.Append(text[at]);
            }
        }
        return quoted ? throw new FormatException($"'{text}': nothing closes a quote.") : word.ToString();
    }

    private void Add(List<string> words)
    {
        var rest = words.SkipWhile(Keywords.Contains).ToList();
        var assignments = rest.TakeWhile(w => Assignment().IsMatch(w)).ToList();
        rest.RemoveRange(0, assignments.Count);
        if (rest is ["export", ..])
            assignments.AddRange(rest.Skip(1));
        if (rest.Count + assignments.Count > 0)
            commands.Add(new(assignments, rest));
    }

    private bool Ahead(string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*=")]
    private static partial Regex Assignment();
}
