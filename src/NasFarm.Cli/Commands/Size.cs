using System.Globalization;

namespace NasFarm.Cli.Commands;

/// <summary>Bytes as people read them.</summary>
internal static class Size
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>E.g. <c>3.4 MiB</c>.</summary>
    public static string Words(long bytes)
    {
        var power = Math.Min(bytes == 0 ? 0 : (int)Math.Log(bytes, 1024), Units.Length - 1);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / Math.Pow(1024, power):0.#} {Units[power]}");
    }
}
