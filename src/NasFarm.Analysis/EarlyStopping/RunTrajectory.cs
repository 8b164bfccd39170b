using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.EarlyStopping;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.EarlyStopping;

/// <summary>The λmax trajectory that a run recorded.</summary>
public static class RunTrajectory
{
    /// <summary>A phase ends where the run decided edges (spec/algorithms.md §3.2) and where it went back to an earlier epoch. Null when no
    /// finite λmax was recorded.</summary>
    public static LambdaTrajectory? Of(SeedRunResult run)
    {
        var decided = new Queue<EdgeDecisionPoint>(run.Search.EdgeDecisions);
        var phases = new List<LambdaPhase>();
        var (start, measured) = (0, new List<LambdaMeasurement>());
        foreach (var point in run.Search.LambdaMax.Where(p => double.IsFinite(p.Value)))
        {
            while (decided.TryPeek(out var next) && next.Step <= point.Step)
            {
                Close();
                start = decided.Dequeue().Epoch;
            }
            if (measured.Count > 0 && point.Epoch <= measured[^1].Epoch)
            {
                Close();
                start = point.Epoch;
            }
            measured.Add(new(point.Epoch, point.Value));
        }
        Close();
        return phases.Count == 0 ? null : new($"{run.Arm} seed {Series.PairOf(run)}", phases);

        void Close()
        {
            if (measured.Count == 0) return;
            phases.Add(new(Math.Min(start, measured[0].Epoch), measured));
            measured = [];
        }
    }
}
