namespace NasFarm.Cli.Commands;

/// <summary>The HTML report as a file.</summary>
internal static class ReportFile
{
    /// <summary>Writes it whole or not at all, and returns its path.</summary>
    public static string Write(string path, string html)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path + ".tmp", html);
        File.Move(path + ".tmp", path, overwrite: true);
        return path;
    }
}
