using NasFarm.Farm.Control;
using NasFarm.Farm.Journals;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Access;

/// <summary>What a text is to name.</summary>
public enum NameKind
{
    /// <summary>Whatever a command may be about.</summary>
    Target,

    /// <summary>A sweep; no text: the newest.</summary>
    Sweep,

    /// <summary>A run.</summary>
    Run,
}

/// <summary>What a text names: a sweep, all arms of one seed of it, a run in it, a run in all its sweeps, or a unit of a run. What is not named is null.</summary>
public sealed record FoundName(string? Sweep = null, long? Seed = null, string? Run = null, string? Unit = null)
{
    /// <summary>A target as an answer.</summary>
    public static FoundName Of(Target target) => target switch
    {
        Target.Sweep sweep => new(sweep.SweepId),
        Target.Cohort cohort => new(cohort.SweepId, Seed: cohort.Seed),
        Target.SweepRun run => new(run.SweepId, Run: run.RunId),
        Target.Run run => new(Run: run.RunId),
        Target.Unit unit => new(Run: unit.RunId, Unit: unit.UnitId),
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "a target of no known kind"),
    };

    /// <summary>And back. Null: it names nothing that a command could be about.</summary>
    public Target? ToTarget() => this switch
    {
        { Sweep: { } sweep, Seed: { } seed } => new Target.Cohort(sweep, seed),
        { Sweep: { } sweep, Run: { } run } => new Target.SweepRun(sweep, run),
        { Sweep: { } sweep } => new Target.Sweep(sweep),
        { Unit: { } unit, Run: { } run } => new Target.Unit(unit, run),
        { Run: { } run } => new Target.Run(run),
        _ => null,
    };
}

/// <summary>Names that people use instead of ids, and what they are told in one piece.</summary>
public sealed partial class CallerFarm
{
    /// <summary>What a text names, as the command line reads it, among what the caller sees.</summary>
    public async Task<FoundName> FindAsync(NameKind kind, string? text, CancellationToken cancel = default)
    {
        if (text is { Length: > LongestId } || (text is null && kind != NameKind.Sweep))
            throw RefusedException.Invalid("bad-name", $"text must be 1 to {LongestId} characters.");
        var sweeps = (await farm.Store.ListSweepsAsync(cancel)).Where(sweep => caller.Sees(sweep.Tenant)).ToList();
        if (kind == NameKind.Run)
            return await FindRunAsync(text!, sweeps, cancel);
        if (kind == NameKind.Sweep)
        {
            var sweep = SweepText.Find(text, sweeps);
            return Answer(sweep.Sweep is { } meant ? new(meant.SweepId) : null, sweep.Problem);
        }
        var found = TargetText.Find(text!, await ReadNamesAsync(sweeps, cancel));
        return Answer(found.Target is { } target ? FoundName.Of(target) : null, found.Problem);
    }

    /// <summary>A sweep's runs, as <c>nasfarm status</c> shows them.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="most">How many runs, those first that run or failed; null: every one, in plan order.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<SweepStatus> ReadStatusAsync(string sweepId, int? most, CancellationToken cancel = default) =>
        most is < 0 ? throw RefusedException.Invalid("bad-limit", $"runs is {most}; it must be 0 or more.")
        : await SweepStatusReader.ReadMostAsync(farm.Store, await MustSeeSweepAsync(sweepId, cancel), most, cancel) ?? throw RefusedException.NoSuch("sweep", sweepId);

    /// <summary>What happened to a run, in order.</summary>
    public async Task<RunJournal> ReadJournalAsync(string runId, CancellationToken cancel = default) => RunJournal.Of(await MustSeeRunAsync(runId, cancel));

    private async Task<FoundName> FindRunAsync(string text, IReadOnlyList<SweepSummary> sweeps, CancellationToken cancel)
    {
        if (IsId(text) && await farm.Store.ReadRunAsync(text, cancel) is { } run && caller.Sees(run.Spec.Tenant))
            return new(Run: run.RunId);
        var names = await ReadNamesAsync(sweeps, cancel);
        var found = RunText.Find(text, [.. names.Runs.Select(name => name.RunId).Distinct()]);
        return Answer(found.RunId is { } id ? new(Run: id) : null, found.Problem);
    }

    private async Task<FarmNames> ReadNamesAsync(IReadOnlyList<SweepSummary> seen, CancellationToken cancel)
    {
        var all = await farm.Store.ReadNamesAsync(cancel);
        var sweeps = seen.Select(sweep => sweep.SweepId).ToHashSet(StringComparer.Ordinal);
        var runs = all.Runs.Where(run => sweeps.Contains(run.SweepId)).ToList();
        var runIds = runs.Select(run => run.RunId).ToHashSet(StringComparer.Ordinal);
        return new([.. all.Sweeps.Where(sweep => sweeps.Contains(sweep.SweepId))], runs, [.. all.Units.Where(unit => runIds.Contains(unit.RunId))]);
    }

    private static FoundName Answer(FoundName? found, string? problem) => found ?? throw new RefusedException(Refusal.NotFound, "no-such-name", problem!);
}
