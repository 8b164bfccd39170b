using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Schedules;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Methods;
using NasFarm.Search.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Phases;

/// <summary>One search phase in execution: what the methods' loops are written with. Owns the state, trains epochs, measures,
/// validates, writes checkpoints and goes back to them.</summary>
public sealed class SearchRun : IDisposable
{
    private const double ProgressSeconds = 0.5;

    private readonly UnitSpec unit;
    private readonly Hyperparameters h;
    private readonly SearchData data;
    private readonly IUnitSink sink;
    private readonly string fingerprint;
    private readonly CosineSchedule learningRate;
    private readonly ISearchMethod method;
    private readonly Measurements measurements;
    private readonly Dictionary<int, CheckpointRef> byEpoch;
    private double reportedAt = double.NegativeInfinity;

    /// <summary>A phase from its start, or from where a checkpoint left off.</summary>
    /// <param name="unit">What to run.</param>
    /// <param name="data">Its images.</param>
    /// <param name="resume">Where to go on: a checkpoint of this phase, the end of the phase before, or nothing (new search).</param>
    /// <param name="fingerprint">Hash of the numerics fingerprint; part of every checkpoint.</param>
    /// <param name="sink">Reports and requests.</param>
    /// <param name="device">Where the network lives.</param>
    public SearchRun(UnitSpec unit, SearchData data, ResumeChoice resume, string fingerprint, IUnitSink sink, Device device)
    {
        (this.unit, this.data, this.sink, this.fingerprint) = (unit, data, sink, fingerprint);
        h = unit.SeedRun.Hyperparameters;
        method = SearchMethods.Get(unit.SeedRun.Method);
        Plan = PhasePlan.Of(unit.SeedRun.Method, h, unit.SeedRun.Space.Name);
        learningRate = Plan.NominalHorizon > 0 ? Plan.LearningRate(h) : default;
        byEpoch = new(resume.Rollback);
        var reached = resume.Content is { } left ? SearchState.ProgressOf(left) : null;
        var stage = method.Stage(unit.SeedRun, unit.Phase, reached);
        State = new(unit.SeedRun, data.Channels, data.Classes, h.ContainsKey("history") ? h.Int("history") : 1, device, stage);
        if (resume is { From: { } file, Content: { } content })
        {
            if (method.Stage(unit.SeedRun, reached!.Phase, reached).Number == stage.Number)
                State.Load(content, file.Path);
            else
                Progress = reached; // all tensors are new
        }
        measurements = new(State, unit, data, Phase.BatchSize, sink);
        if (Progress.Phase < unit.Phase)
            Progress = Progress with { Phase = unit.Phase, PhaseStart = Progress.Epoch, Tracker = null, Stop = default };
    }

    /// <summary>Everything the search carries.</summary>
    public SearchState State { get; }

    /// <summary>All phases of this search.</summary>
    public PhasePlan Plan { get; }

    /// <summary>This phase.</summary>
    public PlannedPhase Phase => Plan.Phases[unit.Phase];

    /// <summary>The unit's specification.</summary>
    public UnitSpec Unit => unit;

    /// <summary>Settings of the method.</summary>
    public Hyperparameters Settings => h;

    /// <summary>The search space.</summary>
    public SearchSpace Space => State.Space;

    /// <summary>w steps of an epoch.</summary>
    public int StepsPerEpoch => data.Steps(Phase.BatchSize);

    /// <summary>The numbers that train nothing.</summary>
    public Measurements Measurements => measurements;

    private int ScheduleEpoch => Plan.ScheduleRestarts ? Progress.Epoch - Progress.PhaseStart : Progress.Epoch;

    private SearchProgress Progress { get => State.Progress; set => State.Progress = value; }

    /// <summary>The phase has epochs left, and the search goes on.</summary>
    public bool HasEpochs => !Progress.Diverged && Progress.Epoch - Progress.PhaseStart < Phase.EpochCap;

    /// <summary>Every epoch that the phase has left.</summary>
    public void RestOfPhase()
    {
        while (HasEpochs)
            Epoch();
    }

    /// <summary>One epoch of the method's steps (spec/algorithms.md §1.4), continued where a checkpoint inside it left off. Then the epoch's
    /// numbers, λmax where it is due, validation and a checkpoint. Returns false when the loss was not finite: the search is over.</summary>
    public bool Epoch()
    {
        var started = sink.Seconds;
        var (epoch, trained) = (Progress.Epoch, Progress.Trained);
        var steps = data.Steps(Phase.BatchSize);
        var noise = method.Noise(h, epoch);

        // 1. Train.
        while (Progress.Step < steps)
        {
            StopIfAsked();
            using var scope = NewDisposeScope();
            var before = sink.Seconds;
            if (!TrainStep(Progress.Step, steps))
                return Diverge("train_loss");
            Report(steps, sink.Seconds - before);
        }
        sink.Metric(trained, epoch, "train_loss", Progress.Sums.MeanLoss);
        sink.Metric(trained, epoch, "train_accuracy", Progress.Sums.Accuracy);
        sink.Metric(trained, epoch, "learning_rate", WeightUpdate(learningRate.At(ScheduleEpoch)).LearningRate);
        sink.Metric(trained, epoch, "train_seconds", sink.Seconds - started, timing: true);

        // 2. Curvature on the last α minibatches of the epoch, and what the method itself looks at.
        var measuring = sink.Seconds;
        double? lambda = null;
        if (measurements.LambdaMaxIsDue)
        {
            (lambda, var passes) = measurements.LambdaMax(steps, noise);
            Progress = Progress with { Gradients = Progress.Gradients + new GradientCount(0, 0, passes) };
            if (!double.IsFinite(lambda.Value))
                return Diverge("lambda_max");
            sink.Metric(trained, epoch, "lambda_max", lambda.Value);
            sink.Metric(trained, epoch, "lambda_max_seconds", sink.Seconds - measuring, timing: true);
        }

        foreach (var (name, value) in method.Measured(this))
        {
            Progress = Progress with { Gradients = Progress.Gradients + new GradientCount(0, 0, 1) };
            sink.Metric(trained, epoch, name, value);
        }

        // 3. Validate on the α part.
        var validating = sink.Seconds;
        var valid = measurements.Validate(noise, method.Validated(this));
        sink.Metric(trained, epoch, "valid_loss", valid.MeanLoss);
        sink.Metric(trained, epoch, "valid_accuracy", valid.Accuracy);
        sink.Metric(trained, epoch, "valid_seconds", sink.Seconds - validating, timing: true);
        measurements.ReportArchitecture(trained, epoch, Genotype());

        // 4. The epoch is behind us; keep it.
        Progress = Progress with { Epoch = epoch + 1, Trained = trained + 1, Step = 0, Sums = default, HistoryDue = true };
        Progress = method.AfterEpoch(Progress, new(lambda, valid), this);
        measurements.ReportCost(trained, epoch);
        sink.Metric(trained, epoch, "epoch_seconds", sink.Seconds - started, timing: true);
        SaveCheckpoint(endOfUnit: false);
        return true;
    }

    /// <summary>Evaluates candidates after the last epoch, and records what that cost: under the trained epoch that would come next.</summary>
    public void RecordCandidates(Action evaluation)
    {
        var started = sink.Seconds;
        evaluation();
        sink.Metric(Progress.Trained, Progress.Epoch, "forward_evals", Progress.Gradients.Forwards);
        sink.Metric(Progress.Trained, Progress.Epoch, "candidate_seconds", sink.Seconds - started, timing: true);
    }

    /// <summary>Goes back to the state after an epoch of this phase: weights, logits, both optimisers, history. Counters that never
    /// rewind keep their values (spec/algorithms.md §3.2; design: two counters).</summary>
    public void RollBackTo(int epoch)
    {
        var target = epoch + 1;
        if (target == Progress.Epoch)
            return;
        if (!byEpoch.TryGetValue(target, out var file))
            throw new CheckpointDamagedException($"epoch {epoch} of {unit.UnitId}", "rollback", "no checkpoint of that epoch is left.");
        var (trained, gradients, from) = (Progress.Trained, Progress.Gradients, Progress.Epoch - 1);
        State.Load(Safetensors.Read(file.Path, file.Sha256), file.Path);
        Progress = Progress with { Trained = trained, Gradients = gradients };
        Decide("rollback", new { from, to = epoch, discardedEpochs = from - epoch });
    }

    /// <summary>Records a decision at this point of the search.</summary>
    public void Decide(string name, object detail) =>
        sink.Decision(Progress.Trained, Progress.Epoch, name, JsonSerializer.SerializeToElement(detail, CatalogJson.Compact));

    /// <summary>The genotype that the current state stands for, as the method reads it.</summary>
    public Genotype Genotype() => method.Genotype(this);

    /// <summary>The genotype by the rule of the space, around the edges that are decided.</summary>
    public Genotype DerivedGenotype() => Progress.Decisions.All(d => d.Edges.All(e => e.Status == EdgeStatus.Undecided))
        ? Discretisation.Derive(Space, unit.SeedRun.NoneRule, State.Alphas.Values())
        : CellDecisions.ToGenotype(Progress.Decisions, State.Alphas.Values());

    /// <summary>Ends the phase: the last checkpoint of the unit, and its outcome.</summary>
    public (CheckpointRef File, SearchOutcome Outcome) Finish()
    {
        var finished = Progress.Diverged || unit.Phase == Plan.Phases.Count - 1;
        var genotype = (finished ? method.FinalGenotype(this) : Genotype()).ToString();
        if (finished && Progress.FinalGenotype is null)
        {
            Decide("genotype", new { genotype, epochsTrained = Progress.Trained, epochsKept = Progress.Epoch, diverged = Progress.Diverged });
            Progress = Progress with { FinalGenotype = genotype };
        }
        var file = SaveCheckpoint(endOfUnit: true);
        return (file, new(finished, genotype, Progress.Epoch, Progress.Trained, Progress.Diverged));
    }

    /// <inheritdoc/>
    public void Dispose() => State.Dispose();

    private bool TrainStep(int index, int steps)
    {
        var rate = h.Text("learningRateGranularity") == "step" ? learningRate.At(ScheduleEpoch, index, steps) : learningRate.At(ScheduleEpoch);
        var step = new TrainingStep(State, unit.SeedRun, method, data, Phase.BatchSize, index, WeightUpdate(rate));
        var (loss, correct) = step.Take();
        Progress = Progress with
        {
            Step = index + 1,
            Sums = Progress.Sums.Add(loss, correct, step.Train.Count),
            Gradients = Progress.Gradients + step.Spent,
        };
        return double.IsFinite(loss);
    }

    /// <summary>Settings of the weight update at the rate of the schedule, as the method changes them.</summary>
    private SgdOptions WeightUpdate(double rate) => method.WeightUpdate(
        new(rate, h.Double("momentum"), h.Double("weightDecay"), h.Bool("nesterov"), h.Double("gradientClip")), Progress, h);

    private bool Diverge(string what)
    {
        Progress = Progress with { Diverged = true, Step = 0, Sums = default };
        Decide("diverged", new { what, epoch = Progress.Epoch, trained = Progress.Trained });
        return false;
    }

    /// <summary>Ends the attempt where that was asked for, after a checkpoint: throws <see cref="StopRequestedException"/>.</summary>
    /// <param name="carry">What the checkpoint is to hold beyond the state; null: nothing.</param>
    public void StopIfAsked(Func<SearchProgress, SearchProgress>? carry = null)
    {
        if (sink.StopRequested is not { } reason)
            return;
        Progress = carry?.Invoke(Progress) ?? Progress;
        SaveCheckpoint(endOfUnit: false);
        throw new StopRequestedException(reason);
    }

    private CheckpointRef SaveCheckpoint(bool endOfUnit)
    {
        var file = sink.Checkpoint(
            State.Tensors(), State.Document(unit.UnitId, fingerprint, endOfUnit), Progress.Trained, Progress.Epoch, Progress.Step, endOfUnit);
        if (Progress.Step == 0 && !endOfUnit)
            byEpoch[Progress.Epoch] = file;
        return file;
    }

    private void Report(int steps, double seconds)
    {
        var now = sink.Seconds;
        if (now - reportedAt < ProgressSeconds)
            return;
        reportedAt = now;
        sink.Progress(Progress.Epoch, Progress.Epoch - Progress.PhaseStart, Phase.EpochCap, Progress.Step, steps, seconds);
    }
}
