using System.Text.RegularExpressions;

namespace NasFarm.Cli.Tests.Docs;

/// <summary>Lines that are only read: their programs (<see cref="Programs"/>), or what they need.</summary>
internal static class NotRun
{
    /// <summary>Pattern of a line, and why it is not executed.</summary>
    public static IReadOnlyList<(Regex Line, string Why)> Lines { get; } =
    [
        (new(@"^nasfarm .*--gpus\b"), "needs GPUs"),
        (new("^export NASFARM_METHODS="), "needs a library; tests/NasFarm.Cli.Tests/OwnMethods builds and loads that one"),
    ];

    /// <summary>Why the line is not executed; null: it is.</summary>
    public static string? Why(ShellLine line) =>
        Lines.FirstOrDefault(l => l.Line.IsMatch(line.Code)).Why
        ?? line.Commands.Select(c => c.Words is [{ } program, ..] ? Programs.WhyNotRun(program) : null).FirstOrDefault(why => why is not null);
}
