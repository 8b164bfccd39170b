using System.Text.Json;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;

namespace NasFarm.Search.Phases;

/// <summary>Where a running unit reports to, and from where it hears that it must stop.</summary>
public interface IUnitSink
{
    /// <summary>The reason of a stop request, null while none came. Asked between steps.</summary>
    FailureReason? StopRequested { get; }

    /// <summary>Records a number at a trained epoch.</summary>
    void Metric(long step, int epoch, string name, double value, bool timing = false);

    /// <summary>Records a decision.</summary>
    void Decision(long step, int epoch, string name, JsonElement detail);

    /// <summary>For bars only; may be dropped.</summary>
    void Progress(int epoch, int epochsDone, int epochsExpected, int step, int stepsPerEpoch, double secondsPerStep);

    /// <summary>Writes a checkpoint durably, announces it, and returns where it is.</summary>
    CheckpointRef Checkpoint(IReadOnlyList<TensorEntry> tensors, JsonElement document, long trained, int epoch, int step, bool endOfUnit);

    /// <summary>Seconds on a monotonic clock, for timing metrics.</summary>
    double Seconds { get; }
}

/// <summary>A stop was asked for; a checkpoint of this very step is written.</summary>
public sealed class StopRequestedException(FailureReason reason) : Exception($"Stopped by request: {reason}.")
{
    /// <summary>Why.</summary>
    public FailureReason Reason { get; } = reason;
}
