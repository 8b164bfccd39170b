using NasFarm.Farm.Tests;

namespace NasFarm.Helm.Tests.Images;

/// <summary>The instructions of a Dockerfile.</summary>
/// <param name="Name">Its file's name.</param>
/// <param name="Lines">Instructions in their order, each in one line.</param>
internal sealed record Dockerfile(string Name, IReadOnlyList<string> Lines)
{
    public static IReadOnlyList<Dockerfile> All { get; } =
        [.. Directory.GetFiles(RepositoryFile.Path("k8s/images"), "*.Dockerfile").Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>Base images by their variable.</summary>
    public static IReadOnlyDictionary<string, string> BaseImages { get; } = File.ReadAllLines(RepositoryFile.Path("k8s/images/base-images.env"))
        .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    public IEnumerable<string> Of(string instruction) =>
        Lines.Where(line => line.StartsWith(instruction + " ", StringComparison.Ordinal)).Select(line => line[(instruction.Length + 1)..]);

    /// <summary>Debian packages of all stages.</summary>
    public IEnumerable<string> Packages => Of("RUN").Where(run => run.Contains("apt-get install", StringComparison.Ordinal))
        .SelectMany(run => run.Split("--no-install-recommends ")[1].Split("&&")[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Sources of the context, which is the repository.</summary>
    public IEnumerable<string> Sources => Of("COPY").Where(copy => !copy.StartsWith("--from=", StringComparison.Ordinal)).SelectMany(copy => copy.Split(' ')[..^1]);

    private static Dockerfile Read(string path) => new(Path.GetFileName(path), [.. File.ReadAllText(path).Replace("\\\n", "", StringComparison.Ordinal)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')]);
}
