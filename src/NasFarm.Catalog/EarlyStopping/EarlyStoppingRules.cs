using System.Globalization;

namespace NasFarm.Catalog.EarlyStopping;

/// <summary>An early-stop rule that people call by name.</summary>
/// <param name="Name">E.g. <c>darts-es</c>; with what was changed after it, <c>darts-es,factor=1.2</c>.</param>
/// <param name="Title">One line for people.</param>
/// <param name="Rule">Window, spacing, lag, threshold and first return.</param>
/// <param name="PerPhase">Every decision of the search starts an empty average (SGAS-es); false: one average for the whole search.</param>
/// <param name="Source">Where it is stated.</param>
/// <param name="EveryIsGiven">Somebody asked for this spacing; else a trajectory that is measured less often may widen it.</param>
public sealed record NamedRule(string Name, string Title, EarlyStoppingRule Rule, bool PerPhase, string Source, bool EveryIsGiven = false);

/// <summary>The early-stop rules on λmax there are (spec/lambda-max.md §3).</summary>
public static class EarlyStoppingRules
{
    /// <summary>Asks for every rule.</summary>
    public const string Any = "all";

    private static readonly string[] Keys = ["window", "every", "delta", "factor", "start"];

    /// <summary>Every rule.</summary>
    public static IReadOnlyList<NamedRule> All { get; } =
    [
        new("sgas-es", "SGAS-es as released: stop when the mean of 3 measurements exceeds 1.3 times the one 4 measurements ago; begins anew after each decision",
            EarlyStoppingRule.SgasEs, PerPhase: true, "SGAS-es utils.py (spec/algorithms.md §3.3)"),
        new("darts-es", "DARTS-ES as released: stop when the mean of 5 measurements exceeds 1.3 times the one 4 measurements ago, never back to before epoch 10",
            EarlyStoppingRule.RobustDarts, PerPhase: false, "RobustDARTS utils.py (spec/algorithms.md §4.2)"),
        new("darts-es-paper", "DARTS-ES as the paper words it: stop when λ(i − 5)/λ(i) < 0.75, λ smoothed over 5 epochs",
            new(Window: 5, Every: 1, Delta: 5, Factor: 1 / 0.75, EsStart: 0), PerPhase: false, "arXiv 1909.09656 as recalled (spec/algorithms.md §4.2)"),
    ];

    /// <summary>Names, in the order of <see cref="All"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(r => r.Name)];

    /// <summary>Reads <c>NAME[,window=5,every=2,delta=4,factor=1.3,start=10]</c>; the name <c>all</c> means every rule. Window and delta
    /// count measurements, every and start epochs. Throws <see cref="ArgumentException"/> that names the part, its value and what would be right.</summary>
    public static IReadOnlyList<NamedRule> Parse(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var named = parts[0] == Any ? All : [.. All.Where(r => r.Name == parts[0])];
        if (named.Count == 0)
            throw new ArgumentException($"There is no early-stop rule '{parts[0]}'; rules are {string.Join(", ", Names)}, or {Any}.");
        return [.. named.Select(rule => Change(rule, parts[1..]))];
    }

    private static NamedRule Change(NamedRule named, string[] changes)
    {
        var (rule, given) = (named.Rule, new HashSet<string>());
        foreach (var change in changes)
        {
            var at = change.IndexOf('=', StringComparison.Ordinal);
            var key = at < 0 ? change : change[..at].TrimEnd();
            if (at < 0 || !Keys.Contains(key))
                throw new ArgumentException($"'{change}' is no part of a rule; parts are {string.Join(", ", Keys.Select(k => k + "=NUMBER"))}, separated by commas.");
            if (!given.Add(key))
                throw new ArgumentException($"{key} stands twice in the rule.");
            var value = change[(at + 1)..].TrimStart();
            rule = key switch
            {
                "window" => rule with { Window = Whole(key, value, 1) },
                "every" => rule with { Every = Whole(key, value, 1) },
                "delta" => rule with { Delta = Whole(key, value, 1) },
                "start" => rule with { EsStart = Whole(key, value, 0) },
                _ => rule with { Factor = Number(key, value) },
            };
        }
        return changes.Length == 0 ? named
            : named with { Name = string.Join(',', [named.Name, .. changes]), Rule = rule, EveryIsGiven = given.Contains("every") };
    }

    private static int Whole(string key, string value, int least) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= 100_000
            ? number
            : throw new ArgumentException($"{key} is '{value}'; it must be a whole number from {least} to 100000.");

    private static double Number(string key, string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 1 && double.IsFinite(number)
            ? number
            : throw new ArgumentException($"{key} is '{value}'; it must be a number above 1, with a decimal point.");
}
