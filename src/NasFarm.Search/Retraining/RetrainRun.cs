using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.DerivedNetworks;
using NasFarm.Search.Networks;
using NasFarm.Search.Optimizers;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Retraining;

/// <summary>Everything a retraining carries that is not a tensor.</summary>
public sealed record RetrainProgress
{
    /// <summary>Next epoch to train. A retraining never goes back, so this is also the trained counter.</summary>
    public int Epoch { get; init; }

    /// <summary>Steps of this epoch behind the current weights.</summary>
    public int Step { get; init; }

    /// <summary>Sums over those steps.</summary>
    public EpochSums Sums { get; init; }

    /// <summary>Test accuracy in percent after the last epoch, by test view.</summary>
    public IReadOnlyDictionary<string, double> TestAccuracy { get; init; } = new SortedDictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Best epoch's accuracy in the first test view; reported, never used for a choice.</summary>
    public double BestTestAccuracy { get; init; }

    /// <summary>Gradient evaluations so far.</summary>
    public long GradientEvaluations { get; init; }

    /// <summary>The loss was not finite.</summary>
    public bool Diverged { get; init; }
}

/// <summary>A retrain job: the derived network trained from scratch by its recipe, tested after every epoch
/// (spec/retraining-and-data.md §1, §3, §6). The result is the accuracy after the last epoch.</summary>
public sealed class RetrainRun : IDisposable
{
    private const double ProgressSeconds = 0.5;

    private readonly UnitSpec unit;
    private readonly Hyperparameters h;
    private readonly RetrainData data;
    private readonly IUnitSink sink;
    private readonly string fingerprint;
    private readonly IDerivedNetwork net;
    private readonly SgdState momentum;
    private double reportedAt = double.NegativeInfinity;
    private RetrainProgress progress = new();

    /// <summary>A job from its start, or from a checkpoint.</summary>
    public RetrainRun(
        UnitSpec unit, RetrainData data, (CheckpointRef File, CheckpointContent Content)? from, string fingerprint, IUnitSink sink, Device device)
    {
        (this.unit, this.data, this.sink, this.fingerprint) = (unit, data, sink, fingerprint);
        var spec = unit.Retrain ?? throw new ArgumentException($"{unit.UnitId}: a retrain job needs a target and has none.");
        h = spec.Settings;
        var space = SearchSpaces.Get(unit.SeedRun.Space.Name);
        var genotype = GenotypeText.Parse(space.Name, unit.Genotype ?? throw new ArgumentException($"{unit.UnitId}: a retrain job needs a genotype and has none."));
        net = space.Family switch
        {
            SpaceFamily.NasBench201 => new NasBench201Network(genotype, h.Int("channels"), h.Int("cells"), data.Channels, data.Classes, unit.RetrainSeed, device),
            SpaceFamily.NasBenchMacro => new NasBenchMacroNetwork(genotype, h.Int("channels"), data.Channels, data.Classes, unit.RetrainSeed, device),
            SpaceFamily.NasBench1Shot1 => new NasBench101Network(genotype, h.Int("channels"), h.Int("cells"), data.Channels, data.Classes, unit.RetrainSeed, device),
            SpaceFamily.DeeperInsights => new DeeperInsightsNetwork(genotype, h.Int("channels"), h.Int("cells"), data.Channels, data.Classes, unit.RetrainSeed, device),
            _ => new DartsNetwork(genotype, h.Int("channels"), h.Int("cells"), data.Channels, data.Classes, h.Bool("auxiliary"), unit.RetrainSeed, device),
        };
        momentum = new(net.Weights.Parameters);
        if (from is { } start)
        {
            TensorBytes.Restore(Named(), start.Content.Tensors, start.File.Path);
            progress = start.Content.Document.GetProperty("progress").Deserialize<RetrainProgress>(CatalogJson.Compact)!;
        }
    }

    /// <summary>Trains to the end and returns the last checkpoint and the outcome.</summary>
    public (CheckpointRef File, RetrainOutcome Outcome) Run()
    {
        var epochs = h.Int("epochs");
        while (progress.Epoch < epochs && !progress.Diverged)
            Epoch();
        var chance = 100.0 / data.Classes;
        var main = data.Tests[0].Name;
        var outcome = progress.Diverged
            ? new RetrainOutcome(chance, Math.Max(chance, progress.BestTestAccuracy), net.ParameterCount, true)
            : new RetrainOutcome(progress.TestAccuracy[main], progress.BestTestAccuracy, net.ParameterCount, false,
                main != "pad-to-32" && progress.TestAccuracy.TryGetValue("pad-to-32", out var padded) ? padded : null);
        return (SaveCheckpoint(endOfUnit: true), outcome);
    }

    /// <summary>What the network says of the test images now, in file order and as the first test view shows them: <c>probabilities</c>, float
    /// [images, classes], and <c>labels</c>, the true ones, int64 [images]. After the last epoch their accuracy is the job's.</summary>
    public IReadOnlyList<TensorEntry> Predictions()
    {
        using var frozen = no_grad();
        // Operations that draw noise stand where the last test found them.
        net.MoveTo(progress.Epoch - 1, data.Steps(h.Int("batchSize")) - 1);
        var (probabilities, labels) = (new List<float>(), new List<long>());
        foreach (var batch in data.TestBatches(data.Tests[0]))
        {
            using var scope = NewDisposeScope();
            var logits = net.Forward(batch.Images, Mode.Evaluate, dropPath: null).Logits;
            probabilities.AddRange(logits.softmax(1).cpu().contiguous().data<float>().ToArray());
            labels.AddRange(batch.Labels.cpu().data<long>().ToArray());
            batch.Dispose();
        }
        return
        [
            TensorEntry.Of("probabilities", [labels.Count, data.Classes], [.. probabilities]),
            TensorEntry.Of("labels", [labels.Count], [.. labels]),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        momentum.Dispose();
        net.Dispose();
    }

    private void Epoch()
    {
        var started = sink.Seconds;
        var epoch = progress.Epoch;
        var batchSize = h.Int("batchSize");
        var steps = data.Steps(batchSize);

        // 1. Train.
        while (progress.Step < steps)
        {
            if (sink.StopRequested is { } reason)
            {
                SaveCheckpoint(endOfUnit: false);
                throw new StopRequestedException(reason);
            }
            using var scope = NewDisposeScope();
            var before = sink.Seconds;
            var batch = data.TrainingBatch(epoch, progress.Step, batchSize);
            var (loss, correct) = TrainStep(batch, epoch);
            progress = progress with
            {
                Step = progress.Step + 1,
                Sums = progress.Sums.Add(loss, correct, batch.Count),
                GradientEvaluations = progress.GradientEvaluations + 1,
            };
            if (!double.IsFinite(loss))
            {
                progress = progress with { Diverged = true, Step = 0, Sums = default };
                sink.Decision(epoch, epoch, "diverged", JsonSerializer.SerializeToElement(new { what = "train_loss", epoch }, CatalogJson.Compact));
                return;
            }
            Report(epoch, steps, sink.Seconds - before);
        }
        sink.Metric(epoch, epoch, "train_loss", progress.Sums.MeanLoss);
        sink.Metric(epoch, epoch, "train_accuracy", progress.Sums.Accuracy);
        sink.Metric(epoch, epoch, "train_seconds", sink.Seconds - started, timing: true);

        // 2. Test.
        var tests = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var view in data.Tests)
        {
            var result = Test(view);
            tests[view.Name] = result.Accuracy;
            var suffix = view == data.Tests[0] ? "" : "_" + view.Name.Replace('-', '_');
            sink.Metric(epoch, epoch, "test_accuracy" + suffix, result.Accuracy);
            sink.Metric(epoch, epoch, "test_loss" + suffix, result.MeanLoss);
        }

        // 3. Keep it.
        progress = progress with
        {
            Epoch = epoch + 1,
            Step = 0,
            Sums = default,
            TestAccuracy = tests,
            BestTestAccuracy = Math.Max(progress.BestTestAccuracy, tests[data.Tests[0].Name]),
        };
        sink.Metric(epoch, epoch, "grad_evals_w", progress.GradientEvaluations);
        sink.Metric(epoch, epoch, "epoch_seconds", sink.Seconds - started, timing: true);
        if (progress.Epoch < h.Int("epochs"))
            SaveCheckpoint(endOfUnit: false);
    }

    private (double Loss, long Correct) TrainStep(Batch batch, int epoch)
    {
        var rate = RecipeCatalog.DropPath(h).At(epoch);
        var dropPath = rate > 0
            ? new DropPath(rate, new RandomStream(unit.RetrainSeed, StreamNames.DropPath, epoch, (uint)progress.Step))
            : null;
        net.MoveTo(epoch, progress.Step);
        var (logits, auxiliary) = net.Forward(batch.Images, Mode.Train, dropPath);
        var loss = F.cross_entropy(logits, batch.Labels);
        if (auxiliary is not null)
            loss = loss.add(F.cross_entropy(auxiliary, batch.Labels), alpha: h.Double("auxiliaryWeight"));
        // A sparse cell may leave an input alone, noise passes no gradient back: weights that only those would read rest (spec/algorithms.md §0.3).
        var gradients = Gradients.Of([loss], [.. net.Weights.Parameters.Select(p => p.Value)], allowUnused: true);
        momentum.Step(net.Weights.Parameters, gradients, new(
            RecipeCatalog.LearningRate(h).At(epoch), h.Double("momentum"), h.Double("weightDecay"), h.Bool("nesterov"), h.Double("gradientClip")));
        return (loss.item<float>(), logits.argmax(1).eq(batch.Labels).sum().item<long>());
    }

    private EpochSums Test(TestView view)
    {
        using var frozen = no_grad();
        var sums = default(EpochSums);
        foreach (var batch in data.TestBatches(view))
        {
            using var scope = NewDisposeScope();
            var logits = net.Forward(batch.Images, Mode.Evaluate, dropPath: null).Logits;
            sums = sums.Add(F.cross_entropy(logits, batch.Labels).item<float>(), logits.argmax(1).eq(batch.Labels).sum().item<long>(), batch.Count);
            batch.Dispose();
        }
        return sums;
    }

    private CheckpointRef SaveCheckpoint(bool endOfUnit)
    {
        var document = JsonSerializer.SerializeToElement(new { kind = "retrain", unit = unit.UnitId, fingerprint, endOfUnit, progress }, CatalogJson.Compact);
        return sink.Checkpoint(TensorBytes.Entries(Named()), document, progress.Epoch, progress.Epoch, progress.Step, endOfUnit);
    }

    private IEnumerable<NamedTensor> Named() => net.Weights.Parameters.Concat(net.Weights.Buffers).Concat(momentum.Named);

    private void Report(int epoch, int steps, double seconds)
    {
        var now = sink.Seconds;
        if (now - reportedAt < ProgressSeconds)
            return;
        reportedAt = now;
        sink.Progress(epoch, epoch, h.Int("epochs"), progress.Step, steps, seconds);
    }
}
