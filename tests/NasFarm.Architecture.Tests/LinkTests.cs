using System.Text.RegularExpressions;

namespace NasFarm.Architecture.Tests;

/// <summary>Every relative link of a page leads to a file, and to a heading of it where it names one.</summary>
public sealed partial class LinkTests
{
    private static readonly string[] All =
    [
        "README.md", "CONTRIBUTING.md", "CHANGELOG.md",
        .. Repository.Files("docs", "*.md").Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> Pages => [.. All];

    [Theory, MemberData(nameof(Pages))]
    public void A_link_leads_somewhere(string page) => Assert.Empty(Broken(page, File.ReadAllText(Path.Combine(Repository.Root, page))));

    [Fact]
    public void Every_page_is_reached_from_the_start_page()
    {
        var reached = new HashSet<string>();
        var next = new Queue<string>(["docs/README.md"]);
        while (next.TryDequeue(out var page))
        {
            if (!reached.Add(page))
                continue;
            foreach (var target in Targets(page, File.ReadAllText(Path.Combine(Repository.Root, page))).Select(t => t.Path).Where(p => p.EndsWith(".md", StringComparison.Ordinal)))
                next.Enqueue(target);
        }
        Assert.Empty(All.Except(reached));
    }

    [Theory]
    [InlineData("[a](how-to/absent.md)", "docs/how-to/absent.md")]
    [InlineData("[a](reference/cli.md#absent)", "docs/reference/cli.md has no heading #absent")]
    [InlineData("[a](#absent)", "docs/README.md has no heading #absent")]
    [InlineData("[a](methods)", null)]
    [InlineData("[a](reference/cli.md#every-command) `[b](absent.md)` [c](https://example.org/x.md)", null)]
    public void A_broken_link_is_noticed(string text, string? said)
    {
        var broken = Broken("docs/README.md", text);
        Assert.True(said is null ? broken.Count == 0 : Assert.Single(broken).Contains(said, StringComparison.Ordinal), string.Join('\n', broken));
    }

    private static List<string> Broken(string page, string text)
    {
        var found = new List<string>();
        foreach (var (path, heading) in Targets(page, text))
        {
            var file = Path.Combine(Repository.Root, path);
            if (!File.Exists(file) && !Directory.Exists(file))
                found.Add($"{page}: there is no {path}.");
            else if (heading.Length > 0 && !Headings(path == page ? text : File.ReadAllText(file)).Contains(heading))
                found.Add($"{page}: {path} has no heading #{heading}.");
        }
        return found;
    }

    // Paths from the root; what is quoted as code is no link.
    private static IEnumerable<(string Path, string Heading)> Targets(string page, string text) =>
        from match in Link().Matches(Code().Replace(text, "")).Cast<Match>()
        let target = match.Groups[1].Value
        where !Elsewhere().IsMatch(target)
        let parts = target.Split('#', 2)
        let path = parts[0].Length == 0 ? page : Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, parts[0])))
        select (path.Replace('\\', '/'), parts.Length > 1 ? parts[1] : "");

    // As the forges make them: lower case, blanks become '-', other signs go.
    private static HashSet<string> Headings(string text) =>
        [.. Heading().Matches(Fence().Replace(text, "")).Select(m => Sign().Replace(m.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```|`[^`\n]*`", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Code();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Elsewhere();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Sign();
}
