namespace NasFarm.Farm.Tests;

/// <summary>Files of the repository that tests hold to the code. <c>NASFARM_UPDATE_GOLDEN=1</c> writes them anew: the difference is then
/// a decision in a commit.</summary>
internal static class RepositoryFile
{
    /// <summary>The folder with NasFarm.sln, found from the test assembly upwards.</summary>
    public static string Root { get; } = FindRoot();

    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    /// <summary>The committed text equals <paramref name="actual"/>, or is made equal when asked for.</summary>
    public static void AssertGolden(string relative, string actual)
    {
        var path = Path(relative);
        if (Environment.GetEnvironmentVariable("NASFARM_UPDATE_GOLDEN") == "1") File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{relative} is missing; NASFARM_UPDATE_GOLDEN=1 dotnet test writes it.");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "NasFarm.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No NasFarm.sln above {AppContext.BaseDirectory}.");
    }
}
