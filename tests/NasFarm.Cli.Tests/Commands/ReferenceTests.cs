using System.CommandLine;
using System.Text;
using NasFarm.Farm.Tests;

namespace NasFarm.Cli.Tests.Commands;

/// <summary>The part of docs/reference/cli.md that is made of the code.</summary>
public sealed class ReferenceTests
{
    private const string File = "docs/reference/cli.md", Mark = "<!-- What follows is made of the code: NASFARM_UPDATE_GOLDEN=1 dotnet test tests/NasFarm.Cli.Tests --filter ReferenceTests -->\n";

    [Fact]
    public void The_reference_lists_every_command_with_its_arguments_and_options()
    {
        var text = System.IO.File.ReadAllText(RepositoryFile.Path(File));
        Assert.Contains(Mark, text, StringComparison.Ordinal);
        RepositoryFile.AssertGolden(File, text[..(text.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)] + Commands());
    }

    private static string Commands()
    {
        var page = new StringBuilder("\n## Every command\n");
        foreach (var command in CommandLine.Create().Subcommands.Where(c => !c.Hidden).OrderBy(c => c.Name, StringComparer.Ordinal))
            Describe(page, command, "nasfarm");
        return page.ToString();
    }

    private static void Describe(StringBuilder page, Command command, string before)
    {
        var words = $"{before} {command.Name}";
        if (command.Subcommands.Count > 0)
        {
            foreach (var inner in command.Subcommands.Where(c => !c.Hidden))
                Describe(page, inner, words);
            return;
        }
        var arguments = string.Concat(command.Arguments.Select(a => a.Arity.MinimumNumberOfValues == 0 ? $" [{a.Name}]" : $" {a.Name}"));
        page.Append($"\n### `{words}{arguments}`\n\n{command.Description}\n");
        var rows = command.Arguments.Select(a => (Name: a.Name, a.Description))
            .Concat(command.Options.Where(o => !o.Hidden && o.Name is not ("--help" or "--version")).OrderBy(o => o.Name, StringComparer.Ordinal)
                .Select(o => (Name: $"{string.Join(", ", o.Aliases.Order(StringComparer.Ordinal).Prepend(o.Name))}{(o.HelpName is { } value ? $" {value}" : "")}{(o.Required ? " (required)" : "")}", o.Description)))
            .ToList();
        if (rows.Count == 0)
            return;
        page.Append("\n| | |\n|---|---|\n");
        foreach (var (name, description) in rows)
        {
            Assert.False(string.IsNullOrEmpty(description), $"{words} {name} has no description.");
            page.Append($"| `{name}` | {description!.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ")} |\n");
        }
    }
}
