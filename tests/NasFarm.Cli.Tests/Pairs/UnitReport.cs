using System.Globalization;
using NasFarm.Catalog.Units;

namespace NasFarm.Cli.Tests.Pairs;

/// <summary>What attempts at a unit have said, as far as it counts: a store in memory.</summary>
internal sealed class UnitReport(UnitSpec unit)
{
    private readonly List<(long Step, string Text)> rows = [];

    public UnitSpec Unit => unit;

    /// <summary>Metrics without timings, and decisions, in order.</summary>
    public IEnumerable<string> Rows => rows.Select(r => r.Text);

    public List<CheckpointRef> Checkpoints { get; } = [];

    /// <summary>Where the last attempt began; null: anew.</summary>
    public CheckpointRef? ResumedFrom { get; private set; }

    /// <summary>How it ended; null while it has not.</summary>
    public TrainerEvent.Done? Done { get; private set; }

    public void Take(TrainerEvent said)
    {
        switch (said)
        {
            case TrainerEvent.Started started:
                // Rows that follow the checkpoint come anew.
                rows.RemoveAll(r => r.Step >= started.Trained);
                ResumedFrom = started.ResumedFrom;
                Assert.Empty(started.DamagedCheckpoints);
                break;
            case TrainerEvent.Metric { Timing: false } metric:
                rows.Add((metric.Step, string.Create(CultureInfo.InvariantCulture, $"{metric.Step} {metric.Epoch} {metric.Name} {metric.Value:R}")));
                break;
            case TrainerEvent.Decision decision:
                rows.Add((decision.Step, $"{decision.Step} {decision.Epoch} {decision.Name} {decision.Detail.GetRawText()}"));
                break;
            case TrainerEvent.Checkpoint checkpoint:
                Checkpoints.Add(checkpoint.File);
                break;
            case TrainerEvent.Done done:
                Done = done;
                break;
            case TrainerEvent.Failed failed:
                Assert.Fail($"{unit.UnitId} failed ({failed.Reason}): {failed.Message}");
                break;
        }
    }
}
