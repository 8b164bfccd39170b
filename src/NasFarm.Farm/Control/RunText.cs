using NasFarm.Farm.Manifests;

namespace NasFarm.Farm.Control;

/// <summary>The id of a run that was found, or a sentence that says why none was and what would be right.</summary>
public sealed record RunAnswer(string? RunId, string? Problem);

/// <summary>How people name a run: by id or start of an id.</summary>
public static class RunText
{
    private const int MostListed = 5;

    /// <summary>The one id that starts so.</summary>
    public static RunAnswer Find(string wanted, IReadOnlyCollection<string> known)
    {
        var found = known.Where(id => id.StartsWith(wanted, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        return found switch
        {
            [var one] => new(one, null),
            [] when Nearest.To(wanted, known) is { } near => new(null, $"There is no run '{wanted}'; did you mean '{near}'?"),
            [] => new(null, $"There is no run '{wanted}'; 'nasfarm status' lists the runs of a sweep."),
            _ when found.Contains(wanted) => new(wanted, null),
            _ => new(null, $"'{wanted}' is the start of {found.Count} run ids: {string.Join(", ", found.Take(MostListed))}."),
        };
    }
}
