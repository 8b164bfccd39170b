using System.Runtime.InteropServices;

namespace NasFarm.Catalog.EarlyStopping;

/// <summary>λmax between two decisions of a search; of a search that decides once, all of it.</summary>
/// <param name="Start">First epoch of the phase.</param>
/// <param name="Measurements">Epochs growing, values finite.</param>
public sealed record LambdaPhase(int Start, IReadOnlyList<LambdaMeasurement> Measurements);

/// <summary>The recorded λmax of one search, phase by phase. After a rollback a phase starts at an earlier epoch than the last one ended.</summary>
/// <param name="Name">Words that tell it from the others.</param>
/// <param name="Phases">At least one, in the order they were trained.</param>
public sealed record LambdaTrajectory(string Name, IReadOnlyList<LambdaPhase> Phases)
{
    /// <summary>A search in one phase from epoch 0.</summary>
    public static LambdaTrajectory Whole(string name, IReadOnlyList<LambdaMeasurement> measurements) => new(name, [new(0, measurements)]);

    /// <summary>Every measurement, in the order of training.</summary>
    public IEnumerable<LambdaMeasurement> Measurements => Phases.SelectMany(p => p.Measurements);

    /// <summary>What the search's end descends from: measurements that a rollback undid are left out, so epochs grow.</summary>
    public IReadOnlyList<LambdaMeasurement> Kept()
    {
        var kept = new List<LambdaMeasurement>();
        foreach (var phase in Phases)
        {
            kept.RemoveAll(m => m.Epoch >= phase.Start);
            kept.AddRange(phase.Measurements);
        }
        return kept;
    }

    /// <summary>Epochs between measurements: the commonest distance inside a phase, the smaller one of equals; null below two measurements.
    /// RobustDARTS measures epochs 0, 2, …, 48 and the last, 49: 2.</summary>
    public int? Spacing
    {
        get
        {
            var counts = new Dictionary<int, int>();
            foreach (var measured in Phases.Select(p => p.Measurements))
            {
                for (var at = 1; at < measured.Count; at++)
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, measured[at].Epoch - measured[at - 1].Epoch, out _)++;
            }
            return counts.Count == 0 ? null : counts.OrderByDescending(d => d.Value).ThenBy(d => d.Key).First().Key;
        }
    }
}
