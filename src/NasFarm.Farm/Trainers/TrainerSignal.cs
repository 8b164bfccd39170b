using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Trainers;

/// <summary>What reaches a supervisor, in order.</summary>
internal abstract record TrainerSignal
{
    private TrainerSignal() { }

    /// <summary>The trainer said something.</summary>
    internal sealed record Said(TrainerEvent Event) : TrainerSignal;

    /// <summary>A line that is no event.</summary>
    internal sealed record Garbled(string Line, string Why) : TrainerSignal;

    /// <summary>The process is gone.</summary>
    internal sealed record Exited(TrainerExit Exit) : TrainerSignal;

    /// <summary>A third of the lease has passed.</summary>
    internal sealed record Tick : TrainerSignal;

    /// <summary>The host asks to stop.</summary>
    internal sealed record StopAsked(AttemptKey Attempt) : TrainerSignal;

    /// <summary>The grace time is over.</summary>
    internal sealed record GraceOver(AttemptKey Attempt) : TrainerSignal;
}
