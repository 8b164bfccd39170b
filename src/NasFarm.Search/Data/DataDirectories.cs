namespace NasFarm.Search.Data;

/// <summary>Where data sets are looked for, in order. In a directory D a set lies in <c>D/&lt;set&gt;/</c> under its publisher's file
/// names, or in D itself under names that tell the set apart (<c>mnist-train-images-idx3-ubyte.gz</c>).</summary>
/// <param name="Search">Directories, first match wins; those that do not exist are passed over.</param>
/// <param name="User">The user's own data directory, where <c>fetch</c> and <c>import</c> write; also searched.</param>
/// <param name="Cache">Where content hashes are remembered; null: nowhere.</param>
public sealed record DataDirectories(IReadOnlyList<string> Search, string User, string? Cache)
{
    /// <summary>Environment variable with further directories, separated as in PATH.</summary>
    public const string Variable = "NASFARM_DATA";

    /// <summary>Where Debian's package dataset-fashion-mnist puts its folder.</summary>
    public const string DebianDirectory = "/usr/share/datasets";

    /// <summary>The usual order: the explicit directory, <see cref="Variable"/>, the user's data directory, Debian's.</summary>
    /// <param name="explicitDirectory">From a command line or configuration; null for none.</param>
    /// <param name="environment">Reads a variable: <see cref="Environment.GetEnvironmentVariable(string)"/>.</param>
    public static DataDirectories Standard(string? explicitDirectory, Func<string, string?> environment)
    {
        string Home(string variable, string below) => environment(variable) is { Length: > 0 } set
            ? set
            : Path.Combine(environment("HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), below);

        var user = Path.Combine(Home("XDG_DATA_HOME", ".local/share"), "nasfarm", "data");
        var listed = (environment(Variable) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] search = explicitDirectory is null ? [.. listed, user, DebianDirectory] : [explicitDirectory, .. listed, user, DebianDirectory];
        return new(search, user, Path.Combine(Home("XDG_CACHE_HOME", ".cache"), "nasfarm", "data"));
    }
}
