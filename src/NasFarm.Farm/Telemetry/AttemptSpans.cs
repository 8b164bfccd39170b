using System.Collections.Concurrent;
using System.Diagnostics;
using NasFarm.Farm.Coordination;

namespace NasFarm.Farm.Telemetry;

/// <summary>An attempt as a span, from its claim to its end, with what happened in between. Ids belong here: a span is one attempt.</summary>
public sealed class AttemptSpans : IDisposable
{
    /// <summary>Name of the source.</summary>
    public const string Source = "NasFarm";

    private readonly ActivitySource source = new(Source);
    private readonly ConcurrentDictionary<string, Activity> executing = new(StringComparer.Ordinal);

    /// <summary>Hears an event, from any thread.</summary>
    public void Tell(FarmEvent happened)
    {
        switch (happened)
        {
            case FarmEvent.Claimed e when source.StartActivity("attempt", ActivityKind.Internal, default(ActivityContext)) is { } span:
                // It lasts for hours, and what this thread does meanwhile is no part of it.
                Activity.Current = span.Parent;
                executing[e.SlotId] = span
                    .SetTag("nasfarm.unit", e.Claim.Key.UnitId).SetTag("nasfarm.run", e.Claim.RunId).SetTag("nasfarm.fence", e.Claim.Key.Fence)
                    .SetTag("nasfarm.slot", e.SlotId).SetTag("nasfarm.kind", MetricLabels.Word(e.Claim.Unit.Kind))
                    .SetTag("nasfarm.method", e.Claim.Unit.SeedRun.Method).SetTag("nasfarm.seed", e.Claim.Unit.SeedRun.SearchSeed);
                break;
            case FarmEvent.Started e when executing.TryGetValue(e.SlotId, out var span):
                span.AddEvent(new("started", tags: new() { { "nasfarm.trained", e.Start.Trained }, { "nasfarm.resumed", e.Start.ResumedFrom is not null } }));
                break;
            case FarmEvent.Saved e when executing.TryGetValue(e.SlotId, out var span):
                span.AddEvent(new("saved", tags: new() { { "nasfarm.trained", e.File.Trained }, { "nasfarm.bytes", e.File.Bytes } }));
                break;
            case FarmEvent.Completed e when executing.TryRemove(e.SlotId, out var span):
                span.SetTag("nasfarm.ending", MetricLabels.Done).SetStatus(ActivityStatusCode.Ok).Dispose();
                break;
            case FarmEvent.Ended e when executing.TryRemove(e.SlotId, out var span):
                span.SetTag("nasfarm.ending", MetricLabels.Word(e.Reason)).SetStatus(ActivityStatusCode.Error, e.Message).Dispose();
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var span in executing.Values)
            span.Dispose();
        source.Dispose();
    }
}
