using System.Text.Json;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Data;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Search.Retraining;
using NasFarm.Torch.Ext;
using static TorchSharp.torch;

namespace NasFarm.Search.Trainer;

/// <summary>Times a few real steps in this process, for the cost estimate of a plan. Nothing is kept.</summary>
/// <param name="data">Where images come from.</param>
/// <param name="execution">Device and threads.</param>
/// <param name="time">Monotonic clock.</param>
public sealed class StepClock(DataCatalog data, ExecutionSpec execution, TimeProvider time)
{
    private const int Steps = 4;

    /// <summary>Whether this machine has the device, <c>cpu</c> or <c>cuda</c>.</summary>
    public static bool Has(string device) => device == "cpu" || cuda.is_available();

    /// <summary>Median seconds of an (α + w) step with every edge undecided, and seconds of one λmax (0 where it is not measured); 0 where nothing is trained.</summary>
    public (double Step, double LambdaMax) SearchStep(SeedRunSpec run, int batchSize)
    {
        var h = run.Hyperparameters.With("batchSize", batchSize);
        var unit = new UnitSpec { UnitId = "clock", Kind = UnitKind.Search, SeedRun = run with { Hyperparameters = h } };
        var sink = new ClockSink(time);
        Prepare();
        using var scope = NewDisposeScope();
        var images = new SearchData(data.Load(run.Data.Name, run.Data.ContentHash), run.Data, run.DataOrderSeed, device(execution.Device));
        using var search = new SearchRun(unit, images, Nowhere, "clock", sink, device(execution.Device));
        if (!search.HasEpochs)
            return (0, 0);
        // The middle of the search: what a method begins later or raises with the epochs has begun.
        search.State.Progress = search.State.Progress with { Epoch = search.Plan.NominalHorizon / 2 };
        UntilStopped(() => search.Epoch());
        if (!h.IsOn("lambdaMax"))
            return (sink.MedianStep, 0);
        var started = time.GetTimestamp();
        _ = AlphaCurvature.LambdaMax(
            search.State, [images.AlphaBatch(0, 0, batchSize)], h.Double("alphaWeightDecay"), run.SearchSeed, h.Int("lanczosSteps"), h.Double("lanczosTolerance"));
        return (sink.MedianStep, time.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Median seconds of a training step of a random cell of the space under the target's recipe.</summary>
    public double RetrainStep(SpaceSpec space, RetrainSpec target)
    {
        var genotype = RandomGenotypes.Draw(SearchSpaces.Get(space.Name), NoneRule.Excluded, new RandomStream(0, StreamNames.RandomArchitecture).NextInt);
        var unit = new UnitSpec
        {
            UnitId = "clock",
            Kind = UnitKind.Retrain,
            SeedRun = new()
            {
                Method = "given", NumericsRevision = 1, Hyperparameters = Hyperparameters.Empty, Space = space, Data = target.Data, SearchSeed = 0, DataOrderSeed = 0,
            },
            Genotype = genotype.ToString(),
            Retrain = target,
        };
        var sink = new ClockSink(time);
        Prepare();
        using var scope = NewDisposeScope();
        var images = new RetrainData(data.Load(target.Data.Name, target.Data.ContentHash), target, 0, device(execution.Device));
        using var retrain = new RetrainRun(unit, images, null, "clock", sink, device(execution.Device));
        UntilStopped(() => retrain.Run());
        return sink.MedianStep;
    }

    private static ResumeChoice Nowhere { get; } = new(null, null, new Dictionary<int, CheckpointRef>(), []);

    private void Prepare() => Determinism.Threads = execution.Threads;

    private static void UntilStopped(Action work)
    {
        try
        {
            work();
        }
        catch (StopRequestedException)
        {
            // Enough steps were timed.
        }
    }

    /// <summary>Notes the time whenever a step begins, and asks to stop after a few.</summary>
    private sealed class ClockSink(TimeProvider time) : IUnitSink
    {
        private readonly List<long> beginnings = [];

        public double Seconds => 0;

        public FailureReason? StopRequested
        {
            get
            {
                beginnings.Add(time.GetTimestamp());
                return beginnings.Count > Steps ? FailureReason.Cancelled : null;
            }
        }

        /// <summary>The first step warms up and does not count, unless it is the only one.</summary>
        public double MedianStep
        {
            get
            {
                var steps = beginnings.Zip(beginnings.Skip(1), (a, b) => time.GetElapsedTime(a, b).TotalSeconds).ToList();
                var counted = steps.Count > 1 ? steps.Skip(1).Order().ToList() : steps;
                return counted.Count == 0 ? 0 : counted[counted.Count / 2];
            }
        }

        public void Metric(long step, int epoch, string name, double value, bool timing)
        {
        }

        public void Decision(long step, int epoch, string name, JsonElement detail)
        {
        }

        public void Progress(int epoch, int epochsDone, int epochsExpected, int step, int stepsPerEpoch, double secondsPerStep)
        {
        }

        public CheckpointRef Checkpoint(IReadOnlyList<TensorEntry> tensors, JsonElement document, long trained, int epoch, int step, bool endOfUnit) =>
            new("", "", 0, trained, epoch, endOfUnit);
    }
}
