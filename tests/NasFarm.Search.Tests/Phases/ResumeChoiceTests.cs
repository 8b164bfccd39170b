using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Methods;
using NasFarm.Search.Phases;
using NasFarm.Search.Tests.Data;

namespace NasFarm.Search.Tests.Phases;

/// <summary>Where a unit goes on when files are damaged or missing.</summary>
public sealed class ResumeChoiceTests
{
    [Fact]
    public void A_damaged_newest_checkpoint_falls_back_to_the_one_before_and_says_so()
    {
        using var folder = new TemporaryFolder();
        var (unit, files) = Checkpoints(folder, "darts", ("epochs", 3));
        File.WriteAllBytes(files[0].Path, [1, 2, 3]);
        var choice = ResumeChoice.Make(unit, files);
        Assert.Equal(files[1], choice.From);
        Assert.Contains(files[0].Path, Assert.Single(choice.Damaged), StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_that_rolls_back_goes_on_before_the_first_gap()
    {
        using var folder = new TemporaryFolder();
        var (unit, files) = Checkpoints(folder, "sgas-es", ("phaseEpochs", 6), ("factor", 1e9));
        var oldest = files.Where(f => !f.EndOfUnit).Reverse().ToList();
        File.Delete(oldest[2].Path);
        var choice = ResumeChoice.Make(unit, files);
        Assert.Equal(oldest[1], choice.From);
        Assert.Equal([1, 2], choice.Rollback.Keys.Order());
    }

    [Fact]
    public void A_phase_whose_start_is_gone_cannot_run()
    {
        var unit = TinySearch.Unit("sgas", phase: 2);
        var problem = Assert.Throws<CheckpointDamagedException>(() => ResumeChoice.Make(unit, []));
        Assert.Contains("phase 1 ended", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_offered_is_a_new_start() =>
        Assert.Null(ResumeChoice.Make(TinySearch.Unit("darts"), []).From);

    private static (UnitSpec Unit, IReadOnlyList<CheckpointRef> NewestFirst) Checkpoints(
        TemporaryFolder folder, string method, params (string, object)[] settings)
    {
        var unit = TinySearch.Unit(method, channels: 2, settings: settings);
        var sink = new MemorySink(folder["unit"]);
        using var run = TinySearch.Open(unit, sink);
        SearchMethods.Get(method).RunPhase(run);
        return (unit, [.. sink.Checkpoints.AsEnumerable().Reverse()]);
    }
}
