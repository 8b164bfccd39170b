using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace NasFarm.Architecture.Tests;

/// <summary>Arrows between projects point one way (docs/code-structure.md).</summary>
public sealed partial class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["NasFarm.Catalog"] = [],
        ["NasFarm.Torch"] = [],
        ["NasFarm.Search"] = ["NasFarm.Catalog", "NasFarm.Torch"],
        ["NasFarm.Farm"] = ["NasFarm.Catalog"],
        ["NasFarm.Analysis"] = ["NasFarm.Catalog"],
        ["NasFarm.Server"] = ["NasFarm.Analysis", "NasFarm.Catalog", "NasFarm.Farm"],
        ["NasFarm.Orleans"] = ["NasFarm.Analysis", "NasFarm.Catalog", "NasFarm.Farm", "NasFarm.Server"],
        ["NasFarm.Cli"] = ["NasFarm.Analysis", "NasFarm.Catalog", "NasFarm.Farm", "NasFarm.Search", "NasFarm.Server", "NasFarm.Torch"],
    };

    public static TheoryData<string> Projects => [.. Repository.Files("src", "*.csproj").Select(p => Path.GetFileNameWithoutExtension(p)!)];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_refers_only_to_projects_below_it(string project)
    {
        Assert.True(Allowed.ContainsKey(project), $"{project} is not on the list of arrows: decide where it stands and say so here and in docs/code-structure.md.");
        var file = XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"));
        var references = file.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
        Assert.Empty(references.Except(Allowed[project]));
    }

    [Theory, MemberData(nameof(Projects))]
    public void A_source_file_names_no_namespace_above_it(string project)
    {
        string[] known = [project, .. Allowed[project]];
        var wrong =
            from file in Repository.Files(Path.Combine("src", project), "*.cs")
            from match in NamespaceName().Matches(File.ReadAllText(file)).Cast<Match>()
            let named = match.Value
            where Allowed.ContainsKey(named) && !known.Contains(named)
            select $"{Path.GetRelativePath(Repository.Root, file)} names {named}";
        // Documentation may point anywhere; code may not.
        var inCode = wrong.Distinct().Where(w => !IsOnlyInComments(w)).ToList();
        Assert.Empty(inCode);
    }

    [Fact]
    public void The_control_plane_never_loads_libtorch()
    {
        var farm = Repository.Files(Path.Combine("src", "NasFarm.Farm"), "*.cs").Concat(Repository.Files(Path.Combine("src", "NasFarm.Catalog"), "*.cs"));
        var loading = farm.Where(f => File.ReadAllText(f).Contains("using TorchSharp", StringComparison.Ordinal)).ToList();
        Assert.Empty(loading);
    }

    private static bool IsOnlyInComments(string finding)
    {
        var (file, named) = (finding[..finding.IndexOf(" names ", StringComparison.Ordinal)], finding[(finding.LastIndexOf(' ') + 1)..]);
        return File.ReadLines(Path.Combine(Repository.Root, file))
            .Where(line => line.Contains(named, StringComparison.Ordinal))
            .All(line => line.TrimStart().StartsWith("//", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"NasFarm\.(Catalog|Torch|Search|Farm|Analysis|Server|Orleans|Cli)\b")]
    private static partial Regex NamespaceName();
}
