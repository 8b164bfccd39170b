namespace NasFarm.Farm.Manifests;

/// <summary>Finds what was probably meant: the known name at the smallest edit distance.</summary>
public static class Nearest
{
    /// <summary>The known name nearest to <paramref name="typed"/> when it is near enough to be a slip (a third of its length,
    /// at least 1, letter case free); null otherwise. The first of equals wins.</summary>
    public static string? To(string typed, IEnumerable<string> known)
    {
        var limit = Math.Max(1, (typed.Length + 2) / 3);
        var best = known.Select(name => (Name: name, Distance: Distance(Fold(typed), Fold(name))))
            .Where(c => c.Distance <= limit).OrderBy(c => c.Distance).FirstOrDefault();
        return best.Name;
    }

    /// <summary><c>; did you mean 'x'?</c>, and the known names when they are few or nothing is near.</summary>
    internal static string Hint(string typed, IReadOnlyCollection<string> known)
    {
        var near = To(typed, known);
        return (near is null ? "." : $"; did you mean '{near}'?") + (near is null || known.Count <= 4 ? " Known: "
            + $"{string.Join(", ", known)}." : "");
    }

    /// <summary>Edits (insert, delete, replace, swap of neighbours) that turn one text into the other.</summary>
    public static int Distance(string a, string b)
    {
        if (Math.Max(a.Length, b.Length) > 64) return Math.Max(a.Length, b.Length);   // no name is that long: do not pay for it
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }

    /// <summary>Names differ by more than punctuation: <c>batch_size</c>, <c>batch-size</c> and <c>BatchSize</c> are one slip
    /// away.</summary>
    private static string Fold(string name) => name.Replace('_', '-').ToLowerInvariant();
}
