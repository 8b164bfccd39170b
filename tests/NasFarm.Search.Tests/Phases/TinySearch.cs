using System.Text.Json;
using NasFarm.Catalog.Data;
using NasFarm.Catalog.Identity;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Data;
using NasFarm.Search.Methods;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Search.Tests.Data;
using NasFarm.Search.Tests.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Phases;

/// <summary>Searches small enough to run whole in a test: made-up images of ten classes, three-step epochs.</summary>
internal static class TinySearch
{
    /// <summary>28×28 images whose class is a bright stripe, with noise: learnable in a few steps.</summary>
    public static LoadedDataSet Images(int count = 96)
    {
        var random = new RandomStream(7, "test-images");
        ImageSet Part(int n)
        {
            var labels = new byte[n];
            var pixels = new byte[n * 784];
            for (var i = 0; i < n; i++)
            {
                labels[i] = (byte)random.NextInt(10);
                for (var p = 0; p < 784; p++)
                    pixels[i * 784 + p] = (byte)(random.NextInt(100) + (p / 28 / 3 == labels[i] ? 150 : 0));
            }
            return new(1, 28, 28, 10, pixels, labels);
        }
        return new(new("fashion-mnist", 1, 28, 28, 10, count, 32, new string('0', 64), false), Part(count), Part(32));
    }

    public static UnitSpec Unit(
        string method, string space = "nas-bench-201", int phase = 0, long seed = 3, int channels = 4, int? cells = null, int imageSize = 16,
        params (string Name, object Value)[] settings)
    {
        var overrides = settings.ToDictionary(s => s.Name, s => s.Value);
        var definition = MethodCatalog.Get(method);
        if (definition.Trains)
        {
            if (definition.Settings.Any(s => s.Name == "batchSize"))
                overrides.TryAdd("batchSize", 16);
            if (definition.LearnsAlphas)
                overrides.TryAdd("alphaLearningRate", 0.1);
            if (overrides.ContainsKey("batchIncrease") || method.StartsWith("sgas", StringComparison.Ordinal))
                overrides.TryAdd("batchIncrease", 0);
        }
        var resolved = MethodCatalog.Resolve(method, space, overrides);
        var run = new SeedRunSpec
        {
            Method = method,
            NumericsRevision = 1,
            Hyperparameters = resolved,
            Space = new(space, SmallestSettings.Channels(method, space, resolved, channels), cells ?? SmallestSettings.Cells(method, space, resolved, 2)),
            Data = new() { Name = "fashion-mnist", ContentHash = new string('0', 64), ImageSize = imageSize },
            SearchSeed = seed,
            DataOrderSeed = seed,
        };
        return new() { UnitId = ContentId.OfSearchUnit(ContentId.OfSeedRun(run), phase), Kind = UnitKind.Search, SeedRun = run, Phase = phase };
    }

    /// <summary>A run of one phase with nothing behind it.</summary>
    public static SearchRun Open(UnitSpec unit, IUnitSink sink, ResumeChoice? resume = null, LoadedDataSet? images = null) =>
        new(unit, new SearchData(images ?? Images(), unit.SeedRun.Data, unit.SeedRun.DataOrderSeed, CPU),
            resume ?? ResumeChoice.Make(unit, []), "test-fingerprint", sink, CPU);

    /// <summary>One phase from the end of the one before.</summary>
    /// <param name="unit">A phase of the search.</param>
    /// <param name="phase">Which to run.</param>
    /// <param name="from">End of the phase before; null: none.</param>
    /// <param name="folder">Where its checkpoints go.</param>
    /// <param name="stopAfter">Steps and evaluations after which it is stopped once, and resumed; null: never.</param>
    public static (MemorySink Sink, CheckpointRef End) RunPhase(UnitSpec unit, int phase, CheckpointRef? from, string folder, int? stopAfter = null)
    {
        unit = unit with { Phase = phase, UnitId = ContentId.OfSearchUnit(ContentId.OfSeedRun(unit.SeedRun), phase) };
        var sink = new MemorySink(folder) { StopAfterSteps = stopAfter };
        while (true)
        {
            var resume = ResumeChoice.Make(unit, [.. sink.Checkpoints.AsEnumerable().Reverse(), .. from is null ? Array.Empty<CheckpointRef>() : [from]]);
            sink.Void(resume.From?.Trained ?? 0);
            using var run = Open(unit, sink, resume);
            try
            {
                SearchMethods.Get(unit.SeedRun.Method).RunPhase(run);
                return (sink, run.Finish().File);
            }
            catch (StopRequestedException)
            {
                sink.Restart();
                sink.StopAfterSteps = null;
            }
        }
    }

    /// <summary>Every phase of a search in turn, each from the end of the one before.</summary>
    /// <param name="interrupt">For each phase: stop requests as numbers of steps after which to stop; the phase is then resumed.</param>
    public static SearchHistory RunWhole(UnitSpec first, Func<int, IReadOnlyList<int>>? interrupt = null)
    {
        var images = Images();
        var history = new SearchHistory();
        using var folder = new TemporaryFolder();
        CheckpointRef? previous = null;
        for (var phase = 0; ; phase++)
        {
            var unit = first with { Phase = phase, UnitId = ContentId.OfSearchUnit(ContentId.OfSeedRun(first.SeedRun), phase) };
            var stops = new Queue<int>(interrupt?.Invoke(phase) ?? []);
            var sink = new MemorySink(folder[$"{phase}"]);
            while (true)
            {
                sink.StopAfterSteps = stops.TryDequeue(out var steps) ? steps : null;
                var offered = sink.Checkpoints.AsEnumerable().Reverse().Concat(previous is null ? [] : [previous]).ToList();
                var resume = ResumeChoice.Make(unit, offered);
                sink.Void(resume.From?.Trained ?? 0);
                using var run = Open(unit, sink, resume, images);
                try
                {
                    SearchMethods.Get(unit.SeedRun.Method).RunPhase(run);
                    var (file, outcome) = run.Finish();
                    history.Add(sink, file, outcome);
                    previous = file;
                    break;
                }
                catch (StopRequestedException)
                {
                    sink.Restart();
                }
            }
            if (history.Outcomes[^1].SearchFinished)
                return history;
        }
    }
}

/// <summary>What a whole search left: effective rows in order, hashes of the last checkpoint of each phase, outcomes.</summary>
internal sealed class SearchHistory
{
    public List<string> Rows { get; } = [];

    public List<string> EndHashes { get; } = [];

    public List<SearchOutcome> Outcomes { get; } = [];

    public List<(int Phase, string Name, JsonElement Detail)> Decisions { get; } = [];

    public int Resumes { get; private set; }

    public void Add(MemorySink sink, CheckpointRef end, SearchOutcome outcome)
    {
        Rows.AddRange(sink.Rows.Select(r => r.Text));
        Decisions.AddRange(sink.Decisions.Select(d => (Outcomes.Count, d.Name, d.Detail)));
        EndHashes.Add(end.Sha256);
        Outcomes.Add(outcome);
        Resumes += sink.Restarts;
    }
}

/// <summary>Keeps what a unit reports, and stops it after so many steps.</summary>
internal sealed class MemorySink(string folder) : IUnitSink
{
    private int asked;

    public List<(long Step, string Text)> Rows { get; } = [];

    public List<(long Step, string Name, JsonElement Detail)> Decisions { get; } = [];

    public List<(long Step, int Epoch, string Name, double Value)> Metrics { get; } = [];

    public List<CheckpointRef> Checkpoints { get; } = [];

    public int? StopAfterSteps { get; set; }

    public int Restarts { get; private set; }

    public double Seconds => 0;

    public FailureReason? StopRequested => asked++ == StopAfterSteps ? FailureReason.HostStopping : null;

    public void Metric(long step, int epoch, string name, double value, bool timing)
    {
        if (timing)
            return;
        Rows.Add((step, FormattableString.Invariant($"{step} {epoch} {name} {value:R}")));
        Metrics.Add((step, epoch, name, value));
    }

    public void Decision(long step, int epoch, string name, JsonElement detail)
    {
        Rows.Add((step, $"{step} {epoch} {name} {detail.GetRawText()}"));
        Decisions.Add((step, name, detail));
    }

    public void Progress(int epoch, int epochsDone, int epochsExpected, int step, int stepsPerEpoch, double secondsPerStep)
    {
    }

    public CheckpointRef Checkpoint(IReadOnlyList<TensorEntry> tensors, JsonElement document, long trained, int epoch, int step, bool endOfUnit)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{Checkpoints.Count:D4}.safetensors");
        var written = Safetensors.Write(path, tensors, document);
        Checkpoints.Add(new(path, written.Sha256, written.Bytes, trained, epoch, endOfUnit));
        return Checkpoints[^1];
    }

    /// <summary>What the store does when an attempt resumes: later rows of older attempts are void.</summary>
    public void Void(long trained)
    {
        Rows.RemoveAll(r => r.Step >= trained);
        Decisions.RemoveAll(d => d.Step >= trained);
        Metrics.RemoveAll(m => m.Step >= trained);
    }

    public void Restart()
    {
        asked = 0;
        Restarts++;
    }
}
