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

    /// <summary>The lines of a page that are executed. What goes with a cluster's program is not: it is about that cluster.</summary>
    public static IReadOnlyList<DocLine> Others(IReadOnlyList<DocLine> lines)
    {
        var whys = lines.Select(line => (Line: line, Why: Why(new(line.Text)))).ToList();
        var clusters = whys.Where(l => l.Why == Programs.Cluster).Select(l => l.Line.Block).ToHashSet();
        return [.. whys.Where(l => l.Why is null && !clusters.Contains(l.Line.Block)).Select(l => l.Line)];
    }

    private static string? Why(ShellLine line) =>
        Lines.FirstOrDefault(l => l.Line.IsMatch(line.Code)).Why
        ?? line.Commands.Select(c => c.Words is [{ } program, ..] ? Programs.WhyNotRun(program) : null).FirstOrDefault(why => why is not null);
}
