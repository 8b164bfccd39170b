using System.Globalization;
using System.Text;

namespace NasFarm.Grafana;

/// <summary>How soon somebody must look.</summary>
public enum Severity
{
    /// <summary>The farm does not do its work, or does it wrong.</summary>
    Critical,

    /// <summary>It does, and something is amiss.</summary>
    Warning,
}

/// <summary>A rule of Prometheus.</summary>
/// <param name="Name">Of the alert.</param>
/// <param name="Severity">How soon.</param>
/// <param name="For">How long the expression holds before it fires.</param>
/// <param name="Summary">One line; may name labels in braces of Prometheus' templates.</param>
/// <param name="Expression">Given a way to write spans of time.</param>
public sealed record AlertRule(string Name, Severity Severity, TimeSpan For, string Summary, Func<Span, string> Expression)
{
    /// <summary>The page that says what to do, from the repository's root.</summary>
    public string Runbook => $"docs/runbooks/{Kebab(Name["NasFarm".Length..])}.md";

    private static string Kebab(string name) =>
        string.Concat(name.Select((letter, i) => char.IsUpper(letter) ? $"{(i > 0 ? "-" : "")}{char.ToLowerInvariant(letter)}" : $"{letter}"));
}

/// <summary>Writes a span of time in PromQL.</summary>
public delegate string Span(TimeSpan span);

/// <summary>The file of all rules.</summary>
public static class RuleFile
{
    /// <summary>As Prometheus reads it.</summary>
    /// <param name="rules">In this order.</param>
    /// <param name="faster">Divides every span of time: a test cannot wait for hours.</param>
    /// <param name="shortest">No span becomes shorter than this.</param>
    public static string Text(IEnumerable<AlertRule> rules, double faster = 1, TimeSpan shortest = default)
    {
        var text = new StringBuilder(
            """
            # Alerts of a farm; made by grafana/source, held to it by tests/NasFarm.Operations.Tests. Each has a page in docs/runbooks.
            groups:
              - name: nasfarm
                rules:

            """);
        foreach (var rule in rules)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"""
                      - alert: {rule.Name}
                        expr: |-
                {string.Join('\n', rule.Expression(Say).Split('\n').Select(line => $"          {line}"))}
                        for: {Say(rule.For)}
                        labels:
                          severity: {rule.Severity.ToString().ToLowerInvariant()}
                        annotations:
                          summary: "{rule.Summary}"
                          runbook: {rule.Runbook}

                """);
        }
        return text.ToString();

        string Say(TimeSpan span)
        {
            var said = span == TimeSpan.Zero || span / faster > shortest ? span / faster : shortest;
            return said.TotalSeconds % 3600 == 0 && said > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"{said.TotalHours:0}h")
                : said.TotalSeconds % 60 == 0 && said > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"{said.TotalMinutes:0}m")
                : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(said.TotalSeconds):0}s");
        }
    }
}
