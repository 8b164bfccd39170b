using NasFarm.Farm.Telemetry;

namespace NasFarm.Server.Telemetry;

/// <summary>What is collected besides the farm's own metrics.</summary>
public static class Sources
{
    /// <summary>Meters: the farm's, .NET's of process and runtime, the web server's, Orleans'.</summary>
    public static IReadOnlyList<string> Meters { get; } =
        [MetricCatalog.Meter, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", Orleans];

    /// <summary>Orleans' meter.</summary>
    public const string Orleans = "Microsoft.Orleans";

    /// <summary>Labels of Orleans' that stay. Others name silos by address and start, of which there is no end.</summary>
    public static IReadOnlyList<string> OrleansLabels { get; } =
    [
        "ConnectionDirection", "Context", "Direction", "MessageDirection", "Status", "directory", "error_type", "grain_type", "locator", "mode", "provider_type_name",
        "result", "source", "state_name", "status", "type", "via",
    ];

    /// <summary>Activity sources: attempts, requests, statements, grain calls.</summary>
    public static IReadOnlyList<string> Activities { get; } =
        [AttemptSpans.Source, "Microsoft.AspNetCore", "Npgsql", "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application"];
}
