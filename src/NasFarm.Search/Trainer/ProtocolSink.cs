using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Phases;
using NasFarm.Torch.Ext;

namespace NasFarm.Search.Trainer;

/// <summary>Turns what a unit reports into protocol events of one attempt.</summary>
/// <param name="fence">The attempt's fence.</param>
/// <param name="directory">Folder of the attempt's checkpoints.</param>
/// <param name="onGpu">Report device memory.</param>
/// <param name="send">Writes one event.</param>
/// <param name="stopRequested">The reason of a stop request, if one came.</param>
/// <param name="time">Monotonic clock.</param>
public sealed class ProtocolSink(
    long fence, string directory, bool onGpu, Action<TrainerEvent> send, Func<FailureReason?> stopRequested, TimeProvider time) : IUnitSink
{
    private readonly long origin = time.GetTimestamp();

    /// <inheritdoc/>
    public FailureReason? StopRequested => stopRequested();

    /// <inheritdoc/>
    public double Seconds => time.GetElapsedTime(origin).TotalSeconds;

    /// <inheritdoc/>
    public void Metric(long step, int epoch, string name, double value, bool timing) =>
        send(new TrainerEvent.Metric(fence, step, epoch, name, value, timing));

    /// <inheritdoc/>
    public void Decision(long step, int epoch, string name, JsonElement detail) =>
        send(new TrainerEvent.Decision(fence, step, epoch, name, detail));

    /// <inheritdoc/>
    public void Progress(int epoch, int epochsDone, int epochsExpected, int step, int stepsPerEpoch, double secondsPerStep) =>
        send(new TrainerEvent.Progress(
            fence, epoch, epochsDone, epochsExpected, step, stepsPerEpoch, secondsPerStep, Environment.WorkingSet,
            onGpu ? TensorMemory.DeviceMemoryBytes.Used : 0));

    /// <inheritdoc/>
    public CheckpointRef Checkpoint(IReadOnlyList<TensorEntry> tensors, JsonElement document, long trained, int epoch, int step, bool endOfUnit)
    {
        var started = Seconds;
        var name = endOfUnit ? "end" : step == 0 ? Digits(trained) : $"{Digits(trained)}-{Digits(step)}";
        var path = Path.Combine(directory, $"{name}.safetensors");
        var written = Safetensors.Write(path, tensors, document);
        var file = new CheckpointRef(path, written.Sha256, written.Bytes, trained, epoch, endOfUnit);
        send(new TrainerEvent.Checkpoint(fence, file, Seconds - started));
        return file;
    }

    private static string Digits(long number) => number.ToString("D6", CultureInfo.InvariantCulture);
}
