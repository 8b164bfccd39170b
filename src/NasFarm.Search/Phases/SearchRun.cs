using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.EarlyStopping;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Schedules;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Networks;
using NasFarm.Search.Optimizers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

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
        Plan = PhasePlan.Of(unit.SeedRun.Method, h, unit.SeedRun.Space.Name);
        learningRate = Plan.LearningRate(h);
        byEpoch = new(resume.Rollback);
        State = new(unit.SeedRun, data.Channels, data.Classes, h.ContainsKey("history") ? h.Int("history") : 1, device);
        if (resume is { From: { } file, Content: { } content })
            State.Load(content, file.Path);
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

    /// <summary>The search space.</summary>
    public SearchSpace Space => State.Space;

    private SearchProgress Progress { get => State.Progress; set => State.Progress = value; }

    /// <summary>One epoch of α and w steps (spec/algorithms.md §1.4), continued where a checkpoint inside it left off. Then the epoch's
    /// numbers, λmax where it is due, validation and a checkpoint. Returns false when the loss was not finite: the search is over.</summary>
    /// <param name="afterTraining">What the method does with λmax before the checkpoint; null where it does nothing.</param>
    public bool Epoch(Func<SearchProgress, double?, SearchProgress>? afterTraining = null)
    {
        var started = sink.Seconds;
        var (epoch, trained) = (Progress.Epoch, Progress.Trained);
        var steps = data.Steps(Phase.BatchSize);

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
        sink.Metric(trained, epoch, "learning_rate", learningRate.At(epoch));
        sink.Metric(trained, epoch, "train_seconds", sink.Seconds - started, timing: true);

        // 2. Curvature on the last α minibatches of the epoch.
        var measuring = sink.Seconds;
        var lambda = LambdaMaxIsDue() ? MeasureLambdaMax(steps) : null;
        if (lambda is { } value)
        {
            if (!double.IsFinite(value))
                return Diverge("lambda_max");
            sink.Metric(trained, epoch, "lambda_max", value);
            sink.Metric(trained, epoch, "lambda_max_seconds", sink.Seconds - measuring, timing: true);
        }

        // 3. Validate on the α part.
        var validating = sink.Seconds;
        var valid = Validate();
        sink.Metric(trained, epoch, "valid_loss", valid.MeanLoss);
        sink.Metric(trained, epoch, "valid_accuracy", valid.Accuracy);
        sink.Metric(trained, epoch, "valid_seconds", sink.Seconds - validating, timing: true);
        ReportArchitecture(trained, epoch);

        // 4. The epoch is behind us; keep it.
        Progress = Progress with { Epoch = epoch + 1, Trained = trained + 1, Step = 0, Sums = default, HistoryDue = true };
        if (afterTraining is not null)
            Progress = afterTraining(Progress, lambda);
        ReportCost(trained, epoch);
        sink.Metric(trained, epoch, "epoch_seconds", sink.Seconds - started, timing: true);
        SaveCheckpoint(endOfUnit: false);
        return true;
    }

    /// <summary>Appends the last epoch's distributions to the history of criterion 2, once, after its scores were needed.</summary>
    public void AppendHistory()
    {
        if (!Progress.HistoryDue)
            return;
        // One history per search: the rows of all cell types one after the other.
        var rows = State.Alphas.Values().SelectMany(type => type).ToArray();
        Progress = Progress with { History = Progress.History.Append(rows, Space.RequireNone()), HistoryDue = false };
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

    /// <summary>Decides one edge per cell type by SGAS's scores on the current logits (spec/algorithms.md §2.4).</summary>
    public void DecideEdges()
    {
        var alphas = State.Alphas.Values();
        var edges = Space.Edges.Count;
        var next = new List<CellDecisions>();
        for (var t = 0; t < alphas.Length; t++)
        {
            var current = Progress.Decisions[t];
            if (current.Complete)
            {
                next.Add(current);
                continue;
            }
            var offset = t * edges;
            var history = Progress.History with { Epochs = [.. Progress.History.Epochs.Select(e => e.Skip(offset).Take(edges).ToList())] };
            var made = SgasDecision.Make(current, alphas[t], h.Int("criterion"), history);
            Decide($"edge_{made.Type.ToString().ToLowerInvariant()}", new
            {
                edge = made.EdgeIndex,
                source = made.Edge.Source,
                target = made.Edge.Target,
                operation = made.Edge.Operation,
                pruned = made.Pruned,
                score = made.Scores.Score[made.EdgeIndex],
                importance = made.Scores.Importance,
                certainty = made.Scores.Certainty,
                stability = made.Scores.Stability,
            });
            next.Add(made.Next);
        }
        AppendHistory();
        Progress = Progress with { Decisions = next };
    }

    /// <summary>Records a decision at this point of the search.</summary>
    public void Decide(string name, object detail) =>
        sink.Decision(Progress.Trained, Progress.Epoch, name, JsonSerializer.SerializeToElement(detail, CatalogJson.Compact));

    /// <summary>The genotype that the current state stands for.</summary>
    public Genotype Genotype() => Progress.Decisions.All(d => d.Edges.All(e => e.Status == EdgeStatus.Undecided))
        ? Discretisation.Derive(Space, unit.SeedRun.NoneRule, State.Alphas.Values())
        : CellDecisions.ToGenotype(Progress.Decisions, State.Alphas.Values());

    /// <summary>Ends the phase: the last checkpoint of the unit, and its outcome.</summary>
    public (CheckpointRef File, SearchOutcome Outcome) Finish()
    {
        var finished = Progress.Diverged || unit.Phase == Plan.Phases.Count - 1;
        var genotype = Genotype().ToString();
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

    private bool TrainStep(int step, int steps)
    {
        var trained = Progress.Trained;
        var train = data.WeightBatch(trained, step, Phase.BatchSize);
        var sgd = new SgdOptions(
            h.Text("learningRateGranularity") == "step" ? learningRate.At(Progress.Epoch, step, steps) : learningRate.At(Progress.Epoch),
            h.Double("momentum"), h.Double("weightDecay"), h.Bool("nesterov"), h.Double("gradientClip"));

        var alphaFirst = h.Text("stepOrder") == "alpha-first";
        if (alphaFirst)
            AlphaStep(step, train, sgd);
        var (loss, correct) = WeightStep(train, sgd);
        if (!alphaFirst)
            AlphaStep(step, train, sgd);

        Progress = Progress with { Step = step + 1, Sums = Progress.Sums.Add(loss, correct, train.Count) };
        return double.IsFinite(loss);
    }

    private void AlphaStep(int step, Batch train, SgdOptions sgd)
    {
        if (Progress.AllDecided)
            return;
        using var scope = NewDisposeScope();
        var valid = data.AlphaBatch(Progress.Trained, step, Phase.BatchSize);
        var secondOrder = h.ContainsKey("order") && h.Int("order") == 2;
        var gradients = secondOrder ? Architect.SecondOrder(State, train, valid, sgd) : Architect.FirstOrder(State, valid);
        State.Moments.Step(State.Alphas.Trainable(Progress.Decisions), gradients,
            new(h.Double("alphaLearningRate"), h.Double("alphaBeta1"), h.Double("alphaBeta2"), h.Double("alphaWeightDecay")));
        // Second order: L_val at w' once, L_tr at w for w', and at w+ and w-.
        var count = Progress.Gradients;
        Progress = Progress with { Gradients = count with { Alphas = count.Alphas + (secondOrder ? 4 : 1) } };
    }

    private (double Loss, long Correct) WeightStep(Batch train, SgdOptions sgd)
    {
        var mixtures = State.Alphas.Mixtures().Select(m => m.detach()).ToList();
        var logits = State.Net.Forward(train.Images, mixtures, Mode.Train);
        var loss = F.cross_entropy(logits, train.Labels);
        var weights = State.Net.ActiveParameters;
        var gradients = Architect.LossGradients(loss, [.. weights.Select(w => w.Value)]);
        State.Momentum.Step(weights, gradients, sgd);
        Progress = Progress with { Gradients = Progress.Gradients with { Weights = Progress.Gradients.Weights + 1 } };
        return (loss.item<float>(), logits.argmax(1).eq(train.Labels).sum().item<long>());
    }

    private bool LambdaMaxIsDue() =>
        h.Bool("lambdaMax") && !Progress.AllDecided
        && (Progress.Epoch - Progress.PhaseStart) % (h.ContainsKey("every") ? h.Int("every") : h.Int("lambdaMaxEvery")) == 0;

    private double? MeasureLambdaMax(int steps)
    {
        using var scope = NewDisposeScope();
        var count = Math.Min(h.Int("hessianBatches"), steps);
        var batches = Enumerable.Range(steps - count, count).Select(step => data.AlphaBatch(Progress.Trained, step, Phase.BatchSize)).ToList();
        var (result, evaluations) = AlphaCurvature.LambdaMax(
            State, batches, h.Double("alphaWeightDecay"), unit.SeedRun.SearchSeed, h.Int("lanczosSteps"), h.Double("lanczosTolerance"));
        Progress = Progress with { Gradients = Progress.Gradients with { Hessian = Progress.Gradients.Hessian + evaluations } };
        sink.Metric(Progress.Trained, Progress.Epoch, "lanczos_steps", result.Steps);
        return result.Value;
    }

    private EpochSums Validate()
    {
        using var frozen = no_grad();
        using var outer = NewDisposeScope();
        var sums = default(EpochSums);
        var mixtures = State.Alphas.Mixtures();
        foreach (var batch in data.Validation(Progress.Trained, Phase.BatchSize))
        {
            using var scope = NewDisposeScope();
            var logits = State.Net.Forward(batch.Images, mixtures, Mode.Evaluate);
            sums = sums.Add(
                F.cross_entropy(logits, batch.Labels).item<float>(), logits.argmax(1).eq(batch.Labels).sum().item<long>(), batch.Count);
            batch.Dispose();
        }
        return sums;
    }

    private void ReportArchitecture(long trained, int epoch)
    {
        var values = State.Alphas.Values();
        var statistics = AlphaStatistics.Of(values.SelectMany(type => type));
        sink.Metric(trained, epoch, "alpha_entropy", statistics.NormalizedEntropy);
        sink.Metric(trained, epoch, "alpha_margin", statistics.TopTwoMargin);
        var normal = Genotype().Normal;
        sink.Metric(trained, epoch, "skip_share", (double)normal.SkipCount / normal.Edges.Count);
    }

    private void ReportCost(long trained, int epoch)
    {
        sink.Metric(trained, epoch, "grad_evals_w", Progress.Gradients.Weights);
        sink.Metric(trained, epoch, "grad_evals_alpha", Progress.Gradients.Alphas);
        sink.Metric(trained, epoch, "grad_evals_hessian", Progress.Gradients.Hessian);
    }

    private bool Diverge(string what)
    {
        Progress = Progress with { Diverged = true, Step = 0, Sums = default };
        Decide("diverged", new { what, epoch = Progress.Epoch, trained = Progress.Trained });
        return false;
    }

    private void StopIfAsked()
    {
        if (sink.StopRequested is not { } reason)
            return;
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
