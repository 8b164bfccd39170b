namespace NasFarm.Catalog.Sgas;

/// <summary>The most recent selection distributions of a cell type, oldest first: <c>Epochs[k][edge][operation other than none]</c>.
/// Immutable and serialisable. Appended after the scores of an epoch are computed, so an epoch is never compared with itself
/// (spec/algorithms.md §2.2).</summary>
public sealed record SelectionHistory(int Capacity, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> Epochs)
{
    /// <summary>No epochs yet; keeps at most <paramref name="capacity"/> (paper: 4).</summary>
    public static SelectionHistory Empty(int capacity) => new(capacity, []);

    /// <summary>The history with this epoch's distributions at the end, the oldest dropped when full.</summary>
    public SelectionHistory Append(IReadOnlyList<IReadOnlyList<double>> alphas, int noneIndex) =>
        this with { Epochs = [.. Epochs.Append([.. alphas.Select(row => EdgeScores.Selection(row, noneIndex))]).TakeLast(Capacity)] };

    /// <summary>SS per edge: mean over the history of Σ_o min(p_then, p_now); zeros for an empty history.</summary>
    public double[] Stability(IReadOnlyList<IReadOnlyList<double>> alphas, int noneIndex) =>
        [.. alphas.Select((row, edge) =>
        {
            var now = EdgeScores.Selection(row, noneIndex);
            return Epochs.Count == 0 ? 0 : Epochs.Average(then => then[edge].Zip(now, Math.Min).Sum());
        })];
}
