using NasFarm.Analysis.Export;
using NasFarm.Farm.Control;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Journals;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;

namespace NasFarm.Cli.Farms;

/// <summary>What is wanted of a comparison.</summary>
/// <param name="Json">For programs instead of people.</param>
/// <param name="Report">The HTML report too.</param>
/// <param name="Figures">Its figures too.</param>
internal sealed record ComparisonWants(bool Json, bool Report, bool Figures);

/// <summary>A comparison as it is printed and written.</summary>
/// <param name="Text">What is printed.</param>
/// <param name="Report">HTML; null: not wanted.</param>
/// <param name="Figures">Files; null: not wanted.</param>
internal sealed record WrittenComparison(string Text, string? Report, IReadOnlyList<ExportFile>? Figures);

/// <summary>What commands ask of a farm, wherever it is: a store that this program opens, or a server that has one open. Every member throws
/// <see cref="InputException"/> for what the farm does not know or refuses.</summary>
internal interface IFarmAccess : IAsyncDisposable
{
    /// <summary>The sweep meant by an id, the start of an id, or a name; null: the newest one.</summary>
    Task<SweepSummary> FindSweepAsync(string? wanted, CancellationToken cancel);

    /// <summary>Id of the run meant by an id or the start of one.</summary>
    Task<string> FindRunAsync(string wanted, CancellationToken cancel);

    /// <summary>What a command of control is about.</summary>
    Task<Target> FindTargetAsync(string text, CancellationToken cancel);

    /// <summary>Where its runs stand; at most so many, null: every one.</summary>
    Task<SweepStatus> ReadStatusAsync(SweepSummary sweep, int? most, CancellationToken cancel);

    /// <summary>Why a run is not further.</summary>
    Task<RunExplanation> ExplainAsync(string runId, CancellationToken cancel);

    /// <summary>What happened to a run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="tell">Hears, when a server is away for a while, that it is waited for; null: it is not waited for.</param>
    /// <param name="cancel">Gives up.</param>
    Task<RunJournal> ReadJournalAsync(string runId, Action<string>? tell, CancellationToken cancel);

    /// <summary>A sweep, arm by arm, as JSON.</summary>
    Task<string> ReadSweepAsync(string sweepId, CancellationToken cancel);

    /// <summary>Everything about a run as JSON.</summary>
    Task<string> ReadRunAsync(string runId, CancellationToken cancel);

    /// <summary>Checkpoints of a run.</summary>
    Task<IReadOnlyList<RunArtifact>> ListArtifactsAsync(string runId, CancellationToken cancel);

    /// <summary>A checkpoint's bytes; whoever gets them closes them.</summary>
    Task<Stream> OpenArtifactAsync(string runId, string sha256, CancellationToken cancel);

    /// <summary>The comparison of a sweep.</summary>
    Task<WrittenComparison> CompareAsync(string sweepId, ComparisonWants wants, CancellationToken cancel);

    /// <summary>The files of an export: tables, or one JSON file.</summary>
    Task<IReadOnlyList<ExportFile>> ExportAsync(string sweepId, bool json, CancellationToken cancel);

    /// <summary>Lets what is named rest.</summary>
    Task<Commanded<PauseReport>> PauseAsync(Target target, string operation, CancellationToken cancel);

    /// <summary>Ends a pause.</summary>
    Task<Commanded<ResumeReport>> ResumeAsync(Target target, string operation, CancellationToken cancel);

    /// <summary>Gives up what is named.</summary>
    Task<Commanded<CancelReport>> CancelAsync(Target target, string operation, CancellationToken cancel);

    /// <summary>Gives failed units their attempts back.</summary>
    Task<Commanded<RetryReport>> RetryAsync(Target target, string operation, CancellationToken cancel);

    /// <summary>Sets a sweep's priority.</summary>
    Task<Commanded<PriorityReport>> SetPriorityAsync(string sweepId, int priority, string operation, CancellationToken cancel);

    /// <summary>Where a sweep stands now, then every move of its units, in order, each once. Ends: the sweep is gone.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="tell">Hears when a server is away, and when it is back.</param>
    /// <param name="cancel">Ends the watch.</param>
    IAsyncEnumerable<SweepNews> WatchAsync(string sweepId, Action<string> tell, CancellationToken cancel);
}
