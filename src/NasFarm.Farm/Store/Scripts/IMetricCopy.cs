using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>How a database takes many metrics at once.</summary>
internal interface IMetricCopy
{
    /// <summary>Fewest rows for which it pays.</summary>
    int From { get; }

    /// <summary>Writes the metrics of an attempt that has proved its fence, with the meaning of <see cref="AttemptWrites.Append"/>.
    /// Throws <see cref="InvalidDataException"/> when one fence says two different things under one key.</summary>
    void Append(AttemptKey attempt, IReadOnlyList<TrainerEvent.Metric> metrics);
}
