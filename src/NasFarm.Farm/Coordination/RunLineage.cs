namespace NasFarm.Farm.Coordination;

/// <summary>Which trained epochs the state of a search descends from. The step counter never rewinds, the epoch does: a step whose
/// epoch was trained before undoes that epoch and every later one.</summary>
public static class RunLineage
{
    /// <summary>Steps kept, ascending.</summary>
    /// <param name="trained">Every trained step with its epoch, steps ascending and distinct.</param>
    public static IReadOnlyList<long> Kept(IEnumerable<(long Step, int Epoch)> trained)
    {
        var kept = new List<(long Step, int Epoch)>();
        foreach (var next in trained)
        {
            while (kept.Count > 0 && kept[^1].Epoch >= next.Epoch)
                kept.RemoveAt(kept.Count - 1);
            kept.Add(next);
        }
        return [.. kept.Select(k => k.Step)];
    }
}
