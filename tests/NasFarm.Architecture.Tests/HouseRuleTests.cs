using System.Text.RegularExpressions;

namespace NasFarm.Architecture.Tests;

/// <summary>Habits that a reader relies on (CONTRIBUTING.md).</summary>
public sealed partial class HouseRuleTests
{
    private const int LongestFile = 450;

    [Fact]
    public void No_source_file_is_longer_than_the_wall()
    {
        var long_ = Repository.Files("src", "*.cs").Concat(Repository.Files("src", "*.cpp"))
            .Select(f => (File: Path.GetRelativePath(Repository.Root, f), Lines: File.ReadLines(f).Count()))
            .Where(f => f.Lines > LongestFile);
        Assert.Empty(long_);
    }

    [Fact]
    public void No_source_file_leaves_work_for_later()
    {
        var unfinished =
            from file in Repository.Files("src", "*.cs").Concat(Repository.Files("src", "*.cpp"))
            from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
            where Unfinished().IsMatch(line.Text)
            select $"{Path.GetRelativePath(Repository.Root, file)}:{line.Number}: {line.Text.Trim()}";
        Assert.Empty(unfinished);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "NasFarm.sln")).Replace('\\', '/');
        var missing = Repository.Files("src", "*.csproj").Concat(Repository.Files("tests", "*.csproj"))
            .Select(p => Path.GetRelativePath(Repository.Root, p).Replace('\\', '/'))
            .Where(p => !solution.Contains(p, StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b")]
    private static partial Regex Unfinished();
}
