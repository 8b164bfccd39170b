using System.Text.Json;
using System.Text.Json.Serialization;

namespace NasFarm.Catalog.Units;

/// <summary>Supervisor → trainer, one JSON object a line on standard input. When standard input ends, the trainer exits.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Run), "run")]
[JsonDerivedType(typeof(Lease), "lease")]
[JsonDerivedType(typeof(Stop), "stop")]
[JsonDerivedType(typeof(Predict), "predict")]
public abstract record TrainerCommand
{
    /// <summary>Execute one unit. The trainer answers with events that carry the same fence and ends with one
    /// <see cref="TrainerEvent.Done"/> or <see cref="TrainerEvent.Failed"/>; then it waits for the next command.</summary>
    /// <param name="Unit">What to execute.</param>
    /// <param name="Execution">How.</param>
    /// <param name="Fence">The attempt's fence; echoed in every event, never written into a checkpoint.</param>
    /// <param name="OutputDirectory">Existing folder for this attempt's checkpoints (<c>{unit}/fence-{n}</c>).</param>
    /// <param name="ResumeFrom">Checkpoints usable for a start, newest first: of this unit, or the end of the phase before. Empty: start new.</param>
    /// <param name="LeaseMilliseconds">Length of a lease; without a grant for two thirds of it the trainer stops itself.</param>
    public sealed record Run(
        UnitSpec Unit, ExecutionSpec Execution, long Fence, string OutputDirectory,
        IReadOnlyList<CheckpointRef> ResumeFrom, int LeaseMilliseconds) : TrainerCommand;

    /// <summary>The lease was renewed just now.</summary>
    public sealed record Lease(long Fence) : TrainerCommand;

    /// <summary>Write a checkpoint, answer <see cref="TrainerEvent.Failed"/> with this reason, and wait.</summary>
    public sealed record Stop(long Fence, FailureReason Reason) : TrainerCommand;

    /// <summary>Show the test images of a retrain job to the network that it trained. No attempt and no lease: nothing of the unit changes. The
    /// trainer answers with one <see cref="TrainerEvent.Predicted"/> or <see cref="TrainerEvent.Failed"/>.</summary>
    /// <param name="Unit">The retrain job.</param>
    /// <param name="Execution">Device and threads.</param>
    /// <param name="Fence">Number of the question; echoed in the answer.</param>
    /// <param name="From">The checkpoint that the job ended with.</param>
    /// <param name="Output">File to write, in the layout of checkpoints: <c>probabilities</c>, float [images, classes], and <c>labels</c>, the true ones,
    /// int64 [images]; images in the order of the test file, as the recipe's first test mode shows them.</param>
    public sealed record Predict(UnitSpec Unit, ExecutionSpec Execution, long Fence, CheckpointRef From, string Output) : TrainerCommand;
}

/// <summary>A checkpoint file by path and content.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Sha256">Lower-case hex of the file's bytes.</param>
/// <param name="Bytes">Length of the file.</param>
/// <param name="Trained">Epochs trained when it was written (search: of the whole search; retrain: of the job).</param>
/// <param name="Epoch">The rewindable epoch counter inside it.</param>
/// <param name="EndOfUnit">Written after the unit's last step: the start of the next phase.</param>
public sealed record CheckpointRef(string Path, string Sha256, long Bytes, long Trained, int Epoch, bool EndOfUnit);

/// <summary>Trainer → supervisor, one JSON object a line on standard output. Standard error is the log.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(Started), "started")]
[JsonDerivedType(typeof(Progress), "progress")]
[JsonDerivedType(typeof(Metric), "metric")]
[JsonDerivedType(typeof(Decision), "decision")]
[JsonDerivedType(typeof(Checkpoint), "checkpoint")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Failed), "failed")]
[JsonDerivedType(typeof(Predicted), "predicted")]
public abstract record TrainerEvent
{
    /// <summary>First line of a trainer's life.</summary>
    public sealed record Hello(int ProcessId, string CodeVersion, string Protocol) : TrainerEvent
    {
        /// <summary>Version of this protocol. A supervisor refuses another.</summary>
        public const string CurrentProtocol = "nasfarm-trainer/1";
    }

    /// <summary>The unit begins, new or resumed. <paramref name="ResumedFrom"/> null: from the start.</summary>
    /// <param name="Trained">Epochs trained at this point: rows of later trained steps of older fences are void.</param>
    /// <param name="DamagedCheckpoints">One sentence for each offered checkpoint that could not be used.</param>
    public sealed record Started(
        long Fence, NumericsFingerprint Fingerprint, CheckpointRef? ResumedFrom, long Trained,
        IReadOnlyList<string> DamagedCheckpoints, bool NumericsChanged) : TrainerEvent
    {
        /// <summary>Version of the trainer, with its commit; null: it did not say.</summary>
        public string? CodeVersion { get; init; }

        /// <summary>Model of the processor or GPU, for people and lineage; no bit of a result depends on it. Null: it did not say.</summary>
        public string? DeviceModel { get; init; }
    }

    /// <summary>For bars and estimates; never stored as a result.</summary>
    /// <param name="EpochsDone">Epochs of this unit finished.</param>
    /// <param name="EpochsExpected">Upper bound of this unit's epochs.</param>
    public sealed record Progress(
        long Fence, int Epoch, int EpochsDone, int EpochsExpected, int Step, int StepsPerEpoch, double SecondsPerStep,
        long ResidentBytes, long DeviceBytes) : TrainerEvent;

    /// <summary>One number at one trained step. Keyed (unit, step, name).</summary>
    /// <param name="Step">Trained epochs (0-based index of the epoch just trained); never rewinds in one search.</param>
    /// <param name="Epoch">The rewindable epoch it belongs to.</param>
    /// <param name="Timing">Wall-clock measurement: stored as its own kind, outside hashes.</param>
    public sealed record Metric(long Fence, long Step, int Epoch, string Name, double Value, bool Timing = false) : TrainerEvent;

    /// <summary>Something was decided: an early-stop trigger, a rollback, an edge, a whole genotype. Keyed (unit, step, name).</summary>
    public sealed record Decision(long Fence, long Step, int Epoch, string Name, JsonElement Detail) : TrainerEvent;

    /// <summary>A checkpoint is durable on disk (fsync, rename, fsync of the folder).</summary>
    public sealed record Checkpoint(long Fence, CheckpointRef File, double Seconds) : TrainerEvent;

    /// <summary>The unit is complete. <paramref name="File"/> is its last checkpoint; exactly one outcome is set.</summary>
    public sealed record Done(long Fence, CheckpointRef File, SearchOutcome? Search, RetrainOutcome? Retrain) : TrainerEvent;

    /// <summary>The unit ended without a result.</summary>
    public sealed record Failed(long Fence, FailureReason Reason, string Message) : TrainerEvent;

    /// <summary>The answer to <see cref="TrainerCommand.Predict"/>: the file is there.</summary>
    public sealed record Predicted(long Fence, string Path, string Sha256) : TrainerEvent;
}
