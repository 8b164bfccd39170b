namespace NasFarm.Cli.Tests.Pairs;

/// <summary>Which methods are tried in which spaces where not every legal pair can be: every method in the principal spaces, a few in each of
/// the others, and there each method about as often as any other. A function of the table of legal pairs alone.</summary>
internal static class PairCover
{
    /// <param name="legal">Spaces that each method may search, by name of the method.</param>
    /// <param name="principal">Spaces in which every method is tried that may be.</param>
    /// <param name="perSpace">Methods tried in each other space, or all of them where fewer may.</param>
    /// <returns>By method, then space.</returns>
    public static IReadOnlyList<(string Method, string Space)> Of(
        IReadOnlyDictionary<string, IReadOnlyList<string>> legal, IReadOnlyCollection<string> principal, int perSpace)
    {
        var all = legal.SelectMany(m => m.Value.Select(space => (Method: m.Key, Space: space))).ToList();
        var others = all.Where(p => !principal.Contains(p.Space)).ToLookup(p => p.Space, p => p.Method);
        var chosen = all.Where(p => principal.Contains(p.Space)).ToHashSet();
        var uses = legal.Keys.ToDictionary(method => method, _ => 0);

        // The space with the fewest methods chooses first; each takes those used least, then those that can go to the fewest places.
        foreach (var space in others.OrderBy(s => s.Count()).ThenBy(s => s.Key, StringComparer.Ordinal))
            foreach (var method in space.OrderBy(m => uses[m]).ThenBy(m => legal[m].Count).ThenBy(m => m, StringComparer.Ordinal).Take(perSpace).ToList())
                Choose(method, space.Key);

        // Whoever came to no other space goes to the emptiest one that is open to it.
        var load = others.ToDictionary(s => s.Key, s => chosen.Count(p => p.Space == s.Key));
        foreach (var (method, spaces) in legal.Where(m => uses[m.Key] == 0).OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            if (spaces.Where(load.ContainsKey).OrderBy(s => load[s]).ThenBy(s => s, StringComparer.Ordinal).FirstOrDefault() is not { } space)
                continue;
            Choose(method, space);
            load[space]++;
        }
        return [.. chosen.OrderBy(p => p.Method, StringComparer.Ordinal).ThenBy(p => p.Space, StringComparer.Ordinal)];

        void Choose(string method, string space)
        {
            chosen.Add((method, space));
            uses[method]++;
        }
    }
}
