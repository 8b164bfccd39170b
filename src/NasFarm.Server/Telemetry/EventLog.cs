using Microsoft.Extensions.Logging;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Telemetry;

namespace NasFarm.Server.Telemetry;

/// <summary>The lines that a program says, as log records with their fields. Here ids belong: a record is one thing that happened.</summary>
/// <param name="log">Where they go.</param>
/// <param name="time">The clock of lines.</param>
internal sealed class EventLog(ILogger log, TimeProvider time)
{
    /// <summary>Logs an event that has a line.</summary>
    public void Tell(FarmEvent happened)
    {
        if (FarmLine.Of(happened, time.GetUtcNow()) is not { } line)
            return;
        var fields = new (string Name, object? Value)[]
        {
            ("event", line.Event), ("slot", line.Slot), ("unit", line.Unit), ("run", line.Run), ("fence", line.Fence),
            ("reason", line.Reason is { } reason ? MetricLabels.Word(reason) : null),
        };
        log.Log(IsTrouble(happened) ? LogLevel.Warning : LogLevel.Information, default,
            fields.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Name, field.Value)).ToList(), null, (_, _) => line.Text);
    }

    private static bool IsTrouble(FarmEvent happened) => happened is FarmEvent.Ended or FarmEvent.LeaseExpired or FarmEvent.SlotExcluded or FarmEvent.Quarantined
        or FarmEvent.NotBundled or FarmEvent.NotCollected or FarmEvent.StoreAway or FarmEvent.ArtifactsAway;
}
