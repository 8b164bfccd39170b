using System.CommandLine;
using System.Globalization;

namespace NasFarm.Cli.Commands.Analyze;

/// <summary>Options that take a whole number.</summary>
internal static class Counts
{
    private const int Most = 1_000_000;

    /// <summary>From <paramref name="least"/> to a million; anything else is an error with the value.</summary>
    public static Option<int?> Option(string name, string description, int? value, int least) => new(name)
    {
        Description = description + (value is { } standard ? $" Default: {standard}." : ""),
        HelpName = "N",
        DefaultValueFactory = _ => value,
        CustomParser = given =>
        {
            var text = given.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= Most) return number;
            given.AddError($"{name} is '{text}'; it must be a whole number from {least} to {Most}.");
            return null;
        },
    };
}
