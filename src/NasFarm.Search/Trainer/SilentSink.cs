using System.Text.Json;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Phases;

namespace NasFarm.Search.Trainer;

/// <summary>For work that trains nothing: nobody listens, nobody asks to stop, and nothing may be written.</summary>
internal sealed class SilentSink : IUnitSink
{
    public FailureReason? StopRequested => null;

    public double Seconds => 0;

    public void Metric(long step, int epoch, string name, double value, bool timing = false)
    {
    }

    public void Decision(long step, int epoch, string name, JsonElement detail)
    {
    }

    public void Progress(int epoch, int epochsDone, int epochsExpected, int step, int stepsPerEpoch, double secondsPerStep)
    {
    }

    public CheckpointRef Checkpoint(IReadOnlyList<TensorEntry> tensors, JsonElement document, long trained, int epoch, int step, bool endOfUnit) =>
        throw new InvalidOperationException("What trains nothing writes no checkpoint.");
}
