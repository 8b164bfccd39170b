using NasFarm.Catalog.Units;
using NasFarm.Search.Methods;
using NasFarm.Search.Tests.Methods;

namespace NasFarm.Search.Tests.Phases;

/// <summary>Resume equals never having stopped, to the byte.</summary>
public sealed class ResumeTests
{
    private static readonly Dictionary<string, UnitSpec> Searches = new()
    {
        ["DARTS first order on NAS-Bench-201"] = TinySearch.Unit("darts", settings: [("epochs", 3)]),
        ["SGAS criterion 2 on NAS-Bench-201"] = TinySearch.Unit("sgas", settings: [("criterion", 2), ("warmup", 1), ("interval", 1), ("postEpochs", 1)]),
        ["SGAS-es that rolls back"] = EagerSgasEs(),
        ["DARTS on the noise of S4"] = TinySearch.Unit("darts", "robust-s4", channels: 2, settings: [("epochs", 2), ("lanczosSteps", 2)]),
        ["DARTS on NAS-Bench-Macro"] = TinySearch.Unit("darts", "nas-bench-macro", channels: 2, settings: [("epochs", 2), ("lambdaMax", false)]),
        ["DARTS on the 64 cells of Deeper Insights"] = TinySearch.Unit("darts", "deeper-insights", channels: 2, settings: [("epochs", 2), ("lanczosSteps", 2)]),
        ["DARTS on the nodes of NAS-Bench-1Shot1"] = TinySearch.Unit("darts", "nas-bench-1shot1-1", channels: 3, settings: [("epochs", 2), ("lanczosSteps", 2)]),
        ["DARTS on the edges of S1"] = TinySearch.Unit("darts", "robust-s1", channels: 2, settings: [("epochs", 2), ("lambdaMax", false)]),
        ["MiLeNAS"] = Short("milenas"),
        ["SDARTS-RS"] = Short("sdarts-rs"),
        ["SDARTS-ADV"] = Short("sdarts-adv", ("attackSteps", 2)),
        ["MS-DARTS that keeps the genotype of its best epoch"] = Short("ms-darts", ("alphaFromEpoch", 1)),
        ["Lambda-DARTS"] = Short("lambda-darts"),
        ["DARTS+ that waits for the ranking"] = Short("darts-plus", ("stopBy", "rank-stability"), ("stableEpochs", 1), ("alphaInitialScale", 1.0)),
        ["DARTS-PT"] = DartsPtTests.Small(),
        ["FairDARTS on the DARTS space"] = TinySearch.Unit("fair-darts", "sgas-es", channels: 2, settings: [("epochs", 2), ("lambdaMax", false)]),
        ["DARTS- whose auxiliary skips have weights"] = TinySearch.Unit("darts-minus", "robust-s2", channels: 2, settings: [("epochs", 2), ("lanczosSteps", 2)]),
        ["DrNAS"] = Short("drnas", ("anchorDivergence", 0.01), ("alphaWeightDecay", 0.0)),
        ["P-DARTS through its stages"] = PDartsTests.Small(),
        ["NA-DARTS"] = Short("na-darts"),
        ["A2M"] = Short("a2m"),
        ["Random search with weight sharing"] = SharedWeightTests.Rsws(),
        ["NASWOT"] = NaswotTests.Small(),
        ["NA-RS"] = SharedWeightTests.NaRs(),
        ["GDAS"] = Short("gdas", ("alphaInitialScale", 0.5)),
        ["SETN"] = SetnTests.Small(),
        ["PC-DARTS, whose edges have logits of their own"] = Short("pc-darts", ("alphaFromEpoch", 1)),
    };

    private static readonly Dictionary<string, UnitSpec> Variants = new()
    {
        ["DARTS second order on the DARTS space"] = TinySearch.Unit("darts", "sgas-es", channels: 2, settings: [("order", 2), ("epochs", 2), ("lambdaMax", false)]),
        ["DARTS-ES that goes back and ends"] = EigenvalueTests.Eager("darts-es"),
        ["MS-DARTS on rows of different lengths"] = TinySearch.Unit(
            "ms-darts", "nas-bench-1shot1-3", channels: 3, settings: [("epochs", 2), ("alphaFromEpoch", 0), ("lambdaMax", false)]),
        ["Random search with weight sharing on nodes"] = TinySearch.Unit(
            "rsws", "nas-bench-1shot1-2", channels: 3, settings: [("epochs", 2), ("candidates", 4), ("finalists", 2), ("candidateBatches", 1)]),
        ["DARTS-ADA that goes back and on with the released tracker"] = EigenvalueTests.Eager("darts-ada"),
        ["DARTS-PT on the DARTS space"] = DartsPtTests.Small("robust-s3"),
        ["R-DARTS with more weight decay"] = Short("r-darts-l2"),
        ["R-DARTS with drop-path and cut-out"] = Short("r-darts-dp", ("searchCutout", 6), ("lambdaMax", true)),
        ["DARTS- on NAS-Bench-201"] = Short("darts-minus", ("auxiliaryDecay", "cosine")),
        ["DrNAS on the DARTS space, whose logits rest at first"] = TinySearch.Unit("drnas", "sgas-es", channels: 2, settings: [("epochs", 2), ("alphaFromEpoch", 1), ("lanczosSteps", 2)]),
        ["SDARTS-ADV with all its steps"] = Short("sdarts-adv"),
        ["Lambda-DARTS, sign-corrected"] = Short("lambda-darts", ("alignment", "sign")),
        ["DARTS-ADA that goes back and on with the restored tracker"] = EigenvalueTests.Eager("darts-ada", ("tracker", "restored")),
        ["R-DARTS with drop-path on the DARTS space"] = TinySearch.Unit("r-darts-dp", "sgas-es", channels: 2, settings: [("epochs", 2), ("lambdaMax", false)]),
        ["GDAS on the DARTS space, with lambda-max"] = TinySearch.Unit("gdas", "sgas-es", channels: 2, settings: [("epochs", 2), ("lambdaMax", true), ("lanczosSteps", 2)]),
        ["PC-DARTS on the DARTS space"] = TinySearch.Unit("pc-darts", "sgas-es", settings: [("epochs", 2), ("alphaFromEpoch", 1), ("lanczosSteps", 2)]),
        ["SETN on the DARTS space"] = SetnTests.Small("sgas-es"),
        ["Lambda-DARTS on the DARTS space"] = TinySearch.Unit("lambda-darts", "sgas-es", channels: 2, cells: 5, settings: [("epochs", 2), ("lambdaMax", false)]),
    };

    public static TheoryData<string> Names => [.. Searches.Keys];

    public static TheoryData<string> VariantNames => [.. Variants.Keys];

    [Fact]
    public void Every_method_that_trains_is_among_them() =>
        Assert.Empty(SearchMethods.Names.Except(["sgas-matched", "sgas-es-placebo"]).Except(Searches.Values.Concat(Variants.Values).Select(s => s.SeedRun.Method)));

    [Theory, MemberData(nameof(Names))]
    public void A_search_stopped_anywhere_and_resumed_ends_with_the_same_bytes(string because) => ResumesToTheSameBytes(Searches[because], because);

    [Theory, MemberData(nameof(VariantNames)), Trait("Tier", "all")]
    public void So_does_a_variant(string because) => ResumesToTheSameBytes(Variants[because], because);

    private static void ResumesToTheSameBytes(UnitSpec unit, string because)
    {
        var straight = TinySearch.RunWhole(unit);
        // Stops inside an epoch (1 step), at its end (3 steps make an epoch) and right after a resume.
        var interrupted = TinySearch.RunWhole(unit, phase => phase % 2 == 0 ? [1, 0, 4] : [3, 2]);
        Assert.True(interrupted.Resumes >= 2, because);
        Assert.Equal(straight.Rows, interrupted.Rows);
        Assert.Equal(straight.EndHashes, interrupted.EndHashes);
        Assert.Equal(straight.Outcomes, interrupted.Outcomes);
    }

    [Fact]
    public void Rollbacks_happen_and_the_epochs_after_them_are_counted_on()
    {
        var history = TinySearch.RunWhole(EagerSgasEs());
        var rollbacks = history.Decisions.Where(d => d.Name == "rollback").ToList();
        Assert.NotEmpty(rollbacks);
        var discarded = rollbacks.Sum(r => r.Detail.GetProperty("discardedEpochs").GetInt32());
        var end = history.Outcomes[^1];
        Assert.Equal(end.Trained, end.Epoch + discarded);
    }

    private static UnitSpec Short(string method, params (string Name, object Value)[] settings) =>
        TinySearch.Unit(method, settings: [("epochs", 3), .. settings, .. settings.Any(s => s.Name == "lambdaMax") ? [] : new (string, object)[] { ("lambdaMax", false) }]);

    /// <summary>A factor of barely above 1 makes the rule fire on noise, and a short window early.</summary>
    internal static UnitSpec EagerSgasEs() => TinySearch.Unit("sgas-es", settings:
        [("phaseEpochs", 4), ("window", 1), ("delta", 1), ("factor", 1.0001), ("postEpochs", 1)]);
}
