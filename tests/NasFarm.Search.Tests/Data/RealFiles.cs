namespace NasFarm.Search.Tests.Data;

/// <summary>Where real data sets may stand on a developer's machine.</summary>
internal static class RealFiles
{
    public const string Debian = "/usr/share/datasets";

    /// <summary><c>../shared/data</c> beside the repository.</summary>
    public static string? Shared { get; } = FindShared();

    private static string? FindShared()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "NasFarm.sln")))
                return Path.Combine(folder.Parent!.FullName, "shared", "data");
        return null;
    }
}

/// <summary>A fact about real Fashion-MNIST files; skipped where they are absent.</summary>
internal sealed class DebianFashionMnistFactAttribute : FactAttribute
{
    public DebianFashionMnistFactAttribute()
    {
        if (!File.Exists(Path.Combine(RealFiles.Debian, "fashion-mnist", "train-images-idx3-ubyte.gz")))
            Skip = "Debian's package dataset-fashion-mnist is not installed.";
    }
}

/// <summary>A fact about files in ../shared/data; skipped where they are absent.</summary>
internal sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute(string file)
    {
        if (RealFiles.Shared is not { } shared || !File.Exists(Path.Combine(shared, file)))
            Skip = $"../shared/data/{file} does not stand beside the repository.";
    }
}
