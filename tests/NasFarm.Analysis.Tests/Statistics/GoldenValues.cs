using System.Text.Json.Nodes;

namespace NasFarm.Analysis.Tests.Statistics;

/// <summary>golden/statistics.json, made by golden/statistics.py with SciPy.</summary>
internal static class GoldenValues
{
    public static JsonNode Root { get; } = JsonNode.Parse(typeof(GoldenValues).Assembly.GetManifestResourceStream("statistics.json")!)!;

    public static double[] Numbers(this JsonNode node) => [.. node.AsArray().Select(v => v!.GetValue<double>())];

    public static double[] Sample(string name) => Root["samples"]![name]!.Numbers();

    public static void Near(double expected, double actual, double relative = 1e-9) =>
        Assert.True(Math.Abs(expected - actual) <= relative * Math.Max(1e-3, Math.Abs(expected)), $"expected {expected:R}, got {actual:R}");

    public static void Near(JsonNode expected, double first, double second, double relative = 1e-9)
    {
        Near(expected[0]!.GetValue<double>(), first, relative);
        Near(expected[1]!.GetValue<double>(), second, relative);
    }
}
