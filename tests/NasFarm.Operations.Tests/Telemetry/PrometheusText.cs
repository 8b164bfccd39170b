using System.Globalization;
using System.Text.RegularExpressions;

namespace NasFarm.Operations.Tests.Telemetry;

/// <summary>One series of a metrics page.</summary>
public sealed record Series(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    public override string ToString() => $"{Name}{{{string.Join(',', Labels.Select(label => $"{label.Key}=\"{label.Value}\""))}}}";
}

/// <summary>Reads what a program says at <c>/metrics</c>.</summary>
internal static partial class PrometheusText
{
    public static IReadOnlyList<Series> Parse(string text) => [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(Line)];

    private static Series Line(string line)
    {
        var parts = LinePattern().Match(line);
        Assert.True(parts.Success, $"'{line}' is no series.");
        return new(parts.Groups["name"].Value,
            LabelPattern().Matches(parts.Groups["labels"].Value).ToDictionary(label => label.Groups["key"].Value, label => label.Groups["value"].Value),
            parts.Groups["value"].Value switch
            {
                "+Inf" => double.PositiveInfinity,
                "-Inf" => double.NegativeInfinity,
                var value => double.Parse(value, CultureInfo.InvariantCulture),
            });
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>\S+)( \S+)?$""")]
    private static partial Regex LinePattern();

    [GeneratedRegex("""(?<key>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(?:[^"\\]|\\.)*)"[,]?""")]
    private static partial Regex LabelPattern();
}
