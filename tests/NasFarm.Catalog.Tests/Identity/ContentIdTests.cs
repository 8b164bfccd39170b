using NasFarm.Catalog.Identity;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Identity;

public sealed class ContentIdTests
{
    private static readonly SeedRunSpec Run = new()
    {
        Method = "sgas-es",
        NumericsRevision = 1,
        Hyperparameters = MethodCatalog.Resolve("sgas-es", "nas-bench-201"),
        Space = new("nas-bench-201", 16, 5),
        Data = new() { Name = "cifar10", ContentHash = new string('a', 64) },
        SearchSeed = 2,
        DataOrderSeed = 2,
    };

    private static readonly RetrainSpec Target = new()
    {
        Data = Run.Data, Recipe = "nas-bench-201", Settings = RecipeCatalog.Resolve("nas-bench-201", "nas-bench-201"), NumericsRevision = 1,
    };

    public static TheoryData<string, SeedRunSpec> Changes => new()
    {
        { "tenant", Run with { Tenant = "other" } },
        { "method", Run with { Method = "sgas" } },
        { "revision", Run with { NumericsRevision = 2 } },
        { "a setting", Run with { Hyperparameters = Run.Hyperparameters.With("window", 5L) } },
        { "space size", Run with { Space = Run.Space with { Channels = 4 } } },
        { "data content", Run with { Data = Run.Data with { ContentHash = new string('b', 64) } } },
        { "image size", Run with { Data = Run.Data with { ImageSize = 16 } } },
        { "split", Run with { Data = Run.Data with { Split = SplitRule.Permuted } } },
        { "none rule", Run with { NoneRule = NoneRule.Paper } },
        { "search seed", Run with { SearchSeed = 3 } },
        { "data-order seed", Run with { DataOrderSeed = 3 } },
        { "placebo sources", Run with { PlaceboSources = ["r-0"] } },
        { "generation", Run with { Generation = 1 } },
    };

    [Fact]
    public void The_same_science_has_the_same_id_however_it_was_written()
    {
        var again = Run with
        {
            Hyperparameters = MethodCatalog.Resolve("sgas-es", "nas-bench-201", new Dictionary<string, object> { ["gradientClip"] = 5L, ["factor"] = 1.3 }),
        };
        Assert.Equal(ContentId.OfSeedRun(Run), ContentId.OfSeedRun(again));
    }

    [Theory, MemberData(nameof(Changes))]
    public void Every_part_of_the_science_changes_the_id(string part, SeedRunSpec changed) =>
        Assert.True(ContentId.OfSeedRun(Run) != ContentId.OfSeedRun(changed), part);

    [Fact]
    public void The_form_of_ids_is_fixed()
    {
        var run = ContentId.OfSeedRun(Run);
        var retrain = ContentId.OfRetrain(run, Target, retrainSeed: 0);

        Assert.Matches("^r-[0-9a-f]{20}$", run);
        Assert.Matches("^t-[0-9a-f]{20}$", retrain);
        Assert.Matches("^s-[0-9a-f]{20}$", ContentId.OfSweep(new[] { run }));
        Assert.Equal(run + "-p00", ContentId.OfSearchUnit(run, 0));
        Assert.Equal(run + "-p12", ContentId.OfSearchUnit(run, 12));
        Assert.Equal(retrain, ContentId.OfRetrainUnit(retrain));
        Assert.True(ContentId.HasForm("r", run));
        Assert.False(ContentId.HasForm("t", run));
    }

    /// <summary>An id outlives the process: a new serialisation must not silently orphan every stored run. Whoever changes this value
    /// decides that old results are no longer found.</summary>
    [Fact]
    public void The_id_of_a_fixed_science_never_changes()
    {
        var science = Run with { Hyperparameters = new([new("epochs", 50L), new("factor", 1.3), new("nesterov", true), new("stepOrder", "w-first")]) };

        Assert.Equal("r-10d513c39409b0a758a4", ContentId.OfSeedRun(science));
    }

    [Fact]
    public void A_retraining_differs_by_run_target_and_seed()
    {
        var run = ContentId.OfSeedRun(Run);
        var other = ContentId.OfSeedRun(Run with { SearchSeed = 5 });
        string[] ids =
        [
            ContentId.OfRetrain(run, Target, 0), ContentId.OfRetrain(run, Target, 1), ContentId.OfRetrain(other, Target, 0),
            ContentId.OfRetrain(run, Target with { Settings = Target.Settings.With("epochs", 12L) }, 0),
        ];
        Assert.Equal(4, ids.Distinct().Count());
    }

    [Theory]
    [InlineData("r-123")]
    [InlineData("t-00000000000000000000")]
    [InlineData("r-0000000000000000000G")]
    public void What_is_no_run_id_is_refused(string text) =>
        Assert.Contains(text, Assert.Throws<ArgumentException>(() => ContentId.OfSearchUnit(text, 0)).Message);

    [Fact]
    public void A_negative_phase_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ContentId.OfSearchUnit(ContentId.OfSeedRun(Run), -1));
}
