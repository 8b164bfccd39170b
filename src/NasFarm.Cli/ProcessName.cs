using System.Globalization;

namespace NasFarm.Cli;

/// <summary>The name of this process among all that ever share a farm.</summary>
internal static class ProcessName
{
    /// <summary>Machine, process id and start.</summary>
    public static string Current { get; } = string.Create(CultureInfo.InvariantCulture,
        $"{Environment.MachineName}-{Environment.ProcessId}-{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}");
}
