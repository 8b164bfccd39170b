using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>How a database takes many metrics at once.</summary>
internal interface IMetricCopy
{
    /// <summary>Fewest rows for which it pays.</summary>
    int From { get; }

    /// <summary>Writes metrics of attempts that have proved their fences, with the meaning of <see cref="AttemptWrites.Append"/>.
    /// Throws <see cref="InvalidDataException"/> when one fence says two different things under one key.</summary>
    void Append(IReadOnlyList<(AttemptKey Attempt, TrainerEvent.Metric Metric)> metrics);
}
