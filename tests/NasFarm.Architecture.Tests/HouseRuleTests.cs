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

    [Fact]
    public void The_control_plane_asks_for_no_thread_of_its_own()
    {
        string[] folders = ["Coordination", "Scheduling", "Slots", "Trainers"];
        string[] edge = ["TrainerProcess.cs", "ParentThread.cs"];
        var asking =
            from folder in folders
            from file in Repository.Files(Path.Combine("src", "NasFarm.Farm", folder), "*.cs")
            where !edge.Contains(Path.GetFileName(file))
            from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
            where PoolThread().IsMatch(line.Text)
            select $"{Path.GetRelativePath(Repository.Root, file)}:{line.Number}: {line.Text.Trim()}";
        Assert.Empty(asking);
    }

    // Staying where one is, is what is wanted.
    [GeneratedRegex(@"\.ConfigureAwait\((?!ConfigureAwaitOptions\.ContinueOnCapturedContext)|Task\.Run\b|Task\.Factory|CancelAsync|RunContinuationsAsynchronously|ThreadPool|TimeProvider\.System")]
    private static partial Regex PoolThread();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b")]
    private static partial Regex Unfinished();
}
