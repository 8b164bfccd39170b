using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Trainers;

/// <summary>What reaches a supervisor, in order.</summary>
public abstract record TrainerSignal
{
    private TrainerSignal() { }

    /// <summary>A line of a trainer's standard output.</summary>
    public static TrainerSignal Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainerEvent>(line, CatalogJson.Compact) is { } said
                ? new Said(said)
                : new Garbled(line, "null is no event");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return new Garbled(line, e.Message);
        }
    }

    /// <summary>The trainer said something.</summary>
    public sealed record Said(TrainerEvent Event) : TrainerSignal;

    /// <summary>A line that is no event.</summary>
    public sealed record Garbled(string Line, string Why) : TrainerSignal;

    /// <summary>The process is gone.</summary>
    public sealed record Exited(TrainerExit Exit) : TrainerSignal;

    /// <summary>What the unit resumes from is on this host, or said to be missing.</summary>
    public sealed record Ready(AttemptKey Attempt, IReadOnlyList<FetchedArtifact> Files) : TrainerSignal;

    /// <summary>The first file on its way has been published; the row that waited for it, if one did.</summary>
    public sealed record Published(AttemptKey Attempt, TrainerEvent.Checkpoint? Row) : TrainerSignal;

    /// <summary>A transfer was given up.</summary>
    public sealed record TransferFailed(AttemptKey Attempt, Exception Why) : TrainerSignal;

    /// <summary>A third of the lease has passed.</summary>
    public sealed record Tick : TrainerSignal;

    /// <summary>The host asks to stop.</summary>
    public sealed record StopAsked(AttemptKey Attempt) : TrainerSignal;

    /// <summary>The grace time is over.</summary>
    public sealed record GraceOver(AttemptKey Attempt) : TrainerSignal;
}
