using System.Globalization;

namespace NasFarm.Farm.Scheduling;

/// <summary>What keeps a unit from being offered to any slot.</summary>
internal static class Blocks
{
    /// <summary>Closed slots that a sentence tells of.</summary>
    private const int MostClosures = 3;

    /// <summary>The first reason that holds; null: it may be offered.</summary>
    public static UnitWait? Of(WaitingUnit unit, DateTimeOffset now, Fitting fit)
    {
        if (unit.Paused is { } paused)
            return Wait(WaitReason.Paused, paused);
        if (unit.Hold == WaitReason.PlaceboSources)
            return Wait(WaitReason.PlaceboSources, unit.HoldText ?? "waits for the triggers of its source runs");
        if (unit.Hold == WaitReason.Look)
            return Wait(WaitReason.Look, unit.HoldText ?? "added only if an earlier look does not decide");
        if (unit.NotBefore > now)
        {
            var seconds = Math.Ceiling((unit.NotBefore - now).TotalSeconds);
            return Wait(WaitReason.BackingOff, Invariant($"next attempt in {seconds:0} s: {unit.HoldText ?? "the last one failed"}"), unit.NotBefore);
        }
        var pool = fit.Slots(unit.Device);
        if (pool.Count == 0)
            return Wait(WaitReason.NoFittingSlot, $"needs a {unit.Device} slot{unit.Request.Words()}; {fit.Living}");
        var fitting = fit.Slots(unit.Device, unit.Request);
        if (fitting.Count == 0)
            return Wait(WaitReason.NoFittingSlot, $"needs a {unit.Device} slot{unit.Request.Words()}; {Lacking(unit, pool)}");
        if (unit.Hold == WaitReason.NumericsMismatch)
        {
            fitting = [.. fitting.Where(s => unit.Fingerprint is not null && s.Fingerprint == unit.Fingerprint)];
            if (fitting.Count == 0)
                return Wait(WaitReason.NumericsMismatch,
                    $"its checkpoint has numerics fingerprint {unit.Fingerprint ?? "unknown"}, which no living slot has ({unit.HoldText}); set allowNumericsChange to go on all the same");
        }
        if (fitting.All(s => s.Closed is not null))
        {
            var closures = fitting.Select(s => s.Closed!).DistinctBy(c => c.Sentence).ToList();
            var rest = closures.Count > MostClosures ? Invariant($" and {closures.Count - MostClosures} more") : "";
            return Wait(WaitReason.SlotsClosed,
                Invariant($"every {unit.Device} slot that fits is closed: {string.Join("; ", closures.Take(MostClosures).Select(c => c.Sentence))}{rest}"), closures.Min(c => c.Until));
        }
        return null;

        UnitWait Wait(WaitReason reason, string sentence, DateTimeOffset? start = null) => new(unit.UnitId, unit.RunId, reason, sentence, start);
    }

    /// <summary>What the slots of the pool have instead.</summary>
    private static string Lacking(WaitingUnit unit, IReadOnlyList<SlotInfo> pool)
    {
        var labels = pool.SelectMany(s => s.Labels).Distinct().Order(StringComparer.Ordinal).ToList();
        return Invariant(
            $"none of the {pool.Count} living {unit.Device} slots is so: the largest has {ResourceRequest.MemoryWords(pool.Max(s => s.MemoryBytes))}, {(labels.Count == 0 ? "none has a label" : $"their labels are {string.Join(", ", labels)}")}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
