using NasFarm.Farm.Control;

namespace NasFarm.Farm.Store;

/// <summary>Commands on a whole sweep.</summary>
public static class SweepWide
{
    /// <inheritdoc cref="IFarmStore.CancelAsync"/>
    public static Task<CancelReport?> CancelSweepAsync(this IFarmStore store, string sweepId, string operationId, CancellationToken cancel = default) =>
        store.CancelAsync(new Target.Sweep(sweepId), operationId, cancel);

    /// <inheritdoc cref="IFarmStore.RetryFailedAsync"/>
    public static Task<RetryReport?> RetryFailedAsync(this IFarmStore store, string sweepId, string operationId, CancellationToken cancel = default) =>
        store.RetryFailedAsync(new Target.Sweep(sweepId), operationId, cancel);
}
