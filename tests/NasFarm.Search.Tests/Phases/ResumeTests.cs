using NasFarm.Catalog.Units;

namespace NasFarm.Search.Tests.Phases;

/// <summary>Resume equals never having stopped, to the byte.</summary>
public sealed class ResumeTests
{
    private static readonly Dictionary<string, UnitSpec> Searches = new()
    {
        ["DARTS first order on NAS-Bench-201"] = TinySearch.Unit("darts", settings: [("epochs", 3)]),
        ["DARTS second order on the DARTS space"] = TinySearch.Unit("darts", "sgas-es", channels: 2, settings: [("order", 2), ("epochs", 2), ("lambdaMax", false)]),
        ["SGAS criterion 2 on NAS-Bench-201"] = TinySearch.Unit("sgas", settings: [("criterion", 2), ("warmup", 1), ("interval", 1), ("postEpochs", 1)]),
        ["SGAS-es that rolls back"] = EagerSgasEs(),
        ["DARTS on the noise of S4"] = TinySearch.Unit("darts", "robust-s4", channels: 2, settings: [("epochs", 2), ("lanczosSteps", 2)]),
        ["DARTS on NAS-Bench-Macro"] = TinySearch.Unit("darts", "nas-bench-macro", channels: 2, settings: [("epochs", 2), ("lambdaMax", false)]),
        ["DARTS on the 64 cells of Deeper Insights"] = TinySearch.Unit("darts", "deeper-insights", channels: 2, settings: [("epochs", 2), ("lanczosSteps", 2)]),
        ["DARTS on the edges of S1"] = TinySearch.Unit("darts", "robust-s1", channels: 2, settings: [("epochs", 2), ("lambdaMax", false)]),
    };

    public static TheoryData<string> Names => [.. Searches.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_search_stopped_anywhere_and_resumed_ends_with_the_same_bytes(string because)
    {
        var unit = Searches[because];
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

    /// <summary>A factor of barely above 1 makes the rule fire on noise, and a short window early.</summary>
    internal static UnitSpec EagerSgasEs() => TinySearch.Unit("sgas-es", settings:
        [("phaseEpochs", 4), ("window", 1), ("delta", 1), ("factor", 1.0001), ("postEpochs", 1)]);
}
