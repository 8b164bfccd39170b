using System.Diagnostics;

namespace NasFarm.Operations.Tests.Telemetry;

/// <summary>A test that needs Prometheus; where that is not installed it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() => Skip = PrometheusTools.Absent;
}

/// <summary>Prometheus' programs, as Debian's package <c>prometheus</c> brings them.</summary>
internal static class PrometheusTools
{
    public static string? Absent { get; } = Find("prometheus") is null || Find("promtool") is null
        ? "Prometheus is not installed (apt-get install prometheus, or make install)." : null;

    public static string Server => Find("prometheus")!;

    /// <summary>Runs promtool; what it says. Fails the test when it does.</summary>
    public static async Task<string> CheckAsync(params string[] arguments)
    {
        using var tool = Process.Start(new ProcessStartInfo(Find("promtool")!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (tool.StandardOutput.ReadToEndAsync(), tool.StandardError.ReadToEndAsync());
        await tool.WaitForExitAsync();
        var said = await output + await errors;
        Assert.True(tool.ExitCode == 0, $"promtool {string.Join(' ', arguments)} ended with {tool.ExitCode}:\n{said}");
        return said;
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
