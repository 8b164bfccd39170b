using System.Globalization;
using System.Text.RegularExpressions;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Artifacts;

/// <summary>How rows name a checkpoint: <c>{unit}/fence-{n}/{file}</c>. The fence in the path keeps a late attempt's files away from those
/// of whoever owns the unit now.</summary>
internal static partial class ArtifactPath
{
    /// <summary>What a file that is not complete yet ends with (NasFarm.Search writes so too).</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Folder of an attempt's own files.</summary>
    public static string FolderOf(AttemptKey attempt) => string.Create(CultureInfo.InvariantCulture, $"{attempt.UnitId}/fence-{attempt.Fence}");

    /// <summary>The path itself. Throws <see cref="InvalidDataException"/> for anything that is not three plain names in this form.</summary>
    public static string Checked(string path) => Form().IsMatch(path) && !path.EndsWith(TemporarySuffix, StringComparison.Ordinal)
        ? path
        : throw new InvalidDataException($"'{path}' is no artifact path; one is {{unit}}/fence-{{n}}/{{file}} of letters, digits, '.', '_' and '-', and does not end in {TemporarySuffix}.");

    /// <summary>Is this how a kept file may be called?</summary>
    public static bool IsOne(string path) => Form().IsMatch(path);

    /// <summary>Whose folder the path lies in; null: nobody's.</summary>
    public static AttemptKey? AttemptOf(string path) =>
        path.Split('/') is [var unit, var folder, _] && folder.StartsWith("fence-", StringComparison.Ordinal)
            && long.TryParse(folder["fence-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var fence)
            ? new(unit, fence)
            : null;

    /// <summary>Throws <see cref="InvalidDataException"/> unless the path is one of the attempt's own.</summary>
    public static void MustBeOf(AttemptKey attempt, string path)
    {
        if (!Checked(path).StartsWith(FolderOf(attempt) + "/", StringComparison.Ordinal))
            throw new InvalidDataException($"{attempt} cannot publish {path}: only files below {FolderOf(attempt)} are its own.");
    }

    /// <summary>An absolute path below <paramref name="root"/> as rows keep it.</summary>
    public static CheckpointRef Below(string root, CheckpointRef file)
    {
        var relative = Path.GetRelativePath(root, file.Path);
        return Path.IsPathRooted(file.Path) && !Path.IsPathRooted(relative) && !relative.StartsWith("..", StringComparison.Ordinal)
            ? file with { Path = Checked(relative.Replace('\\', '/')) }
            : throw new InvalidDataException($"checkpoint {file.Path} does not lie in the artifacts folder {root}");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}/fence-[1-9][0-9]{0,18}/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex Form();
}
