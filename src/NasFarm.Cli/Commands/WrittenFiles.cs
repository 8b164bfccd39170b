using NasFarm.Analysis.Export;

namespace NasFarm.Cli.Commands;

/// <summary>Files that a command writes into a folder.</summary>
internal static class WrittenFiles
{
    /// <summary>Makes the folder, writes the files in place of those of the same names, and returns their paths.</summary>
    public static async Task<IReadOnlyList<string>> WriteAsync(this DirectoryInfo folder, IReadOnlyList<ExportFile> files, CancellationToken cancel)
    {
        // They may come from a server: each is a name in this folder, not a path out of it.
        if (files.FirstOrDefault(file => file.Name != Path.GetFileName(file.Name) || file.Name is "" or "." or "..") is { } outside)
            throw new InvalidDataException($"'{outside.Name}' is no name for a file in {folder.FullName}; nothing was written.");
        folder.Create();
        var paths = new List<string>();
        foreach (var file in files)
        {
            paths.Add(Path.Combine(folder.FullName, file.Name));
            await File.WriteAllTextAsync(paths[^1], file.Content, cancel);
        }
        return paths;
    }
}
