using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Methods;
using NasFarm.Search.Phases;
using NasFarm.Search.Tests.Data;
using NasFarm.Search.Tests.Phases;

namespace NasFarm.Search.Tests.Methods;

/// <summary>The searches that act on λmax: DARTS-ES ends, DARTS-ADA goes back and on (spec/algorithms.md §4.2, §4.3).</summary>
public sealed class EigenvalueTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>S1, CIFAR-10, drop-path 0, weight decay 3e-4, epochs 0, 2, …, 48, 49 (spec/lambda-max.md §4.1).</summary>
    public static TheoryData<string, int, int> PublishedLogs => new()
    {
        { ".179 .148 .170 .146 .121 .249 .231 .360 .225 .386 .208 .430 .508 .229 .410 .502 .500 .250 .457 .517 .644 .459 .707 1.319 .527 .521", 22, 10 },
        { ".174 .147 .263 .193 .167 .221 .209 .151 .220 .290 .314 .474 .305 .362 .323 .361 .900 .243 .301 .629 .647 .517 .821 .395 .395 .394", 22, 10 },
        { ".146 .208 .316 .197 .213 .183 .347 .203 .250 .171 .310 .305 .253 .261 .407 .592 .596 .789 .733 .481 .365 .786 .913 .312 .880 1.064", 30, 18 },
    };

    [Theory, MemberData(nameof(PublishedLogs))]
    public void Both_trigger_where_the_published_eigenvalues_say(string values, int trigger, int returnTo)
    {
        double[] log = [.. values.Split(' ').Select(double.Parse)];
        foreach (var name in new[] { "darts-es", "darts-ada" })
        {
            using var run = TinySearch.Open(TinySearch.Unit(name), new MemorySink("nasfarm-never-written"));
            var method = SearchMethods.Get(name);
            var progress = run.State.Progress;
            for (var epoch = 0; !progress.Stop.Stop; epoch++)
                progress = method.AfterEpoch(
                    progress with { Epoch = epoch + 1 }, new(epoch % 2 == 0 ? log[epoch / 2] : null, default), run);
            Assert.Equal((trigger, returnTo), (progress.Epoch - 1, progress.Stop.StopEpoch));
        }
    }

    [Fact]
    public void DARTS_ES_ends_with_the_state_of_the_epoch_before_the_growth()
    {
        var (sink, outcome) = Search(Eager("darts-es"));
        var trigger = sink.Decisions.Single(d => d.Name == "trigger").Detail;
        var (at, returnTo) = (trigger.GetProperty("epoch").GetInt32(), trigger.GetProperty("stopEpoch").GetInt32());
        Assert.Equal((returnTo + 1, at + 1L), (outcome.Epoch, outcome.Trained));
        Assert.True(returnTo < at && at < 7, $"{at} → {returnTo}");

        var end = Read(sink.Checkpoints[^1]);
        var then = Read(sink.Checkpoints.First(c => c.Epoch == returnTo + 1));
        var triggered = Read(sink.Checkpoints.First(c => c.Epoch == at + 1));
        Assert.True(Same(end, then));
        Assert.False(Same(end, triggered));
    }

    [Fact]
    public void DARTS_ADA_goes_on_from_there_with_a_larger_decay_to_the_end_of_its_epochs()
    {
        var (sink, outcome) = Search(Eager("darts-ada"));
        var rollbacks = sink.Decisions.Where(d => d.Name == "rollback").Select(d => d.Detail).ToList();
        Assert.Equal(2, rollbacks.Count); // 3e-4 → 3e-3 → 0.03, and no more
        Assert.Equal([3e-3, 0.03], sink.Decisions.Where(d => d.Name == "weight_decay").Select(d => d.Detail.GetProperty("weightDecay").GetDouble()), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(7, outcome.Epoch);
        Assert.Equal(7 + rollbacks.Sum(r => r.GetProperty("discardedEpochs").GetInt32()), outcome.Trained);
        Assert.True(outcome.Trained <= PhasePlan.Of("darts-ada", Eager("darts-ada").SeedRun.Hyperparameters, "nas-bench-201").MaximumTrainedEpochs);

        // The epoch after a rollback goes on from the weights of the epoch before the growth, and is trained on another order.
        var first = rollbacks[0].GetProperty("to").GetInt32();
        var losses = sink.Metrics.Where(m => m.Name == "train_loss" && m.Epoch == first + 1).Select(m => m.Value).ToList();
        Assert.True(losses.Count >= 2 && losses.Distinct().Count() == losses.Count);
    }

    [Theory, Trait("Tier", "all"), InlineData("released"), InlineData("restored")]
    public void Abandoned_measurements_stay_only_in_the_released_tracker(string tracker)
    {
        var (sink, outcome) = Search(Eager("darts-ada", ("tracker", tracker)));
        var kept = Read(sink.Checkpoints[^1]).Document.GetProperty("progress").GetProperty("tracker").GetProperty("measurements").GetArrayLength();
        Assert.True(outcome.Trained > outcome.Epoch);
        Assert.Equal(tracker == "released" ? outcome.Trained : outcome.Epoch, kept);
    }

    [Fact]
    public void The_weights_decay_by_what_the_last_trigger_set()
    {
        using var run = TinySearch.Open(Eager("darts-ada"), new MemorySink("nasfarm-never-written"));
        var method = SearchMethods.Get("darts-ada");
        double Decay(SearchProgress progress) => method.WeightUpdate(new(0.1, 0.9, 5.0, false, 5), progress, run.Settings).WeightDecay;
        Assert.Equal(3e-4, Decay(run.State.Progress));
        Assert.Equal(0.03, Decay(run.State.Progress with { Own = System.Text.Json.JsonDocument.Parse("{\"times\":2}").RootElement }));
    }

    public void Dispose() => folder.Dispose();

    /// <summary>A factor of barely above 1 makes the rule fire on noise, and a short window early.</summary>
    internal static UnitSpec Eager(string method, params (string, object)[] settings) => TinySearch.Unit(method, settings:
        [("epochs", 7), ("order", 1), ("window", 1), ("every", 1), ("delta", 1), ("factor", 1.0001), ("esStart", 0), ("weightDecay", 3e-4), .. settings]);

    private (MemorySink Sink, SearchOutcome Outcome) Search(UnitSpec unit)
    {
        var sink = new MemorySink(folder["run"]);
        using var run = TinySearch.Open(unit, sink);
        SearchMethods.Get(unit.SeedRun.Method).RunPhase(run);
        return (sink, run.Finish().Outcome);
    }

    private static CheckpointContent Read(CheckpointRef file) => Safetensors.Read(file.Path, file.Sha256);

    private static bool Same(CheckpointContent a, CheckpointContent b) =>
        a.Tensors.All(tensor => tensor.Value.Bytes.Span.SequenceEqual(b.Tensors[tensor.Key].Bytes.Span));
}
