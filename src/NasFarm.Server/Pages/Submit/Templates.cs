namespace NasFarm.Server.Pages.Submit;

/// <summary>Manifests to start from: those of the folder <c>manifests</c>.</summary>
internal static class Templates
{
    private const string Prefix = "Manifests.";

    /// <summary>The one that an empty editor shows.</summary>
    public const string First = "quickstart";

    private static readonly Dictionary<string, string> All = Load();

    /// <summary>In alphabetical order, the first one first.</summary>
    public static IEnumerable<string> Names => All.Keys.OrderBy(n => n == First ? 0 : 1).ThenBy(n => n, StringComparer.Ordinal);

    /// <summary>The text; null: there is none of that name.</summary>
    public static string? Text(string name) => All.GetValueOrDefault(name);

    private static Dictionary<string, string> Load()
    {
        var assembly = typeof(Templates).Assembly;
        return assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(n => n[Prefix.Length..^".yaml".Length], n =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(n)!);
                return reader.ReadToEnd().ReplaceLineEndings("\n");
            });
    }
}
