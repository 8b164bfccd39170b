using System.Diagnostics;
using System.Text.RegularExpressions;
using NasFarm.Farm.Tests;
using NasFarm.Grafana;

namespace NasFarm.Operations.Tests.Telemetry;

/// <summary>Alert rules: the file, when each fires and resolves, and the page that helps.</summary>
public sealed partial class AlertRuleTests
{
    private const string Rules = "grafana/rules/nasfarm.rules.yaml", Cases = "tests/NasFarm.Operations.Tests/Telemetry/rules.test.yaml";

    [Fact]
    public void The_file_is_what_the_source_says() => RepositoryFile.AssertGolden(Rules, RuleFile.Text(AlertRules.All));

    [PrometheusFact]
    public async Task Prometheus_accepts_the_rules() => Assert.Contains($"{AlertRules.All.Count} rules found", await PrometheusTools.CheckAsync("check", "rules", RepositoryFile.Path(Rules)));

    [PrometheusFact]
    public async Task Each_rule_fires_and_resolves_as_its_cases_say()
    {
        var cases = await File.ReadAllTextAsync(RepositoryFile.Path(Cases));
        // A rule without a case that fires, or without one that does not, would pass.
        var checks = CheckPattern().Matches(cases).Select(check => (Alert: check.Groups["alert"].Value, Fires: check.Groups["none"].Length == 0)).ToList();
        Assert.All(AlertRules.All, rule => Assert.Equal([false, true], checks.Where(check => check.Alert == rule.Name).Select(check => check.Fires).Distinct().Order()));
        await PrometheusTools.CheckAsync("test", "rules", RepositoryFile.Path(Cases));
    }

    [Fact]
    public void Each_rule_has_a_page_with_its_name_what_it_means_and_what_to_do()
    {
        var contents = File.ReadAllText(RepositoryFile.Path("docs/runbooks/README.md"));
        Assert.All(AlertRules.All, rule =>
        {
            var page = File.ReadAllText(RepositoryFile.Path(rule.Runbook));
            Assert.StartsWith($"# {rule.Name}\n", page, StringComparison.Ordinal);
            Assert.All(new[] { "**Means.**", "**See.**", "**Do.**" }, part => Assert.Contains(part, page, StringComparison.Ordinal));
            Assert.Contains($"| {rule.Name} | [", contents, StringComparison.Ordinal);
        });
        Assert.Equal(AlertRules.All.Count + 1, Directory.GetFiles(RepositoryFile.Path("docs/runbooks")).Length);
    }

    [Fact]
    public async Task Pages_name_commands_that_there_are()
    {
        var commands = Directory.GetFiles(RepositoryFile.Path("docs/runbooks"))
            .SelectMany(page => CommandPattern().Matches(File.ReadAllText(page))).Select(match => match.Groups["command"].Value).Distinct().ToList();
        using var help = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "nasfarm"), ["--help"]) { RedirectStandardOutput = true })!;
        var known = await help.StandardOutput.ReadToEndAsync();
        await help.WaitForExitAsync();
        Assert.True(commands.Count > 5);
        Assert.All(commands, command => Assert.Matches($@"(?m)^  {command}\b", known));
    }

    [Fact]
    public void Faster_rules_differ_in_nothing_but_their_times() => Assert.Equal(
        NumberPattern().Replace(RuleFile.Text(AlertRules.All), "0"),
        NumberPattern().Replace(RuleFile.Text(AlertRules.All, faster: 60), "0"));

    [GeneratedRegex(@"alertname: (?<alert>\w+)\n\s*exp_alerts:(?<none> \[\])?")]
    private static partial Regex CheckPattern();

    [GeneratedRegex("`nasfarm (?<command>[a-z]+)")]
    private static partial Regex CommandPattern();

    // 300, 5m, 1h: whatever is a span of time or its seconds.
    [GeneratedRegex(@"\b\d+[smh]?\b")]
    private static partial Regex NumberPattern();
}
