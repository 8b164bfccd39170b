using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Identity;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Plans;
using NasFarm.Search.Data;
using NasFarm.Search.Randomness;
using NasFarm.Search.Tests.Methods;

namespace NasFarm.Cli.Tests.Pairs;

/// <summary>Every method there is, on real images, from the first search phase to the retrained network, in trainer processes: undisturbed, and
/// killed after a checkpoint and resumed, to the same bytes. In the principal spaces every method, in the others the cover that
/// <see cref="PairCover"/> computes from the catalog.</summary>
public sealed class RealPairTests(RealPairTests.Trainers trainers) : IClassFixture<RealPairTests.Trainers>
{
    /// <summary>Methods tried in each space that is not principal.</summary>
    internal const int PerSpace = 3;

    // A derived cell of NAS-Bench-1Shot1 divides its channels among as many as three nodes.
    private const int Channels = 2, RetrainChannels = 4, BatchSize = 16, MostEpochs = 60;

    /// <summary>Spaces in which every method is tried.</summary>
    internal static readonly string[] Principal = ["nas-bench-201", "darts"];

    private static readonly IReadOnlyList<(string Method, string Space)> Chosen =
        PairCover.Of(MethodCatalog.All.ToDictionary(m => m.Name, m => m.Spaces), Principal, PerSpace);

    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var (method, space) in Chosen)
            pairs.Add(method, space);
        return pairs;
    }

    [RealImagesTheory, MemberData(nameof(Pairs)), Trait("Tier", "all")]
    public async Task A_method_ends_with_the_same_bytes_when_it_is_killed_on_the_way(string method, string space)
    {
        var (first, retrain) = (FirstUnit(method, space), Retraining(space));
        using var folder = new PairFolder(trainers.Place, $"{method}-{space}");

        // 1. Undisturbed: what must come out.
        var expected = await RunAsync(first, retrain, folder["undisturbed"], (unit, previous, into) => trainers.Lasting.ExecuteAsync(unit, previous, into));
        Assert.NotNull(expected[^1].Done!.Retrain);

        // 2. Killed where a checkpoint stands inside a unit; methods that train nothing have one in the retraining only.
        var places = expected.Index().SelectMany(u => u.Item.Checkpoints.Index().Where(c => !c.Item.EndOfUnit).Select(c => (Unit: u.Index, Count: c.Index + 1))).ToList();
        var ofSearch = places.Where(p => expected[p.Unit].Unit.Kind == UnitKind.Search).ToList();
        var choice = ofSearch.Count > 0 ? ofSearch : places;
        var strike = choice[Chosen.Index().Single(p => p.Item == (method, space)).Index % choice.Count];

        var (at, killed) = (0, false);
        using var victim = new Supervised(trainers.Place);
        var survived = await RunAsync(first, retrain, folder["killed"], async (unit, previous, into) =>
        {
            var trainer = killed ? trainers.Lasting : victim;
            if (await trainer.ExecuteAsync(unit, previous, into, at++ == strike.Unit ? strike.Count : null))
                return;

            // 3. Resumed from that checkpoint, by another process.
            killed = true;
            await trainers.Lasting.ExecuteAsync(unit, previous, into + "-resumed");
            Assert.Equal(unit.Checkpoints[strike.Count - 1], unit.ResumedFrom);
        });

        Assert.True(killed);
        Assert.Equal(expected.Count, survived.Count);
        foreach (var (left, right) in expected.Zip(survived))
        {
            Assert.Equal(left.Unit.Genotype, right.Unit.Genotype);
            Assert.Equal(left.Rows, right.Rows);
            Assert.Equal((left.Done!.Search, left.Done.Retrain), (right.Done!.Search, right.Done.Retrain));
            Assert.Equal(File.ReadAllBytes(left.Done.File.Path), File.ReadAllBytes(right.Done.File.Path));
        }
    }

    /// <summary>Every unit of a run in turn, each from the end of the one before.</summary>
    private static async Task<List<UnitReport>> RunAsync(
        UnitSpec first, RetrainSpec target, string folder, Func<UnitReport, CheckpointRef?, string, Task> executeAsync)
    {
        var runId = ContentId.OfSeedRun(first.SeedRun);
        var wanted = new PlannedRetrain(ContentId.OfRetrain(runId, target, 0), target, 0);
        var reports = new List<UnitReport>();
        for (var unit = first; unit is not null;)
        {
            var report = new UnitReport(unit);
            await executeAsync(report, unit.Kind == UnitKind.Search ? reports.LastOrDefault()?.Done!.File : null, Path.Combine(folder, unit.UnitId));
            reports.Add(report);
            unit = report.Done!.Search is { } outcome ? NextUnits.AfterSearchPhase(runId, unit, outcome, [wanted]).SingleOrDefault() : null;
        }
        return reports;
    }

    private UnitSpec FirstUnit(string method, string space)
    {
        var definition = MethodCatalog.Get(method);
        var settings = SmallestSettings.Of(method).ToDictionary(s => s.Name, s => s.Value);
        foreach (var (name, value) in new (string, object)[] { ("batchSize", BatchSize), ("batchIncrease", 0), ("alphaLearningRate", 0.1), ("genotype", Cell(space)) })
            if (definition.Settings.Any(s => s.Name == name))
                settings[name] = value;
        var resolved = MethodCatalog.Resolve(method, space, settings);
        var run = new SeedRunSpec
        {
            Method = method,
            NumericsRevision = definition.NumericsRevision(space),
            Hyperparameters = resolved,
            Space = new(space, SmallestSettings.Channels(method, space, resolved, Channels), SmallestSettings.Cells(method, space, resolved, Channels)),
            Data = trainers.Images with { TrainImages = RealImages.Train / 2, AlphaImages = RealImages.Train / 2 },
            SearchSeed = 1,
            DataOrderSeed = 1,
        };
        var plan = PhasePlan.Of(method, run.Hyperparameters, space);
        Assert.True(plan.MaximumTrainedEpochs <= MostEpochs, $"{method} trains {plan.MaximumTrainedEpochs} epochs in this test; give its settings their smallest values in SmallestSettings.");
        var stops = plan.Phases.Select(p => p.Index % 2 == 0 ? new PlaceboStop(1, 0) : new PlaceboStop(null, null));
        return NextUnits.First(ContentId.OfSeedRun(run), run) with { PlaceboStops = method == "sgas-es-placebo" ? [.. stops] : null };
    }

    private RetrainSpec Retraining(string space)
    {
        var recipe = RecipeCatalog.All.First(r => r.Spaces.Contains(space));
        var settings = new Dictionary<string, object>
        {
            ["epochs"] = 2, ["batchSize"] = BatchSize, ["channels"] = RetrainChannels, ["cells"] = SmallestSettings.Cells(space, RetrainChannels),
            ["trainImageSize"] = trainers.Images.ImageSize!.Value, ["cutout"] = 4, ["auxiliary"] = false,
        };
        return new()
        {
            Data = trainers.Images with { TrainImages = 2 * BatchSize, TestImages = RealImages.Test },
            Recipe = recipe.Name,
            Settings = RecipeCatalog.Resolve(recipe.Name, space, settings),
            NumericsRevision = recipe.NumericsRevision(space),
        };
    }

    private static string Cell(string space) =>
        RandomGenotypes.Draw(SearchSpaces.Get(space), NoneRule.Excluded, new RandomStream(1, StreamNames.RandomArchitecture).NextInt).ToString();

    /// <summary>The images, and a trainer for whatever is not to be killed.</summary>
    public sealed class Trainers : IDisposable
    {
        private readonly Lazy<Supervised> lasting;

        public Trainers()
        {
            Place = new() { LeaseSeconds = null };
            lasting = new(() => new(Place));
            if (RealImages.Name is not { } name)
                return;
            RealImages.Write(Place.Data);
            Images = new() { Name = name, ContentHash = new DataCatalog(new([Place.Data], Place.Data, null)).Describe(name).ContentHash, ImageSize = 16 };
        }

        internal Workplace Place { get; }

        internal DataSpec Images { get; } = null!;

        internal Supervised Lasting => lasting.Value;

        public void Dispose()
        {
            if (lasting.IsValueCreated)
                Lasting.Dispose();
            Place.Dispose();
        }
    }

    /// <summary>Where a pair's checkpoints lie until the pair is done.</summary>
    private sealed class PairFolder(Workplace place, string name) : IDisposable
    {
        private readonly string path = Path.Combine(place.Folder, "pairs", name);

        public string this[string part] => Path.Combine(path, part);

        public void Dispose() => Directory.Delete(path, recursive: true);
    }
}
