using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Lineage;

/// <summary>A manifest that asked for a run.</summary>
/// <param name="Sha256">Of its UTF-8 bytes, lower-case hex.</param>
/// <param name="CodeVersion">Version that planned it, with the commit.</param>
/// <param name="Text">Byte for byte; null where it stands elsewhere in the package.</param>
public sealed record ManifestRecord(string SweepId, string Name, string Arm, string Sha256, string CodeVersion, DateTimeOffset AcceptedAt, string? Text);

/// <summary>Where a data set is officially found.</summary>
/// <param name="Address">Of the publisher.</param>
/// <param name="Note">Another way to get it; null: none.</param>
public sealed record DataOrigin(string Address, string? Note);

/// <summary>Images that a run saw.</summary>
/// <param name="Use"><c>search</c> or <c>retrain</c>.</param>
/// <param name="ContentHash">SHA-256 of the decoded images and labels.</param>
/// <param name="Origin">Null: the catalog does not know the set.</param>
public sealed record DataRecord(string Name, string Use, string ContentHash, DataOrigin? Origin);

/// <summary>A benchmark table's scores of a cell.</summary>
/// <param name="FileSha256">Of the table's file as read.</param>
public sealed record TableRecord(string FileSha256, IReadOnlyDictionary<string, double> Scores);

/// <summary>An attempt at a unit.</summary>
/// <param name="Fingerprint">Hash of its numerics; null: its trainer never began.</param>
/// <param name="ResumedAt">Epochs trained at its start.</param>
/// <param name="ResumedFrom">SHA-256 of the checkpoint it went on from; null: from the start, or not recorded.</param>
/// <param name="Ending"><c>done</c> or a failure reason; null while it lasts.</param>
public sealed record AttemptRecord(
    long Fence, string Host, string Slot, string? DeviceModel, string? CodeVersion, string? Fingerprint, DateTimeOffset ClaimedAt,
    DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, long? ResumedAt, string? ResumedFrom, string? Ending, string? Message);

/// <summary>The checkpoint that a unit ended with.</summary>
/// <param name="Kept">The file is still kept; its hash always is.</param>
public sealed record CheckpointRecord(string Sha256, long Bytes, long Trained, int Epoch, bool Kept);

/// <summary>A unit with its attempts and its result.</summary>
public sealed record UnitRecord(
    string UnitId, UnitKind Kind, int Phase, string State, IReadOnlyList<AttemptRecord> Attempts, CheckpointRecord? End,
    SearchOutcome? Search, RetrainOutcome? Retrain);

/// <summary>Everything one result stands on: what was asked, by which code, on which machines and images, from which checkpoint each part went
/// on, and what came out.</summary>
public sealed record RunRecord
{
    /// <summary>Id: the hash of <see cref="Spec"/>.</summary>
    public required string RunId { get; init; }

    /// <summary>The science of the search; its numerics revision is in it.</summary>
    public required SeedRunSpec Spec { get; init; }

    /// <summary>How it was executed.</summary>
    public required ExecutionSpec Execution { get; init; }

    /// <summary>Version that planned it first.</summary>
    public required string CodeVersion { get; init; }

    /// <summary>Those that asked for it.</summary>
    public required IReadOnlyList<ManifestRecord> Manifests { get; init; }

    /// <summary>Search images, then those of each retrain target.</summary>
    public required IReadOnlyList<DataRecord> Data { get; init; }

    /// <summary>Numerics of its attempts, by hash.</summary>
    public required IReadOnlyDictionary<string, NumericsFingerprint> Fingerprints { get; init; }

    /// <summary>A unit resumed on other numerics, by permission.</summary>
    public required bool NumericsChanged { get; init; }

    /// <summary>Search phases in order, then retrain jobs.</summary>
    public required IReadOnlyList<UnitRecord> Units { get; init; }

    /// <summary>open, finished, failed or cancelled.</summary>
    public required string SearchState { get; init; }

    /// <summary>The search's loss was not finite.</summary>
    public required bool Diverged { get; init; }

    /// <summary>The derived cell; null: none yet.</summary>
    public string? Genotype { get; init; }

    /// <summary>Scores by a benchmark table; null where none was asked for or given.</summary>
    public TableRecord? Table { get; init; }

    /// <summary>SHA-256 of the canonical history: two executions agree when it does.</summary>
    public required string HistorySha256 { get; init; }

    /// <summary>Puts it together.</summary>
    /// <param name="run">What the store knows.</param>
    /// <param name="history">The run's canonical history, or that of the units wanted.</param>
    /// <param name="origin">Where a data set comes from, by name.</param>
    /// <param name="sweepId">Only what this sweep asked for; null: everything.</param>
    /// <param name="table">Scores by table.</param>
    public static RunRecord Of(
        RunDetails run, RunHistory history, Func<string, DataOrigin?> origin, string? sweepId = null, TableRecord? table = null)
    {
        var retrains = run.Retrains.Where(job => sweepId is null || job.Sweeps.Contains(sweepId)).ToList();
        var units = run.Units.Where(unit => history.Units.Any(h => h.UnitId == unit.UnitId)).Select(Unit).ToList();
        var numerics = units.SelectMany(unit => unit.Attempts).Select(attempt => attempt.Fingerprint).ToHashSet();
        return new()
        {
            RunId = run.RunId,
            Spec = run.Spec,
            Execution = run.Execution,
            CodeVersion = run.CodeVersion,
            Manifests = [.. run.Sweeps.Where(s => sweepId is null || s.SweepId == sweepId).Select(s => new ManifestRecord(
                s.SweepId, s.Name, s.Arm, Sha256(s.Manifest), s.CodeVersion, s.AcceptedAt, sweepId is null ? s.Manifest : null))],
            Data =
            [
                .. new[] { new DataRecord(run.Spec.Data.Name, "search", run.Spec.Data.ContentHash, origin(run.Spec.Data.Name)) }
                    .Concat(retrains.Select(job => new DataRecord(job.Spec.Data.Name, "retrain", job.Spec.Data.ContentHash, origin(job.Spec.Data.Name))))
                    .Distinct(),
            ],
            Fingerprints = new SortedDictionary<string, NumericsFingerprint>(
                run.Fingerprints.Where(f => numerics.Contains(f.Key)).ToDictionary(), StringComparer.Ordinal),
            NumericsChanged = run.NumericsChanged,
            Units = units,
            SearchState = run.SearchState,
            Diverged = run.Diverged,
            Genotype = run.Genotype,
            Table = table,
            HistorySha256 = Sha256(history.ToString()),
        };
    }

    /// <summary>SHA-256 of a text's UTF-8 bytes, lower-case hex.</summary>
    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static UnitRecord Unit(UnitDetails unit) => new(
        unit.UnitId, unit.Kind, unit.Phase, unit.State, [.. unit.Attempts.Select(Attempt)],
        unit.End is { } end ? new(end.File.Sha256, end.File.Bytes, end.File.Trained, end.File.Epoch, !end.Collected) : null,
        unit.Kind == UnitKind.Search ? Read<SearchOutcome>(unit.Outcome) : null, unit.Kind == UnitKind.Retrain ? Read<RetrainOutcome>(unit.Outcome) : null);

    // A fingerprint that stands there before the trainer began is the slot's last one, not the attempt's.
    private static AttemptRecord Attempt(AttemptDetails a) => new(
        a.Fence, a.Host, a.SlotId, a.DeviceModel, a.CodeVersion, a.StartedAt is null ? null : a.Fingerprint, a.ClaimedAt, a.StartedAt, a.EndedAt,
        a.ResumedAt, a.ResumedFrom, a.Ending, a.Message);

    private static T? Read<T>(string? json) where T : class => json is null ? null : JsonSerializer.Deserialize<T>(json, CatalogJson.Compact);
}
