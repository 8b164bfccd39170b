using NasFarm.Farm.Manifests;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Control;

/// <summary>A sweep that was found, or a sentence that says why none was and what would be right.</summary>
public sealed record SweepAnswer(SweepSummary? Sweep, string? Problem);

/// <summary>How people name a sweep: by id, start of an id, or name.</summary>
public static class SweepText
{
    private const int MostListed = 10, MostAmbiguous = 5;

    /// <summary>The one sweep that is meant. Sweeps of one name are versions of one manifest: the newest is meant.</summary>
    /// <param name="wanted">Null: the newest.</param>
    /// <param name="sweeps">Those there are, the newest first.</param>
    public static SweepAnswer Find(string? wanted, IReadOnlyList<SweepSummary> sweeps)
    {
        if (sweeps.Count == 0)
            return new(null, "The farm has no sweeps yet: start one with 'nasfarm run MANIFEST'.");
        if (wanted is null)
            return new(sweeps[0], null);
        var exact = sweeps.FirstOrDefault(s => s.SweepId == wanted || s.Name == wanted);
        if (exact is not null)
            return new(exact, null);
        var found = sweeps.Where(s => s.SweepId.StartsWith(wanted, StringComparison.Ordinal)).ToList();
        return found switch
        {
            [var one] => new(one, null),
            [] when Nearest.To(wanted, sweeps.SelectMany(s => new[] { s.Name, s.SweepId })) is { } near => new(null, $"There is no sweep '{wanted}'; did you mean '{near}'?"),
            [] => new(null, $"There is no sweep '{wanted}'; there are: {string.Join(", ", sweeps.Take(MostListed).Select(s => $"{s.Name} ({s.SweepId})"))}."),
            _ => new(null, $"'{wanted}' is the start of {found.Count} sweep ids: {string.Join(", ", found.Take(MostAmbiguous).Select(s => s.SweepId))}."),
        };
    }
}
