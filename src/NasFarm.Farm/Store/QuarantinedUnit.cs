using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Store;

/// <summary>A unit in quarantine, with everything that repeats it.</summary>
/// <param name="Key">Its last attempt.</param>
/// <param name="RunId">Run it belongs to.</param>
/// <param name="Sentence">Why it is there.</param>
/// <param name="Unit">What to execute.</param>
/// <param name="Execution">How.</param>
/// <param name="CodeVersion">Version that planned it.</param>
/// <param name="ResumeFrom">What its next attempt would start from, newest first; paths relative to the artifacts folder.</param>
/// <param name="Attempts">Every attempt, with its log.</param>
public sealed record QuarantinedUnit(
    AttemptKey Key, string RunId, string Sentence, UnitSpec Unit, ExecutionSpec Execution, string CodeVersion,
    IReadOnlyList<CheckpointRef> ResumeFrom, IReadOnlyList<AttemptDetails> Attempts);
