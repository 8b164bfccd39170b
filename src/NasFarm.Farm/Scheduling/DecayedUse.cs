namespace NasFarm.Farm.Scheduling;

/// <summary>Slot-seconds that fade: a second used one half-life ago counts half. Sums are kept in the scale of a landmark, in which older
/// use need not be touched when newer is added: a second at t counts 2^((t − landmark) / half-life).</summary>
public static class DecayedUse
{
    /// <summary>One hour: a few units of a usual search. A tenant that waited for an hour has most of its arrears paid back within the next.</summary>
    public static TimeSpan HalfLife { get; } = TimeSpan.FromHours(1);

    /// <summary>How long one landmark serves; scaled values stay below 2³² times the seconds.</summary>
    private const int HalfLivesPerLandmark = 32;

    private static readonly long SpanMilliseconds = HalfLivesPerLandmark * (long)HalfLife.TotalMilliseconds;

    /// <summary>Landmark of a moment, in milliseconds since 1970.</summary>
    public static long Landmark(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / SpanMilliseconds * SpanMilliseconds;

    /// <summary>Landmarks before this one count for less than 2⁻³² of a second each and may be forgotten.</summary>
    public static long Oldest(DateTimeOffset now) => Landmark(now) - SpanMilliseconds;

    /// <summary>One slot used from <paramref name="from"/> to <paramref name="to"/>, in the landmark's scale: the integral of the weight.</summary>
    public static double Scaled(DateTimeOffset from, DateTimeOffset to, long landmark) =>
        to <= from ? 0 : HalfLife.TotalSeconds / Math.Log(2) * (Weight(to, landmark) - Weight(from, landmark));

    /// <summary>Some slots used from different moments, whose weights have this sum, to <paramref name="to"/>.</summary>
    public static double Scaled(int slots, double weights, DateTimeOffset to, long landmark) =>
        Math.Max(0, HalfLife.TotalSeconds / Math.Log(2) * (slots * Weight(to, landmark) - weights));

    /// <summary>A scaled sum as slot-seconds decayed to <paramref name="now"/>.</summary>
    public static double At(double scaled, long landmark, DateTimeOffset now) => scaled / Weight(now, landmark);

    /// <summary>The number of slots whose constant use has this decayed sum: the average of slots in use, recent ones weighing most.</summary>
    public static double MeanSlots(double decayedSlotSeconds) => decayedSlotSeconds * Math.Log(2) / HalfLife.TotalSeconds;

    private static double Weight(DateTimeOffset at, long landmark) =>
        Math.Pow(2, (at.ToUnixTimeMilliseconds() - landmark) / HalfLife.TotalMilliseconds);
}
