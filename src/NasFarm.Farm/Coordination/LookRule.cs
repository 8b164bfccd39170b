using NasFarm.Catalog.Results;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Coordination;

/// <summary>The statistics of looks, which the host brings: a farm reads and writes, and judges nothing.</summary>
/// <param name="Decide">Answers the open look of a sweep whose runs up to it all have results. A pure function.</param>
/// <param name="Table">Gives table scores to runs that are scored by a benchmark table; null: none is at hand.</param>
public sealed record LookRule(Func<SweepResult, LookVerdict> Decide, TableLookUp? Table = null);
