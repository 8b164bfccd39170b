using System.Globalization;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;

namespace NasFarm.Farm.Quarantine;

/// <summary>An ending that used up an attempt.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Place">Where: host and slot, whatever process drove it.</param>
public sealed record PastFailure(FailureReason Reason, string Place);

/// <summary>When a unit is poison: it fails wherever it goes, so that trying it on more slots only costs more slots. Two of the three attempts
/// that a unit has by default are enough; a manifest that gives more asks for the same share of them.</summary>
public static class PoisonRule
{
    private const int Fewest = 2;

    /// <summary>Failures that make a unit poison.</summary>
    public static int Needed(int maxAttempts) => Math.Max(Fewest, maxAttempts * 2 / 3);

    /// <summary>Why the unit is poison, in a sentence; null: it is not.</summary>
    /// <param name="failures">Endings that used up its attempts since a person last freed it.</param>
    /// <param name="maxAttempts">Attempts it has.</param>
    public static string? Verdict(IReadOnlyList<PastFailure> failures, int maxAttempts)
    {
        foreach (var alike in failures.Where(f => RetryPolicy.Of(f.Reason).MayBePoison).GroupBy(f => RetryPolicy.Of(f.Reason).Class))
        {
            var places = alike.Select(f => f.Place).Distinct().Order(StringComparer.Ordinal).ToList();
            if (alike.Count() < Needed(maxAttempts))
                continue;
            if (alike.Key == ErrorClass.Host)
                return Invariant($"its host or lease was lost {alike.Count()} times without progress, on {string.Join(", ", places)}");
            if (places.Count >= Fewest)
                return Invariant($"it failed {alike.Count()} times in the same way ({alike.Key.ToString().ToLowerInvariant()}) on {places.Count} slots: {string.Join(", ", places)}");
        }
        return null;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
