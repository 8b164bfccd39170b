using NasFarm.Farm.Control;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Access;

/// <summary>A command that was done.</summary>
/// <param name="Operation">Its id: given again with the same command, it answers the same and does nothing.</param>
/// <param name="Effect">What it did.</param>
public sealed record Commanded<T>(string Operation, T Effect);

/// <summary>What people ask of work that is accepted. Operation ids are a caller's own: two callers may choose the same.</summary>
public sealed partial class CallerFarm
{
    private const int LowestPriority = -1000, HighestPriority = 1000;

    /// <summary>Lets what is named rest: <see cref="IFarmStore.PauseAsync"/>. An operator may.</summary>
    public Task<Commanded<PauseReport>> PauseAsync(Target target, string? operation, CancellationToken cancel = default) =>
        CommandAsync("pause", MustBeRuns(target, "paused"), Role.Operator, operation, id => farm.Host.PauseAsync(target, caller.Name, id, cancel), cancel);

    /// <summary>Ends a pause: <see cref="IFarmStore.ResumeAsync"/>. An operator may.</summary>
    public Task<Commanded<ResumeReport>> ResumeAsync(Target target, string? operation, CancellationToken cancel = default) =>
        CommandAsync("resume", MustBeRuns(target, "resumed"), Role.Operator, operation, id => farm.Host.ResumeAsync(target, id, cancel), cancel);

    /// <summary>Gives up what is named: <see cref="IFarmStore.CancelAsync"/>. An operator may.</summary>
    public Task<Commanded<CancelReport>> CancelAsync(Target target, string? operation, CancellationToken cancel = default) =>
        CommandAsync("cancel", MustBeRuns(target, "cancelled"), Role.Operator, operation, id => farm.Host.CancelAsync(target, id, cancel), cancel);

    /// <summary>Gives failed units their attempts back. An operator may.</summary>
    public Task<Commanded<RetryReport>> RetryAsync(Target target, string? operation, CancellationToken cancel = default) =>
        CommandAsync("retry", target, Role.Operator, operation, id => farm.Host.RetryFailedAsync(target, id, cancel), cancel);

    /// <summary>Gives one failed unit its attempts back. An operator may.</summary>
    public async Task<Commanded<RetryReport>> RetryUnitAsync(string runId, string unitId, string? operation, CancellationToken cancel = default) =>
        (await MustSeeRunAsync(runId, cancel)).Units.Any(unit => unit.UnitId == unitId)
            ? await RetryAsync(new Target.Unit(unitId, runId), operation, cancel) : throw RefusedException.NoSuch("unit", unitId);

    /// <summary>Sets a sweep's priority until its manifest is accepted again. An operator may.</summary>
    public Task<Commanded<PriorityReport>> SetPriorityAsync(string sweepId, int priority, string? operation, CancellationToken cancel = default) =>
        priority is < LowestPriority or > HighestPriority
            ? throw RefusedException.Invalid("bad-priority", $"priority is {priority}; it must be {LowestPriority} to {HighestPriority}.")
            : CommandAsync("priority", new Target.Sweep(sweepId), Role.Operator, operation, id => farm.Host.SetPriorityAsync(sweepId, priority, id, cancel), cancel);

    /// <summary>What a deletion would do. An admin of the tenant may ask.</summary>
    public async Task<DeleteReport> PreviewDeletionAsync(string sweepId, CancellationToken cancel = default)
    {
        Must(Role.Admin, (await MustSeeSweepAsync(sweepId, cancel)).Tenant);
        return await farm.Store.PreviewDeletionAsync(sweepId, cancel) ?? throw RefusedException.NoSuch("sweep", sweepId);
    }

    /// <summary>Deletes a sweep and all that only it refers to. An admin of the tenant may.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="cancelRunning">Also when units run that would go; else that is a conflict.</param>
    /// <param name="operation">Id of the command; null: a new one.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Commanded<DeleteReport>> DeleteAsync(string sweepId, bool cancelRunning, string? operation, CancellationToken cancel = default)
    {
        // A command that is given again names a sweep that is gone.
        if (operation is not null && await farm.Store.ReadDeletionAsync(OperationId("delete", operation), cancel) is { } before && before.Target == sweepId)
            return new(operation, before);
        return await CommandAsync("delete", new Target.Sweep(sweepId), Role.Admin, operation, async id =>
            await farm.Store.DeleteSweepAsync(sweepId, cancelRunning, id, cancel) is { Deleted: false } busy ? throw new RefusedException(Refusal.Conflict, "units-running",
                $"{busy.Name} ({sweepId}) has {busy.RunningUnits} running units that would go. Wait for them, cancel the sweep first, or ask with cancel=true.")
            : await farm.Store.ReadDeletionAsync(id, cancel), cancel);
    }

    private async Task<Commanded<T>> CommandAsync<T>(
        string verb, Target target, Role least, string? operation, Func<string, Task<T?>> act, CancellationToken cancel) where T : class
    {
        var key = operation ?? farm.NewId();
        var id = OperationId(verb, key);
        var tenant = await MustSeeAsync(target, cancel);
        return await RecordedAsync(verb, tenant, target.ToString()!, key, async () =>
        {
            Must(least, tenant);
            try
            {
                return new Commanded<T>(key, await act(id) ?? throw NoSuch(target));
            }
            catch (InvalidDataException reused) when (operation is not null)
            {
                throw new RefusedException(Refusal.Conflict, "operation-reused", reused.Message);
            }
        }, cancel);
    }

    /// <summary>Does something and writes into the log that it was asked and what came of it. The log comes after the deed: where it cannot be written the
    /// caller hears that the store is away, and asks again under the same id, which does nothing twice.</summary>
    private async Task<T> RecordedAsync<T>(string verb, string tenant, string target, string? operation, Func<Task<T>> act, CancellationToken cancel)
    {
        Task Record(string outcome) => farm.Store.RecordAsync(
            new(farm.NewId(), $"{caller.Name} ({caller.Id})", Plain(tenant), verb, Plain(target), operation, outcome), cancel);
        T done;
        try
        {
            done = await act();
        }
        catch (RefusedException refused)
        {
            await Record(refused.Code);
            throw;
        }
        await Record("done");
        return done;
    }

    /// <summary>As a log may show it.</summary>
    private static string Plain(string text) => string.Concat(RefusedException.Short(text).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));

    /// <summary>The id that the store keeps. Throws for one that no log could show.</summary>
    private string OperationId(string verb, string key) => IsId(key)
        ? $"{caller.Id}/{key}"
        : throw RefusedException.Invalid("bad-operation", $"The operation id of this {verb} must be 1 to {LongestId} visible ASCII characters.");

    private static RefusedException NoSuch(Target target) => target switch
    {
        Target.Cohort cohort => RefusedException.NoSuch("cohort", cohort.ToString()),
        Target.Run or Target.SweepRun => RefusedException.NoSuch("run", target.ToString()!),
        Target.Unit => RefusedException.NoSuch("unit", target.ToString()!),
        _ => RefusedException.NoSuch("sweep", target.ToString()!),
    };

    private static Target MustBeRuns(Target target, string verb) => target is not Target.Unit unit ? target
        : throw RefusedException.Invalid("unit-alone", $"A unit is {verb} with its run: name {unit.RunId} instead of {unit.UnitId}.");
}
