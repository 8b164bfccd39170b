using NasFarm.Catalog.Results;
using NasFarm.Farm.Lineage;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Access;

/// <summary>What pages ask beyond the API.</summary>
public sealed partial class CallerFarm
{
    /// <summary>The runs of a sweep for its grid; of those named only, where some are.</summary>
    public async Task<(ListedSweep Sweep, IReadOnlyList<GridRun> Runs)> ReadGridAsync(string sweepId, IReadOnlyList<string>? runIds, CancellationToken cancel = default)
    {
        var sweep = await MustSeeSweepAsync(sweepId, cancel);
        return (ListedSweep.Of(sweep), await farm.Store.ReadGridAsync(sweepId, runIds, cancel) ?? throw RefusedException.NoSuch("sweep", sweepId));
    }

    /// <summary>The first runs of a sweep that run, failed or wait, each with what the store says of it; when one that waits may start, its own page says:
    /// that takes the whole queue.</summary>
    public async Task<IReadOnlyList<RunStatus>> ReadAttentionAsync(string sweepId, int most, CancellationToken cancel = default)
    {
        await MustSeeSweepAsync(sweepId, cancel);
        var head = await farm.Store.ReadSweepHeadAsync(sweepId, most, cancel) ?? throw RefusedException.NoSuch("sweep", sweepId);
        return [.. head.Runs.Where(run => run.State is not (SeedRunState.Finished or SeedRunState.Cancelled))];
    }

    /// <summary>How far the farm's moves have come: the same position twice means that nothing has moved between.</summary>
    public Task<MovePosition> ReadMovePositionAsync(CancellationToken cancel = default) => farm.Store.ReadMovePositionAsync(cancel);

    /// <summary>A run and what counts of what it measured.</summary>
    public async Task<(RunDetails Run, RunHistory History)> ReadRunHistoryAsync(string runId, CancellationToken cancel = default)
    {
        var run = await MustSeeRunAsync(runId, cancel);
        return (run, RunHistory.Parse(await farm.Store.EffectiveHistoryAsync(runId, cancel) ?? throw RefusedException.NoSuch("run", runId)));
    }

    /// <summary>The run of the same arm and setting whose seed comes before, in a sweep that the caller sees. Null: none does.</summary>
    public async Task<string?> PreviousSeedAsync(RunDetails run, CancellationToken cancel = default)
    {
        foreach (var sweep in run.Sweeps)
        {
            var runs = await farm.Store.ReadGridAsync(sweep.SweepId, null, cancel) ?? [];
            if (runs.FirstOrDefault(r => r.RunId == run.RunId) is { } own && runs
                    .Where(r => r.Arm == own.Arm && r.Space == own.Space && r.Data == own.Data
                        && (r.SearchSeed, r.DataOrderSeed).CompareTo((own.SearchSeed, own.DataOrderSeed)) < 0)
                    .MaxBy(r => (r.SearchSeed, r.DataOrderSeed)) is { } before)
                return before.RunId;
        }
        return null;
    }
}
