using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Identity;
using NasFarm.Catalog.Units;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Plans;
using NasFarm.Search.Data;
using NasFarm.Search.Trainer;

namespace NasFarm.Cli.Tests.Trainers;

/// <summary>The trainer as a process: it cannot outlive its lease or its supervisor, and it stops at a request (docs/reference/trainer.md).</summary>
public sealed class TrainerProcessTests : IDisposable
{
    private const int Lease = 60_000;

    private readonly Workplace place = new() { LeaseSeconds = null };

    [Fact]
    public async Task It_leaves_when_no_lease_grant_reaches_it()
    {
        using var trainer = await StartAsync(leaseMilliseconds: 1500);
        var ended = await trainer.EndAsync(closeInput: false);
        Assert.True(ended.ExitCode == TrainerLoop.ExitLeaseLost, ended.ToString());
    }

    [Fact]
    public async Task It_leaves_in_the_middle_of_a_unit_when_its_supervisor_is_gone()
    {
        using var trainer = await StartAsync(Lease);
        var ended = await trainer.EndAsync();
        Assert.True(ended.ExitCode == TrainerLoop.ExitOrphaned, ended.ToString());
    }

    [Fact]
    public async Task It_stops_at_a_request_with_a_checkpoint_and_stays_for_more()
    {
        using var trainer = await StartAsync(Lease);
        await trainer.SayAsync(Line(new TrainerCommand.Stop(1, FailureReason.HostStopping)));
        Assert.True(await Eventually.Holds(() => trainer.SaidSoFar.Contains("host-stopping", StringComparison.Ordinal)), trainer.SaidSoFar);
        var ended = await trainer.EndAsync();
        Assert.True(ended.ExitCode == TrainerLoop.ExitDone, ended.ToString());
        var events = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize<TrainerEvent>(l, CatalogJson.Compact)!).ToList();
        Assert.IsType<TrainerEvent.Hello>(events[0]);
        Assert.IsType<TrainerEvent.Checkpoint>(events[^2]);
        Assert.Equal(FailureReason.HostStopping, Assert.IsType<TrainerEvent.Failed>(events[^1]).Reason);
    }

    [Fact]
    public async Task It_goes_with_its_work_done_when_nobody_wants_more()
    {
        using var trainer = place.Start(["trainer"]);
        var ended = await trainer.EndAsync();
        Assert.True(ended.ExitCode == TrainerLoop.ExitDone, ended.ToString());
    }

    [Fact]
    public async Task It_refuses_a_command_that_is_none()
    {
        using var trainer = place.Start(["trainer"]);
        await trainer.SayAsync("{ this is no command");
        var ended = await trainer.EndAsync(closeInput: false);
        Assert.True(ended.ExitCode == TrainerLoop.ExitProtocol, ended.ToString());
        Assert.Contains("this is no command", ended.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => place.Dispose();

    /// <summary>A trainer in the middle of a search that would last for hours.</summary>
    private async Task<Running> StartAsync(int leaseMilliseconds)
    {
        var data = new DataCatalog(new([place.Data], place.Data, null));
        var manifest = Manifests.Sweep("endless", 1, "name: darts, hyperparameters: { epochs: 100000 }", Manifests.Sgas, Manifests.RandomCells);
        var run = Planner.Plan(ManifestReader.Read(manifest), data, "test", new PlanOptions(0)).Runs.First(r => r.Arm == "darts");
        var unit = new UnitSpec { UnitId = ContentId.OfSearchUnit(run.RunId, 0), Kind = UnitKind.Search, SeedRun = run.Spec, Phase = 0 };
        var folder = Directory.CreateDirectory(Path.Combine(place.Folder, "checkpoints")).FullName;
        var trainer = place.Start(["trainer"]);
        await trainer.SayAsync(Line(new TrainerCommand.Run(unit, new ExecutionSpec(), 1, folder, [], leaseMilliseconds)));
        Assert.True(await Eventually.Holds(() => trainer.HasEnded || trainer.SaidSoFar.Contains("\"started\"", StringComparison.Ordinal)), trainer.SaidSoFar);
        return trainer;
    }

    private static string Line(TrainerCommand command) => JsonSerializer.Serialize(command, CatalogJson.Compact);
}
