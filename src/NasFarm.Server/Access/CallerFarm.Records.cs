using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Access;

/// <summary>Values that a run measured.</summary>
/// <param name="Metrics">Search phases in order, then retrain jobs, each by step.</param>
/// <param name="Cut">There are more than a request is answered with: ask for one name.</param>
public sealed record RunMetrics(string RunId, IReadOnlyList<RunMetric> Metrics, bool Cut);

/// <summary>The last lines that the trainer of an attempt wrote.</summary>
public sealed record AttemptLog(string UnitId, long Fence, IReadOnlyList<string> Lines);

/// <summary>A checkpoint of a run.</summary>
/// <param name="UnitId">Its unit.</param>
/// <param name="Sha256">Its content, and its name here.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Trained">Epochs trained when it was written.</param>
/// <param name="EndOfUnit">Written after the unit's last step.</param>
/// <param name="Collected">The file is gone; its hash stays.</param>
public sealed record RunArtifact(string UnitId, string Sha256, long Bytes, long Trained, bool EndOfUnit, bool Collected);

/// <summary>A checkpoint's bytes. Whoever gets them closes them.</summary>
public sealed record OpenedArtifact(Stream Content, string FileName);

/// <summary>What runs have written.</summary>
public sealed partial class CallerFarm
{
    private const int MostMetrics = 100_000;

    /// <summary>Values that a run measured, effective ones only.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="name">What was measured; null: everything.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<RunMetrics> ReadMetricsAsync(string runId, string? name, CancellationToken cancel = default)
    {
        await MustSeeRunAsync(runId, cancel);
        if (name is not null && !IsId(name))
            return new(runId, [], Cut: false);
        var rows = await farm.Store.ReadMetricsAsync(runId, name, MostMetrics + 1, cancel) ?? throw RefusedException.NoSuch("run", runId);
        return rows.Count <= MostMetrics ? new(runId, rows, Cut: false) : new(runId, [.. rows.Take(MostMetrics)], Cut: true);
    }

    /// <summary>The log of an attempt.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="unitId">Null: the unit that was tried last.</param>
    /// <param name="fence">Null: its last attempt.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<AttemptLog> ReadLogAsync(string runId, string? unitId, long? fence, CancellationToken cancel = default)
    {
        var run = await MustSeeRunAsync(runId, cancel);
        return run.Units.Where(unit => unitId is null || unit.UnitId == unitId)
            .SelectMany(unit => unit.Attempts.Where(a => fence is null || a.Fence == fence).Select(attempt => (unit.UnitId, Attempt: attempt)))
            .OrderBy(x => x.Attempt.ClaimedAt).ThenBy(x => x.Attempt.Fence).Select(x => new AttemptLog(x.UnitId, x.Attempt.Fence, x.Attempt.Log)).LastOrDefault()
            ?? throw new RefusedException(Refusal.NotFound, "no-such-attempt", $"Run {RefusedException.Short(runId)} has no such attempt.");
    }

    /// <summary>Checkpoints of a run, unit by unit, the newest first.</summary>
    public async Task<IReadOnlyList<RunArtifact>> ListArtifactsAsync(string runId, CancellationToken cancel = default) =>
        [.. (await MustSeeRunAsync(runId, cancel)).Units.SelectMany(Files).Select(f => f.Shown)];

    /// <summary>Opens a checkpoint of a run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="sha256">Its content.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<OpenedArtifact> OpenArtifactAsync(string runId, string sha256, CancellationToken cancel = default)
    {
        var run = await MustSeeRunAsync(runId, cancel);
        var gone = new RefusedException(Refusal.NotFound, "no-such-artifact", $"Run {RefusedException.Short(runId)} has no such checkpoint, or its file is gone.");
        var (file, shown) = run.Units.SelectMany(Files).FirstOrDefault(f => f.Shown.Sha256 == sha256 && !f.Shown.Collected);
        if (file is null)
            throw gone;
        if (farm.Artifacts is not { } artifacts)
            throw new RefusedException(Refusal.NotFound, "no-artifacts", "This server does not know where checkpoints are kept.");
        // Whoever reads is no attempt: a name of its own, so that nothing is shared with one.
        var reader = new AttemptKey($"download-{farm.NewId()}", 0);
        try
        {
            var fetched = await artifacts.FetchAsync(reader, file, cancel);
            return fetched.Problem is null && File.Exists(fetched.File.Path)
                ? new(File.OpenRead(fetched.File.Path), $"{shown.UnitId}-{shown.Trained}{(shown.EndOfUnit ? "-end" : "")}.safetensors") : throw gone;
        }
        finally
        {
            artifacts.Release(reader);
        }
    }

    private static IEnumerable<(CheckpointRef File, RunArtifact Shown)> Files(UnitDetails unit)
    {
        (CheckpointRef, RunArtifact) Of(CheckpointRef file, bool collected) =>
            (file, new(unit.UnitId, file.Sha256, file.Bytes, file.Trained, file.EndOfUnit, collected));
        var kept = unit.Checkpoints.Select(file => Of(file, collected: false));
        return unit.End is { Collected: true } end ? kept.Append(Of(end.File, collected: true)) : kept;
    }
}
