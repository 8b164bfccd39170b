using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Trainers;

namespace NasFarm.Cli.Tests.Pairs;

/// <summary>A trainer process that executes one unit after the other.</summary>
internal sealed class Supervised(Workplace place) : IDisposable
{
    private const int LeaseMilliseconds = 600_000;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly Running trainer = place.Start(
        ["trainer"], [.. TrainerEnvironment.For(new ExecutionSpec(), TrainerEnvironment.MachineLevel, null).Select(v => (v.Key, v.Value))]);

    private long fence;

    /// <summary>Executes a unit.</summary>
    /// <param name="report">Of earlier attempts at the unit; takes what this one says.</param>
    /// <param name="previous">End of the phase before; null: there is none.</param>
    /// <param name="folder">For its checkpoints.</param>
    /// <param name="killAfter">Kills the process when the unit has so many checkpoints, and hears nothing of what it said after that; null: never.</param>
    /// <returns>False: it was killed.</returns>
    public async Task<bool> ExecuteAsync(UnitReport report, CheckpointRef? previous, string folder, int? killAfter = null)
    {
        CheckpointRef[] offered = [.. report.Checkpoints.AsEnumerable().Reverse(), .. previous is null ? [] : new[] { previous }];
        Directory.CreateDirectory(folder);
        await trainer.SayAsync(JsonSerializer.Serialize<TrainerCommand>(
            new TrainerCommand.Run(report.Unit, new ExecutionSpec(), ++fence, folder, offered, LeaseMilliseconds), CatalogJson.Compact));
        using var patience = new CancellationTokenSource(Longest);
        await foreach (var line in trainer.Lines.ReadAllAsync(patience.Token))
        {
            report.Take(JsonSerializer.Deserialize<TrainerEvent>(line, CatalogJson.Compact)!);
            if (report.Checkpoints.Count == killAfter)
            {
                trainer.Send(Signals.Kill);
                Assert.Equal(128 + Signals.Kill, (await trainer.EndAsync()).ExitCode);
                return false;
            }
            if (report.Done is not null)
                return true;
        }
        throw new InvalidOperationException($"The trainer left while it executed {report.Unit.UnitId}: {await trainer.EndAsync()}");
    }

    public void Dispose() => trainer.Dispose();
}
