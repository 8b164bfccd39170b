namespace NasFarm.Farm.Scheduling;

/// <summary>Which living slots fit what is asked for; answers are kept, since many units ask for the same.</summary>
internal sealed class Fitting(IReadOnlyList<SlotInfo> slots)
{
    private readonly ILookup<string, SlotInfo> pools = slots.ToLookup(s => s.Device);
    private readonly Dictionary<(string Pool, ResourceRequest Request), IReadOnlyList<SlotInfo>> known = [];

    /// <summary>Living slots by pool, e.g. <c>2 × cpu, 1 × cuda</c>.</summary>
    public string Living { get; } = slots.Count == 0 ? "no slot lives"
        : $"the living slots are {string.Join(", ", slots.CountBy(s => s.Device).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Value} × {p.Key}"))}";

    /// <summary>Slots of a pool.</summary>
    public IReadOnlyList<SlotInfo> Slots(string pool) => Slots(pool, ResourceRequest.Any);

    /// <summary>Slots of a pool that have what a request asks for.</summary>
    public IReadOnlyList<SlotInfo> Slots(string pool, ResourceRequest request)
    {
        if (!known.TryGetValue((pool, request), out var fitting))
            known.Add((pool, request), fitting = [.. pools[pool].Where(request.Fits)]);
        return fitting;
    }
}
