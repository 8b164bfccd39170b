using NasFarm.Catalog.Results;

namespace NasFarm.Farm.Coordination;

/// <summary>The state of a run in one sweep, from the states of the units that this sweep needs.</summary>
public static class SeedRunStates
{
    /// <param name="running">Needed units being executed.</param>
    /// <param name="waiting">Needed units that wait.</param>
    /// <param name="failed">Needed units that failed for good.</param>
    /// <param name="complete">Every result the sweep wants is there.</param>
    /// <param name="runCancelled">It was cancelled in this sweep before it was over, and stays so whatever becomes of it in another.</param>
    /// <param name="unneeded">What is not over in a cancelled sweep, or after a look has decided, counts as cancelled, even when another
    /// sweep goes on with it.</param>
    public static SeedRunState Of(int running, int waiting, int failed, bool complete, bool runCancelled, bool unneeded) =>
        runCancelled ? SeedRunState.Cancelled
        : complete ? SeedRunState.Finished
        : unneeded && running + waiting > 0 ? SeedRunState.Cancelled
        : running > 0 ? SeedRunState.Running
        : waiting > 0 ? SeedRunState.Waiting
        : failed > 0 ? SeedRunState.Failed
        : SeedRunState.Cancelled;
}
