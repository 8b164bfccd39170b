using System.Globalization;
using NasFarm.Farm.Manifests;

namespace NasFarm.Farm.Control;

/// <summary>What was found: a target, or a sentence that says why none was and what would be right.</summary>
public sealed record TargetAnswer(Target? Target, string? Problem)
{
    internal static TargetAnswer Found(Target target) => new(target, null);

    internal static TargetAnswer None(string problem) => new(null, problem);
}

/// <summary>How people name what a command is about: a sweep by id, start of an id or name; <c>SWEEP/seed=3</c> and <c>SWEEP/RUN</c> inside it;
/// a run or a unit by id or start of an id. A whole id or name goes before the start of another; sweeps before runs, runs before units.</summary>
public static class TargetText
{
    private const string SeedKey = "seed=";
    private const int MostListed = 5;

    /// <summary>The one thing that the text means.</summary>
    public static TargetAnswer Find(string text, FarmNames names)
    {
        if (names.Sweeps.Count == 0)
            return TargetAnswer.None("The farm has no sweeps yet: start one with 'nasfarm run MANIFEST'.");
        if (text.Split('/', 2) is not [var outer, var inner])
            return Anything(text, names);
        var sweep = Sweep(outer, names) ?? TargetAnswer.None($"There is no sweep '{outer}'{Hint(outer, SweepWords(names), Sweeps(names))}");
        return sweep.Target is Target.Sweep { SweepId: var sweepId } ? Inside(sweepId, inner, names) : sweep;
    }

    private static TargetAnswer Anything(string text, FarmNames names)
    {
        var runIds = names.Runs.Select(r => r.RunId).Distinct().ToList();
        if (names.Sweeps.Any(s => s.SweepId == text || s.Name == text))
            return Sweep(text, names)!;
        if (names.Units.FirstOrDefault(u => u.UnitId == text) is { } unit)
            return TargetAnswer.Found(new Target.Unit(unit.UnitId, unit.RunId));
        return Sweep(text, names)
            ?? Starting("run", text, runIds, id => new Target.Run(id))
            ?? Starting("unit", text, names.Units.Select(u => u.UnitId), id => new Target.Unit(id, names.Units.First(u => u.UnitId == id).RunId))
            ?? TargetAnswer.None($"There is no sweep, run or unit '{text}'{Hint(text, [.. SweepWords(names), .. runIds], Sweeps(names))}");
    }

    /// <summary>Sweeps of one name are versions of one manifest: the newest is meant.</summary>
    private static TargetAnswer? Sweep(string text, FarmNames names) =>
        names.Sweeps.FirstOrDefault(s => s.SweepId == text || s.Name == text) is { } exact
            ? TargetAnswer.Found(new Target.Sweep(exact.SweepId))
            : Starting("sweep", text, names.Sweeps.Select(s => s.SweepId), id => new Target.Sweep(id));

    private static TargetAnswer Inside(string sweepId, string text, FarmNames names)
    {
        var runs = names.Runs.Where(r => r.SweepId == sweepId).ToList();
        if (!text.StartsWith(SeedKey, StringComparison.Ordinal))
        {
            return Starting("run", text, runs.Select(r => r.RunId), id => new Target.SweepRun(sweepId, id))
                ?? TargetAnswer.None($"Sweep {sweepId} has no run '{text}'{Hint(text, [.. runs.Select(r => r.RunId)], "'nasfarm status' lists them; a cohort is named like seed=3")}");
        }
        if (!long.TryParse(text[SeedKey.Length..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seed))
            return TargetAnswer.None($"'{text}' names no seed; it must be a whole number, like seed=3.");
        return runs.Exists(r => r.Seed == seed)
            ? TargetAnswer.Found(new Target.Cohort(sweepId, seed))
            : TargetAnswer.None(string.Create(CultureInfo.InvariantCulture, $"Sweep {sweepId} has no seed {seed}; it has {Seeds(runs)}."));
    }

    /// <summary>The whole id, or the one that starts so. Null: none does.</summary>
    private static TargetAnswer? Starting(string kind, string text, IEnumerable<string> ids, Func<string, Target> target)
    {
        if (text.Length == 0)
            return null;
        var found = ids.Where(id => id.StartsWith(text, StringComparison.Ordinal)).ToList();
        return found switch
        {
            [] => null,
            [var one] => TargetAnswer.Found(target(one)),
            _ when found.Contains(text) => TargetAnswer.Found(target(text)),
            _ => TargetAnswer.None($"'{text}' is the start of {found.Count} {kind} ids: {string.Join(", ", found.Take(MostListed))}{(found.Count > MostListed ? " …" : "")}."),
        };
    }

    private static string Hint(string text, IReadOnlyCollection<string> known, string otherwise) =>
        Nearest.To(text, known) is { } near ? $"; did you mean '{near}'?" : $"; {otherwise}.";

    private static List<string> SweepWords(FarmNames names) => [.. names.Sweeps.SelectMany(s => new[] { s.Name, s.SweepId }).Distinct()];

    private static string Sweeps(FarmNames names) =>
        $"the newest sweeps are {string.Join(", ", names.Sweeps.Take(MostListed).Select(s => $"{s.Name} ({s.SweepId})"))}";

    private static string Seeds(List<RunName> runs)
    {
        var seeds = runs.Select(r => r.Seed).Distinct().Order().ToList();
        return seeds.Count > 1 && seeds[^1] - seeds[0] == seeds.Count - 1
            ? string.Create(CultureInfo.InvariantCulture, $"{seeds[0]} to {seeds[^1]}")
            : string.Join(", ", seeds.Take(2 * MostListed).Select(s => s.ToString(CultureInfo.InvariantCulture)));
    }
}
