using NasFarm.Catalog.Results;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Coordination;

/// <summary>Takes the looks that are due: reads the sweep, asks the rule, and has the store do and record it in one transaction. Whoever dies
/// in between leaves the look due; whoever is second hears what the first one did.</summary>
internal sealed class LookTaker(IFarmStore store, LookRule rule, Action<FarmEvent>? tell)
{
    private readonly Dictionary<string, string> unanswered = [];

    /// <summary>Takes every due look of <paramref name="sweepIds"/>; null: of every sweep. True: units of a next cohort may run now.</summary>
    public async Task<bool> TakeAsync(IReadOnlyList<string>? sweepIds)
    {
        var released = 0;
        foreach (var due in await store.ReadDueLooksAsync(CancellationToken.None))
        {
            // What this process could not answer it never can: it would need another table, or another program.
            if ((sweepIds?.Contains(due.SweepId) ?? true) && !unanswered.ContainsKey(due.SweepId))
                released += await TakeAsync(due);
        }
        return released > 0;
    }

    /// <summary>Is a look of <paramref name="sweepIds"/> due that can be answered? Then somebody takes it soon. Null: of any sweep.</summary>
    public async Task<bool> IsDueAsync(IReadOnlyList<string>? sweepIds) => (await store.ReadDueLooksAsync(CancellationToken.None))
        .Any(due => (sweepIds?.Contains(due.SweepId) ?? true) && !unanswered.ContainsKey(due.SweepId));

    /// <summary>A wait for a look that nobody takes, with the reason.</summary>
    /// <param name="wait">Of a unit of these sweeps.</param>
    /// <param name="sweepIds">The sweeps.</param>
    /// <param name="missing">How many of their runs failed or were cancelled by people.</param>
    public UnitWait Explain(UnitWait wait, IReadOnlyList<string> sweepIds, int missing)
    {
        if (wait.Reason != WaitReason.Look)
            return wait;
        var reasons = sweepIds.Where(unanswered.ContainsKey).Select(id => unanswered[id]).ToList();
        if (missing > 0)
            reasons.Add(FormattableString.Invariant($"a look needs every run, and {missing} failed or were cancelled: 'nasfarm retry', or accepting the sweep again, brings them back"));
        return wait with { Sentence = string.Join("; ", reasons.Prepend(wait.Sentence)) };
    }

    private async Task<int> TakeAsync(DueLook due)
    {
        // Cancelled and deleted in between: nothing is due any more.
        if (await store.ReadResultAsync(due.SweepId, rule.Table, withCurves: false, CancellationToken.None) is not { Looks: { } looks } sweep || looks.Open != due.Look)
            return 0;
        switch (rule.Decide(sweep))
        {
            case LookVerdict.Tested verdict when await store.TakeLookAsync(due, verdict, CancellationToken.None) is { } report:
                tell?.Invoke(new FarmEvent.LookTaken(report));
                return report.ReleasedUnits;
            case LookVerdict.Unanswerable why:
                unanswered[due.SweepId] = why.Sentence;
                tell?.Invoke(new FarmEvent.LookNotTaken(due.SweepId, why.Sentence));
                return 0;
            default:
                return 0;
        }
    }
}
