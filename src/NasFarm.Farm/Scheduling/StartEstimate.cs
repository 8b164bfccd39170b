using System.Globalization;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Scheduling;

/// <summary>When an offered unit will probably begin.</summary>
/// <param name="At">Null when nobody can know.</param>
/// <param name="Missing">What would have to be measured first, when <paramref name="At"/> is null.</param>
public sealed record ExpectedStart(DateTimeOffset? At, string? Missing)
{
    /// <summary><c>starts in about 40 min</c>, or why that cannot be said.</summary>
    public string Words(DateTimeOffset now) =>
        At is not { } at ? $"no start can be estimated: {Missing}"
        : at <= now ? "starts when a free slot looks for work"
        : $"starts in about {Duration(at - now)}";

    private static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 90 } => Invariant($"{Math.Ceiling(time.TotalSeconds):0} s"),
        { TotalMinutes: < 90 } => Invariant($"{time.TotalMinutes:0} min"),
        { TotalHours: < 36 } => Invariant($"{time.TotalHours:0.#} h"),
        _ => Invariant($"{time.TotalDays:0.#} days"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Plays the queue forward on the living slots. Units go by rank to the slot that is free first. A run keeps its slot for what
/// follows in it (the cohort order puts that first), each part for the median time of such units: at most what its plan says, so that
/// searches which stop early make units begin sooner than said.</summary>
internal sealed class StartEstimate
{
    private readonly Dictionary<(string Arm, UnitKind Kind, string Device), double> medians;
    private readonly Fitting fit;
    private readonly Dictionary<string, ExpectedStart> freeAt;
    private readonly DateTimeOffset now;

    public StartEstimate(FarmSnapshot snapshot, IReadOnlyList<UnitTime> times)
    {
        now = snapshot.Now;
        medians = times.ToDictionary(t => (t.Arm, t.Kind, t.Device), t => t.MedianSeconds);
        fit = new(snapshot.Slots);
        freeAt = snapshot.Slots.ToDictionary(s => s.SlotId, _ => new ExpectedStart(now, null));
        foreach (var unit in snapshot.Running.Where(r => freeAt.ContainsKey(r.SlotId)))
        {
            freeAt[unit.SlotId] = Seconds(unit.Kind, unit.Device, unit.Ahead, out var own, out var after) is { } missing
                ? new(null, missing)
                : new(now.AddSeconds(Math.Max(0, own - (now - unit.ClaimedAt).TotalSeconds) + after), null);
        }
    }

    /// <summary>Gives the next unit its slot and start. Call by rank.</summary>
    public ExpectedStart Place(Offer offer, WaitingUnit unit)
    {
        string? first = null;
        var earliest = DateTimeOffset.MaxValue;
        string? missing = null;
        foreach (var slot in fit.Slots(offer.Pool, offer.Request))
        {
            if (!offer.Fits(slot))
                continue;
            var free = freeAt[slot.SlotId];
            missing ??= free.Missing;
            if (free.At < earliest)
                (first, earliest) = (slot.SlotId, free.At.Value);
        }
        if (first is null)
            return new(null, missing);
        freeAt[first] = Seconds(unit.Kind, unit.Device, unit.Ahead, out var own, out var after) is { } unknown
            ? new(null, unknown)
            : new(earliest.AddSeconds(own + after), null);
        return new(earliest, null);
    }

    /// <summary>Seconds of a unit and of what follows it in its run; returns what is not measured, or null.</summary>
    private string? Seconds(UnitKind kind, string device, RunAhead ahead, out double own, out double after)
    {
        (own, after) = (0, 0);
        var (phases, retrains) = kind == UnitKind.Search ? (ahead.Phases, ahead.Retrains) : (0, 0);
        var missing = Add(kind, 1, ref own) ?? Add(UnitKind.Search, phases, ref after) ?? Add(UnitKind.Retrain, retrains, ref after);
        return missing is { } part
            ? $"no finished {(part == UnitKind.Search ? "search phase" : "retrain job")} of arm {ahead.Arm} is measured on pool {device}"
            : null;

        UnitKind? Add(UnitKind what, int count, ref double seconds)
        {
            if (count == 0)
                return null;
            if (!medians.TryGetValue((ahead.Arm, what, device), out var median))
                return what;
            seconds += count * median;
            return null;
        }
    }
}
