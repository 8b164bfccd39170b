using NasFarm.Catalog.Sgas;

namespace NasFarm.Search.Phases;

/// <summary>Decisions for good, as SGAS takes them.</summary>
public static class EdgeDecisions
{
    /// <summary>Appends the last epoch's distributions to the history of criterion 2, once, after its scores were needed.</summary>
    public static void AppendHistory(this SearchRun run)
    {
        var progress = run.State.Progress;
        if (!progress.HistoryDue)
            return;
        // One history per search: the rows of all cell types one after the other.
        var rows = run.State.Alphas.Values().SelectMany(type => type).ToArray();
        run.State.Progress = progress with { History = progress.History.Append(rows, run.Space.RequireNone()), HistoryDue = false };
    }

    /// <summary>Decides one edge per cell type by SGAS's scores on the current logits (spec/algorithms.md §2.4).</summary>
    public static void DecideEdges(this SearchRun run)
    {
        var progress = run.State.Progress;
        var alphas = run.State.Alphas.Values();
        var edges = run.Space.Edges.Count;
        var next = new List<CellDecisions>();
        for (var t = 0; t < alphas.Length; t++)
        {
            var current = progress.Decisions[t];
            if (current.Complete)
            {
                next.Add(current);
                continue;
            }
            var offset = t * edges;
            var history = progress.History with { Epochs = [.. progress.History.Epochs.Select(e => e.Skip(offset).Take(edges).ToList())] };
            var made = SgasDecision.Make(current, alphas[t], run.Settings.Int("criterion"), history);
            run.Decide($"edge_{made.Type.ToString().ToLowerInvariant()}", new
            {
                edge = made.EdgeIndex,
                source = made.Edge.Source,
                target = made.Edge.Target,
                operation = made.Edge.Operation,
                pruned = made.Pruned,
                score = made.Scores.Score[made.EdgeIndex],
                importance = made.Scores.Importance,
                certainty = made.Scores.Certainty,
                stability = made.Scores.Stability,
            });
            next.Add(made.Next);
        }
        run.AppendHistory();
        run.State.Progress = run.State.Progress with { Decisions = next };
    }
}
