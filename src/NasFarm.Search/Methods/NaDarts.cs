using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Methods;

/// <summary>NA-DARTS (spec/algorithms.md §14): the architecture step follows the mean of L_val over n random neighbours of softmax(α); a
/// neighbour has the row of one edge moved by t towards one operation, row' = (1 − t)·row + t·e_k. The paper's parameters are not known;
/// ours: one edge of all cell types, uniformly; an operation that a derived cell may hold, uniformly; t one half; two neighbours, because the
/// cost grows with them. Where rows are no edges' (NAS-Bench-1Shot1), one row moves towards one of its candidates. The mean's gradient is the mean of the gradients, taken one neighbour after the other.</summary>
public sealed class NaDarts : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "na-darts";

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> AlphaGradient(TrainingStep step)
    {
        var (space, t, count) = (step.State.Space, step.Settings.Double("neighbourStep"), step.Settings.Int("neighbours"));
        var random = step.Random(StreamNames.Perturbation);
        IReadOnlyList<Tensor>? sum = null;
        for (var n = 0; n < count; n++)
        {
            var (type, row) = (random.NextInt(space.CellTypes.Count), random.NextInt(space.RowLengths.Count));
            var candidates = Candidates(space.CellTypes[type], row);
            var candidate = candidates[random.NextInt(candidates.Count)];
            var gradient = step.AlphaGradient(step.Valid, rows => [.. rows.Select((r, i) => i == type ? Moved(r, row, candidate) : r)]);
            sum = sum is null ? gradient : [.. sum.Zip(gradient, (a, b) => a.add(b))];
        }
        return [.. sum!.Select(g => g.div(count))];

        IReadOnlyList<int> Candidates(CellType type, int row) => space.NodeRows is not null
            ? [.. Enumerable.Range(0, space.RowLengths[row])]
            : [.. RandomGenotypes.ReachableOperations(space, type, row, step.NoneRule).Select(operation => space.OperationIndex(type, row, operation))];

        Tensor Moved(Tensor rows, int row, int candidate)
        {
            var (keep, add) = (new float[rows.numel()], new float[rows.numel()]);
            Array.Fill(keep, 1f);
            keep.AsSpan(space.FirstOf(row), space.RowLengths[row]).Fill((float)(1 - t));
            add[space.FirstOf(row) + candidate] = (float)t;
            using var hostKeep = tensor(keep, [keep.Length]);
            using var hostAdd = tensor(add, [add.Length]);
            return rows.mul(hostKeep.to(rows.device)).add(hostAdd.to(rows.device));
        }
    }
}
