using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.EarlyStopping;

/// <summary>DARTS+, criterion 2 (spec/algorithms.md §9): how long the ranking of the convolutions by their logits has stood still on every
/// edge. An immutable value; it goes into checkpoints as JSON.</summary>
/// <param name="Ranking">Per edge, all cell types one after the other: the convolutions from the largest logit down, by name.</param>
/// <param name="Unchanged">Epochs in a row after which it was the same as after the one before.</param>
public sealed record RankStability(IReadOnlyList<string> Ranking, int Unchanged)
{
    /// <summary>Takes the logits after an epoch; <paramref name="before"/> is null after the first one.</summary>
    /// <param name="before">What stood after the epoch before.</param>
    /// <param name="space">Names the operations.</param>
    /// <param name="alphas">Logits, <c>[cell type][edge][operation]</c>.</param>
    public static RankStability After(RankStability? before, SearchSpace space, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> alphas)
    {
        string[] ranking = [.. space.CellTypes.Zip(alphas).SelectMany(cell => cell.Second.Select((row, edge) => string.Join(' ',
            space.OperationsOn(cell.First, edge).Zip(row).Where(o => Operations.IsConvolution(o.First)).OrderByDescending(o => o.Second)
                .Select(o => Operations.Abbreviate(o.First)))))];
        return new(ranking, before is not null && before.Ranking.SequenceEqual(ranking) ? before.Unchanged + 1 : 0);
    }
}
