using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using NasFarm.Farm.Slots;

namespace NasFarm.Cli;

/// <summary>The GPUs that the driver's <c>nvidia-smi</c> names.</summary>
public static class NvidiaSmi
{
    private const string Query = "--query-gpu=index,uuid,memory.total,name";

    /// <summary>A GPU as it is listed: by index, by UUID, and what it is.</summary>
    public sealed record Listed(string Index, string Uuid, GpuDevice Device);

    /// <summary>Every GPU of this machine; none where there is no driver.</summary>
    public static IReadOnlyList<Listed> List()
    {
        try
        {
            using var query = Process.Start(new ProcessStartInfo("nvidia-smi", [Query, "--format=csv,noheader,nounits"]) { RedirectStandardOutput = true })!;
            var lines = query.StandardOutput.ReadToEnd();
            query.WaitForExit();
            return query.ExitCode == 0 ? Parse(lines) : [];
        }
        catch (Win32Exception)
        {
            return [];   // no driver, so no nvidia-smi
        }
    }

    /// <summary>Reads its lines: index, UUID, mebibytes, name. A memory that it does not tell ("[N/A]") is null.</summary>
    public static IReadOnlyList<Listed> Parse(string lines) => [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(line => line.Split(',', 4, StringSplitOptions.TrimEntries))
        .Where(fields => fields.Length == 4)
        .Select(fields => new Listed(fields[0], fields[1], new(fields[0], fields[3],
            long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var mebibytes) ? mebibytes << 20 : null)))];

    /// <summary>What is asked for, as the driver knows it; one that it does not name is taken by its name alone.</summary>
    public static IReadOnlyList<GpuDevice> Choose(IReadOnlyList<Listed> there, IReadOnlyList<string> wanted) => [.. wanted.Select(id =>
        there.FirstOrDefault(gpu => gpu.Index == id || gpu.Uuid == id) is { } known ? known.Device with { Id = id } : new GpuDevice(id))];
}
