using System.Text.Json;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Tests.Methods;

public sealed class MethodCatalogTests
{
    private static readonly string[] TakeDifferences = ["darts", "darts-es", "darts-ada", "r-darts-l2", "r-darts-dp", "a2m", "lambda-darts"];

    [Fact]
    public void Every_default_is_legal_and_written_out_in_every_space()
    {
        foreach (var method in MethodCatalog.All.Where(m => m.Name != "given"))
            foreach (var space in method.Spaces)
            {
                var resolved = MethodCatalog.Resolve(method.Name, space);
                Assert.Equal(method.Settings.Select(s => s.Name).Order(StringComparer.Ordinal), resolved.Keys);
                Assert.Equal(Revision(method.Name, space) + SearchSpaces.Get(space).NumericsChanges, method.NumericsRevision(space));
            }
    }

    /// <summary>Methods whose results changed on purpose: those that see the same noise at both ends of a finite difference, and paths of DARTS
    /// cells that may hold <c>none</c> beside a max pooling.</summary>
    private static int Revision(string method, string space) => space switch
    {
        "robust-s4" => TakeDifferences.Contains(method) ? 2 : 1,
        "darts" or "robust-s5" or "sgas-es" => method is "rsws" or "na-rs" ? 2 : 1,
        _ => 1,
    };

    private const string Everywhere = "darts deeper-insights nas-bench-1shot1-1 nas-bench-1shot1-2 nas-bench-1shot1-3 nas-bench-201 nas-bench-macro robust-s1 robust-s2 robust-s3 robust-s4 robust-s5 sgas-es";
    private const string WhereEdgesAreDecided = "darts deeper-insights nas-bench-201 nas-bench-macro robust-s1 robust-s2 robust-s3 robust-s4 robust-s5 sgas-es";
    private const string WhereNoneIs = "darts nas-bench-201 robust-s3 robust-s5 sgas-es";
    private const string WhereSkipIs = "darts nas-bench-201 robust-s1 robust-s2 robust-s3 robust-s5 sgas-es";
    private const string WhereSkipsHelp = "darts nas-bench-201 robust-s1 robust-s2 robust-s3 robust-s4 robust-s5 sgas-es";
    private const string WhereRectifiersAreRead = "darts nas-bench-201 robust-s1 robust-s2 robust-s3 robust-s5 sgas-es";
    private const string WherePathsTrain = "darts deeper-insights nas-bench-1shot1-1 nas-bench-1shot1-2 nas-bench-1shot1-3 nas-bench-201 nas-bench-macro robust-s1 robust-s2 robust-s3 robust-s5 sgas-es";
    private const string WhereEdgesAreDrawn = "darts deeper-insights nas-bench-201 nas-bench-macro robust-s1 robust-s2 robust-s3 robust-s5 sgas-es";
    private const string WhereLayersShare = "darts deeper-insights nas-bench-1shot1-1 nas-bench-1shot1-2 nas-bench-1shot1-3 nas-bench-201 robust-s1 robust-s2 robust-s3 robust-s4 robust-s5 sgas-es";

    /// <summary>Which method searches which space. SGAS and what is made of it score an edge by 1 − P(none) (spec/algorithms.md §2.2):
    /// S1, S2 and S4 have no such operation. Λ-DARTS needs layers that share their alphas, DARTS+ skip connections to count, and FairDARTS
    /// derives sparse cells of the DARTS family; DARTS- relieves skip connections; P-DARTS drops
    /// operations of the DARTS family in two rounds.</summary>
    private static readonly Dictionary<string, string> Legal = new()
    {
        ["darts"] = Everywhere,
        ["sgas"] = WhereNoneIs,
        ["sgas-es"] = WhereNoneIs,
        ["sgas-matched"] = WhereNoneIs,
        ["sgas-es-placebo"] = WhereNoneIs,
        ["milenas"] = Everywhere,
        ["sdarts-rs"] = Everywhere,
        ["sdarts-adv"] = Everywhere,
        ["ms-darts"] = Everywhere,
        ["lambda-darts"] = WhereLayersShare,
        ["darts-es"] = Everywhere,
        ["darts-ada"] = Everywhere,
        ["r-darts-l2"] = Everywhere,
        ["r-darts-dp"] = Everywhere,
        ["darts-plus"] = WhereSkipIs,
        ["darts-pt"] = WhereEdgesAreDecided,
        ["fair-darts"] = "darts sgas-es",
        ["darts-minus"] = WhereSkipsHelp,
        ["drnas"] = Everywhere,
        ["p-darts"] = "darts robust-s5 sgas-es",
        ["na-darts"] = Everywhere,
        ["a2m"] = Everywhere,
        ["rsws"] = WherePathsTrain,
        ["na-rs"] = WherePathsTrain,
        ["naswot"] = WhereRectifiersAreRead,
        ["gdas"] = WhereEdgesAreDrawn,
        ["setn"] = WhereEdgesAreDrawn,
        ["pc-darts"] = WhereSkipsHelp,
        ["random"] = Everywhere,
        ["given"] = Everywhere,
    };

    public static TheoryData<string> Methods => [.. MethodCatalog.All.Select(m => m.Name)];

    [Theory, MemberData(nameof(Methods))]
    public void A_method_searches_exactly_the_spaces_of_the_table(string method)
    {
        var legal = Legal[method].Split(' ');

        Assert.Equal(legal, MethodCatalog.Get(method).Spaces);
        foreach (var space in SearchSpaces.All.Select(s => s.Name).Except(legal))
            Assert.Contains($"does not search space '{space}'", Assert.Throws<ArgumentException>(() => MethodCatalog.Resolve(method, space)).Message);
    }

    [Fact]
    public void Every_setting_says_what_it_is_and_where_it_comes_from() =>
        Assert.All(MethodCatalog.All.SelectMany(m => m.Settings), s =>
        {
            Assert.Matches("^[a-z][A-Za-z0-9]*$", s.Name);
            Assert.EndsWith(".", s.Description);
            Assert.NotEmpty(s.Source);
        });

    [Fact]
    public void No_method_has_two_settings_of_one_name() =>
        Assert.All(MethodCatalog.All, m => Assert.Equal(m.Settings.Count, m.Settings.DistinctBy(s => s.Name).Count()));

    [Theory]
    [InlineData("darts", "darts", "batchSize", 64L)]
    [InlineData("darts", "darts", "nesterov", false)]
    [InlineData("darts", "nas-bench-201", "nesterov", true)]
    [InlineData("darts", "nas-bench-201", "weightDecay", 5e-4)]
    [InlineData("darts", "nas-bench-201", "learningRateGranularity", "step")]
    [InlineData("darts", "nas-bench-201", "stepOrder", "w-first")]
    [InlineData("sgas", "darts", "warmup", 9L)]
    [InlineData("sgas", "darts", "interval", 5L)]
    [InlineData("sgas-matched", "sgas-es", "interval", 15L)]
    [InlineData("sgas-matched", "sgas-es", "batchSize", 32L)]
    [InlineData("sgas-es", "sgas-es", "batchSize", 32L)]
    [InlineData("sgas-es", "nas-bench-201", "batchSize", 64L)]
    [InlineData("sgas-es", "sgas-es", "factor", 1.3)]
    [InlineData("milenas", "darts", "trainLossWeight", 1.0)]
    [InlineData("sdarts-rs", "nas-bench-201", "epochs", 100L)]
    [InlineData("sdarts-adv", "darts", "attackSteps", 7L)]
    [InlineData("ms-darts", "darts", "epochs", 40L)]
    [InlineData("ms-darts", "darts", "alphaFromEpoch", 5L)]
    [InlineData("ms-darts", "nas-bench-1shot1-2", "epochs", 100L)]
    [InlineData("ms-darts", "nas-bench-1shot1-2", "batchSize", 96L)]
    [InlineData("sdarts-adv", "nas-bench-1shot1-3", "epochs", 100L)]
    [InlineData("darts", "nas-bench-1shot1-1", "batchSize", 96L)]
    [InlineData("darts", "nas-bench-1shot1-1", "epochs", 50L)]
    [InlineData("na-rs", "nas-bench-1shot1-1", "neighbours", 8L)]
    [InlineData("na-rs", "nas-bench-1shot1-3", "neighbours", 10L)]
    [InlineData("lambda-darts", "darts", "batchSize", 96L)]
    [InlineData("lambda-darts", "nas-bench-201", "alphaLearningRate", 1e-4)]
    [InlineData("lambda-darts", "nas-bench-201", "stepOrder", "w-first")]
    [InlineData("darts-es", "darts", "order", 2L)]
    [InlineData("darts-es", "darts", "window", 5L)]
    [InlineData("darts-es", "darts", "every", 2L)]
    [InlineData("darts-es", "darts", "esStart", 10L)]
    [InlineData("darts-ada", "darts", "weightDecayMax", 0.03)]
    [InlineData("darts-ada", "darts", "tracker", "released")]
    [InlineData("r-darts-l2", "nas-bench-201", "weightDecay", 27e-4)]
    [InlineData("r-darts-dp", "darts", "weightDecay", 3e-4)]
    [InlineData("darts-plus", "darts", "skipLimit", 2L)]
    [InlineData("darts-plus", "darts", "stableEpochs", 10L)]
    [InlineData("darts-pt", "darts", "tuneEpochs", 5L)]
    [InlineData("darts-pt", "darts", "tuneFactor", 0.1)]
    [InlineData("darts-pt", "darts", "selectBy", "accuracy")]
    [InlineData("darts-pt", "darts", "epochs", 50L)]
    [InlineData("darts-pt", "nas-bench-201", "epochs", 100L)]
    [InlineData("fair-darts", "darts", "wLearningRate", 0.005)]
    [InlineData("fair-darts", "darts", "alphaLearningRate", 3e-3)]
    [InlineData("fair-darts", "darts", "alphaBeta1", 0.9)]
    [InlineData("fair-darts", "darts", "threshold", 0.85)]
    [InlineData("darts-minus", "darts", "auxiliaryWeight", 1.0)]
    [InlineData("darts-minus", "robust-s3", "auxiliaryDecay", "linear")]
    [InlineData("darts-minus", "darts", "batchSize", 64L)]
    [InlineData("drnas", "darts", "wLearningRate", 0.1)]
    [InlineData("drnas", "darts", "alphaLearningRate", 6e-4)]
    [InlineData("drnas", "darts", "alphaFromEpoch", 10L)]
    [InlineData("drnas", "nas-bench-201", "wLearningRate", 0.025)]
    [InlineData("drnas", "nas-bench-201", "wLearningRateMin", 0.001)]
    [InlineData("drnas", "nas-bench-201", "alphaLearningRate", 3e-4)]
    [InlineData("drnas", "nas-bench-201", "epochs", 100L)]
    [InlineData("drnas", "nas-bench-201", "alphaFromEpoch", 0L)]
    [InlineData("p-darts", "darts", "stageEpochs", 25L)]
    [InlineData("p-darts", "darts", "batchSize", 96L)]
    [InlineData("p-darts", "darts", "weightEpochs", 10L)]
    [InlineData("p-darts", "darts", "alphaLearningRate", 6e-4)]
    [InlineData("p-darts", "darts", "wLearningRateMin", 0.0)]
    [InlineData("p-darts", "darts", "operations2", 5L)]
    [InlineData("p-darts", "sgas-es", "operations2", 4L)]
    [InlineData("p-darts", "darts", "skipDropout3", 0.7)]
    [InlineData("p-darts", "darts", "mostSkips", 2L)]
    [InlineData("na-darts", "darts", "neighbours", 2L)]
    [InlineData("a2m", "darts", "ascentDifference", 1e-2)]
    [InlineData("rsws", "darts", "candidates", 1000L)]
    [InlineData("rsws", "nas-bench-201", "weightDecay", 5e-4)]
    [InlineData("naswot", "darts", "images", 128L)]
    [InlineData("na-rs", "darts", "neighbours", 10L)]
    [InlineData("na-rs", "darts", "aggregate", "mean")]
    [InlineData("gdas", "darts", "batchSize", 256L)]
    [InlineData("gdas", "nas-bench-201", "batchSize", 64L)]
    [InlineData("gdas", "darts", "stepOrder", "w-first")]
    [InlineData("gdas", "darts", "nesterov", true)]
    [InlineData("gdas", "darts", "weightDecay", 5e-4)]
    [InlineData("gdas", "nas-bench-201", "epochs", 250L)]
    [InlineData("gdas", "nas-bench-201", "othersAsNumbers", true)]
    [InlineData("gdas", "darts", "othersAsNumbers", false)]
    [InlineData("setn", "nas-bench-201", "candidates", 100L)]
    [InlineData("setn", "nas-bench-201", "candidateImages", 512L)]
    [InlineData("setn", "nas-bench-201", "gradientClip", 0.0)]
    [InlineData("setn", "darts", "stepOrder", "w-first")]
    [InlineData("pc-darts", "darts", "partialChannels", 4L)]
    [InlineData("pc-darts", "darts", "batchSize", 256L)]
    [InlineData("pc-darts", "darts", "wLearningRate", 0.1)]
    [InlineData("pc-darts", "darts", "wLearningRateMin", 0.0)]
    [InlineData("pc-darts", "nas-bench-201", "wLearningRate", 0.025)]
    [InlineData("pc-darts", "nas-bench-201", "wLearningRateMin", 0.001)]
    [InlineData("pc-darts", "darts", "alphaLearningRate", 6e-4)]
    [InlineData("pc-darts", "darts", "alphaFromEpoch", 15L)]
    [InlineData("pc-darts", "darts", "epochs", 50L)]
    public void Defaults_are_those_of_the_paper(string method, string space, string setting, object expected) =>
        Assert.Equal(expected, MethodCatalog.Resolve(method, space)[setting]);

    [Fact]
    public void Matched_and_SgasEs_share_every_setting_that_both_have()
    {
        foreach (var space in MethodCatalog.Get("sgas-es").Spaces)
        {
            var (es, matched) = (MethodCatalog.Resolve("sgas-es", space), MethodCatalog.Resolve("sgas-matched", space));
            Assert.All(es.Keys.Intersect(matched.Keys).Except(["lambdaMax", "postEpochs"]), k => Assert.Equal(es[k], matched[k]));
            Assert.Equal(es["phaseEpochs"], matched["interval"]);
        }
    }

    [Fact]
    public void A_whole_number_given_for_a_number_is_the_same_as_the_number()
    {
        var whole = Resolve("darts", "gradientClip", 5L);
        Assert.Equal(MethodCatalog.Resolve("darts", "darts"), whole);
        Assert.Equal(JsonSerializer.Serialize(MethodCatalog.Resolve("darts", "darts"), CatalogJson.Compact), JsonSerializer.Serialize(whole, CatalogJson.Compact));
    }

    [Fact]
    public void Minus_zero_is_zero_and_has_no_id_of_its_own() =>
        Assert.Equal("0", FormattableString.Invariant($"{Resolve("darts", "gradientClip", -0.0).Double("gradientClip")}"));

    [Theory]
    [InlineData("darts", "order", 3L, "order is 3; it must be an integer from 1 to 2.")]
    [InlineData("darts", "order", "two", "order is 'two'; it must be an integer from 1 to 2.")]
    [InlineData("darts", "epochs", 1.5, "epochs is 1.5; it must be an integer from 1 to 100000.")]
    [InlineData("darts", "epochs", true, "epochs is true;")]
    [InlineData("darts", "wLearningRate", 0.0, "wLearningRate is 0; it must be a number above 0.")]
    [InlineData("darts", "wLearningRate", double.NaN, "wLearningRate is NaN;")]
    [InlineData("darts", "momentum", 1.5, "momentum is 1.5; it must be a number from 0 to 1.")]
    [InlineData("darts", "batchSize", 0L, "batchSize is 0; it must be an integer from 1 up.")]
    [InlineData("darts", "nesterov", 1L, "nesterov is 1; it must be true or false.")]
    [InlineData("darts", "stepOrder", "w", "stepOrder is 'w'; it must be one of alpha-first, w-first.")]
    [InlineData("darts", "wLearningRateMin", 0.1, "wLearningRateMin (0.1) is above wLearningRate (0.025).")]
    [InlineData("sgas-es", "phaseEpochs", 5L, "needs at least 6 epochs a phase to fire at all")]
    [InlineData("sgas-es", "window", 25L, "phaseEpochs is 15; with every 1, window 25, delta 4 and esStart 0 early stopping needs at least 17", "phaseEpochs")]
    [InlineData("sgas-es", "lambdaMax", false, "use sgas-matched")]
    [InlineData("sgas-es", "factor", 1.0, "factor is 1; it must be a number above 1.")]
    [InlineData("milenas", "validLossWeight", -1.0, "validLossWeight is -1; it must be a number from 0 up.")]
    [InlineData("sdarts-rs", "epsilonEnd", 0.01, "epsilonStart (0.03) is above epsilonEnd (0.01).", "epsilonStart")]
    [InlineData("lambda-darts", "alignment", "euclidean", "alignment is 'euclidean'; it must be one of cosine, sign.")]
    [InlineData("darts-es", "epochs", 22L, "epochs is 22; with every 2, window 5, delta 4 and esStart 10 early stopping needs at least 23 epochs")]
    [InlineData("darts-es", "lambdaMax", false, "use darts with order 2")]
    [InlineData("darts-ada", "weightDecayMax", 1e-4, "weightDecayMax (0.0001) is below weightDecay (0.0003).")]
    [InlineData("darts-ada", "extraRollback", 11L, "the earliest trigger returns to epoch 10")]
    [InlineData("darts-plus", "skipLimit", 9L, "skipLimit is 9; a cell of 'darts' keeps 8 edges.")]
    [InlineData("drnas", "anchorDivergence", 0.001, "anchorDivergence is 0.001 and alphaWeightDecay 0.001; both pull towards the uniform distribution")]
    [InlineData("rsws", "finalists", 1001L, "finalists (1001) is above candidates (1000).")]
    [InlineData("rsws", "alphaLearningRate", 0.1, "There is no setting 'alphaLearningRate'; settings are candidates,")]
    [InlineData("na-rs", "neighbours", 97L, "neighbours is 97; a cell of 'darts' has 96 that differ in one operation.")]
    [InlineData("na-rs", "aggregate", "max", "aggregate is 'max'; it must be one of mean, median, min.")]
    [InlineData("gdas", "temperatureEnd", 11.0, "temperatureEnd (11) is above temperatureStart (10).")]
    [InlineData("gdas", "temperatureEnd", 0.0, "temperatureEnd is 0; it must be a number from 0.001 to 1000000.")]
    [InlineData("setn", "candidateImages", 0L, "candidateImages is 0; it must be an integer from 1 up.")]
    [InlineData("pc-darts", "alphaFromEpoch", 50L, "alphaFromEpoch is 50 with 50 epochs; the architecture would never take a step.")]
    [InlineData("pc-darts", "order", 2L, "There is no setting 'order'")]
    [InlineData("random", "epochs", 3L, "There is no setting 'epochs'; it has no settings.")]
    [InlineData("sgas", "epochs", 3L, "There is no setting 'epochs'; settings are warmup, interval")]
    public void A_wrong_setting_is_refused_with_value_and_legal_range(string method, string setting, object value, string expected, string? blamed = null)
    {
        var error = Assert.Throws<HyperparameterException>(() => Resolve(method, setting, value));
        Assert.Contains(expected, error.Message);
        Assert.Equal(blamed ?? setting, Assert.Single(error.Problems).Setting);
    }

    [Theory]
    [InlineData("milenas", "trainLossWeight", 0.0, "validLossWeight", 0.0, "the alphas would follow nothing")]
    [InlineData("darts-plus", "stopBy", "rank-stability", "stableEpochs", 50L, "has stood still for 49 epochs at most")]
    public void Two_settings_that_do_not_go_together_are_refused(string method, string one, object first, string other, object second, string expected) =>
        Assert.Contains(expected, Assert.Throws<HyperparameterException>(() => MethodCatalog.Resolve(
            method, "darts", new Dictionary<string, object> { [one] = first, [other] = second })).Message);

    [Theory]
    [InlineData("pc-darts", "darts", 12, "channels is 12; pc-darts sends one channel in 4 through the operations and needs a multiple of 8 in space 'darts'.")]
    [InlineData("pc-darts", "nas-bench-201", 6, "needs a multiple of 4 in space 'nas-bench-201'.")]
    [InlineData("pc-darts", "darts", 16, null)]
    [InlineData("pc-darts", "nas-bench-201", 12, null)]
    [InlineData("darts", "darts", 7, null)] // for the space to say
    public void A_method_may_ask_more_of_the_channels_than_the_space(string method, string space, int channels, string? expected)
    {
        var wrong = MethodCatalog.Get(method).CheckSize(MethodCatalog.Resolve(method, space), SearchSpaces.Get(space), channels, SearchSpaces.Get(space).DefaultCells).ToList();
        if (expected is null)
            Assert.Empty(wrong);
        else
            Assert.Contains(expected, Assert.Single(wrong));
    }

    [Theory]
    [InlineData("robust-s1", 3, "cells is 3, which makes 1 normal layer in space 'robust-s1'; lambda-darts compares such layers and needs 2: take 4 cells or more.")]
    [InlineData("darts", 4, null)]
    [InlineData("nas-bench-201", 1, null)]
    [InlineData("deeper-insights", 1, "needs 2")]
    public void LambdaDARTS_needs_layers_to_compare(string space, int cells, string? expected)
    {
        var wrong = MethodCatalog.Get("lambda-darts").CheckSize(MethodCatalog.Resolve("lambda-darts", space), SearchSpaces.Get(space), 4, cells).ToList();
        if (expected is null)
            Assert.Empty(wrong);
        else
            Assert.Contains(expected, Assert.Single(wrong));
    }

    [Fact]
    public void FairDARTS_has_no_cell_on_NasBench201() =>
        Assert.Contains("does not search space", Assert.Throws<ArgumentException>(() => MethodCatalog.Resolve("fair-darts", "nas-bench-201")).Message);

    [Fact]
    public void Methods_that_go_back_are_known_to_those_who_keep_checkpoints() =>
        Assert.Equal(["darts-ada", "darts-es", "sgas-es", "sgas-es-placebo"], MethodCatalog.All.Select(m => m.Name).Where(MethodCatalog.RollsBack).Order());

    [Fact]
    public void Every_problem_is_reported_at_once()
    {
        var error = Assert.Throws<HyperparameterException>(() => MethodCatalog.Resolve("darts", "darts", new Dictionary<string, object>
        {
            ["order"] = 7L, ["momentum"] = -1.0, ["speed"] = 9L,
        }));
        Assert.Equal(["momentum", "order", "speed"], error.Problems.Select(p => p.Setting).Order());
    }

    [Fact]
    public void Criterion_2_needs_an_epoch_of_history() =>
        Assert.Contains("warmup is 0 with criterion 2", Assert.Throws<HyperparameterException>(() => MethodCatalog.Resolve(
            "sgas", "darts", new Dictionary<string, object> { ["criterion"] = 2L, ["warmup"] = 0L })).Message);

    [Fact]
    public void A_given_cell_is_stored_in_one_spelling()
    {
        var name = Resolve("given", "genotype", "DARTS_V2");

        Assert.Equal(PublishedGenotypes.Get("DARTS_V2").ToString(), name.Text("genotype"));
        Assert.Equal(name, Resolve("given", "genotype", GenotypeText.PrintShort(PublishedGenotypes.Get("DARTS_V2"))));
    }

    [Theory]
    [InlineData("", "genotype is empty")]
    [InlineData("DARTS_V9", "'normal' or 'reduce'")]
    [InlineData("NB201_ALL_SKIP", "is a cell of 'nas-bench-201'")]
    public void A_given_cell_that_is_none_is_refused(string genotype, string expected) =>
        Assert.Contains(expected, Assert.Throws<HyperparameterException>(() => Resolve("given", "genotype", genotype)).Message);

    [Fact]
    public void Unknown_names_list_the_names()
    {
        Assert.Contains("sgas-es-placebo", Assert.Throws<ArgumentException>(() => MethodCatalog.Get("pdarts")).Message);
        Assert.Contains("nas-bench-201", Assert.Throws<ArgumentException>(() => MethodCatalog.Resolve("darts", "s1")).Message);
    }

    private static Hyperparameters Resolve(string method, string setting, object value) =>
        MethodCatalog.Resolve(method, "darts", new Dictionary<string, object> { [setting] = value });
}
