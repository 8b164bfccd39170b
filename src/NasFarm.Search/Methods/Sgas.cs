using NasFarm.Search.Phases;

namespace NasFarm.Search.Methods;

/// <summary>SGAS (spec/algorithms.md §2): a phase is the epochs up to the next edge decision; the decision is made after training and
/// validation of its last epoch, one edge per cell type. The last phase decides nothing. <c>sgas-matched</c> is the same loop with
/// SGAS-es's lengths (§3.4). The distributions of every epoch enter the history after that epoch's scores.</summary>
public sealed class Sgas(string name) : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public void RunPhase(SearchRun run)
    {
        // 1. The epochs of the phase.
        while (run.HasEpochs)
        {
            run.AppendHistory();
            run.Epoch();
        }

        // 2. The decision.
        if (run.Phase.Decides && !run.State.Progress.Diverged)
            run.DecideEdges();
    }
}
