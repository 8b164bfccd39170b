using System.Globalization;

namespace NasFarm.Farm.Scheduling;

/// <summary>What a unit asks of a slot besides its device. Equal requests are equal values.</summary>
/// <param name="MemoryBytes">Memory that the slot must have; 0: any.</param>
/// <param name="Labels">Labels that the slot must have: sorted, separated by commas; empty: any.</param>
public sealed record ResourceRequest(long MemoryBytes, string Labels)
{
    /// <summary>Any slot of the device.</summary>
    public static ResourceRequest Any { get; } = new(0, "");

    /// <summary>The request for a memory and labels in any order.</summary>
    public static ResourceRequest Of(long memoryBytes, IEnumerable<string> labels) =>
        new(memoryBytes, string.Join(',', labels.Distinct().Order(StringComparer.Ordinal)));

    /// <summary>The labels one by one.</summary>
    public IReadOnlyList<string> LabelList => Labels.Length == 0 ? [] : Labels.Split(',');

    /// <summary>May a unit of this request run there?</summary>
    public bool Fits(SlotInfo slot) => slot.MemoryBytes >= MemoryBytes && LabelList.All(slot.Labels.Contains);

    /// <summary><c> with 8 GiB and label a100</c>; empty when anything will do.</summary>
    public string Words()
    {
        var labels = LabelList.Count == 0 ? null : $"{(LabelList.Count == 1 ? "label" : "labels")} {string.Join(", ", LabelList)}";
        var memory = MemoryBytes == 0 ? null : MemoryWords(MemoryBytes);
        return (memory, labels) switch
        {
            (null, null) => "",
            (null, _) or (_, null) => $" with {memory ?? labels}",
            _ => $" with {memory} and {labels}",
        };
    }

    /// <summary><c>8 GiB</c>.</summary>
    public static string MemoryWords(long bytes) => bytes % (1L << 30) == 0 || bytes >= 10L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.#} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.#} MiB");
}
