using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Manifests;

/// <summary>What the parts of a manifest must be to each other, as far as it can be said without looking at data files.</summary>
internal static class ManifestRules
{
    /// <summary>Most seed-runs that may feed one placebo run: every id is written into the run's science.</summary>
    internal const int MaxPlaceboSources = 200;

    public static void Check(Manifest manifest, ErrorList errors)
    {
        CheckSize(manifest, errors);
        CheckSettings(manifest, errors);
        CheckPlacebos(manifest, errors);
        CheckComparison(manifest, errors);
        CheckLooks(manifest, errors);
        CheckImages(manifest, errors);
        CheckScores(manifest, errors);
        CheckCheckpoints(manifest, errors);
    }

    /// <summary>Seed-runs that the manifest expands to. A given cell is not searched, so it has one run per space and data set.</summary>
    public static long RunCount(Manifest m)
    {
        var (settings, seeds) = ((long)m.Spaces.Count * m.Data.Count, (long)m.Seeds.Count * (m.DataOrderSeeds?.Count ?? 1));
        return m.Arms.Sum(arm => settings * (arm.Method == ManifestKeys.GivenCell ? 1 : seeds));
    }

    private static void CheckSize(Manifest m, ErrorList errors)
    {
        var runs = RunCount(m);
        var jobs = runs * m.Retrains.Sum(r => (long)r.Seeds.Count);
        if (runs > ManifestKeys.MaxRuns)
            errors.Add(m.SeedsAt,
                $"the sweep expands to {runs:N0} seed-runs; the limit is {ManifestKeys.MaxRuns:N0}. Take fewer seeds, or split it into "
                    + "several sweeps: they share runs.");
        else if (jobs > 10L * ManifestKeys.MaxRuns)
            errors.Add(m.Retrains[0].At,
                $"the sweep expands to {jobs:N0} retrain jobs; the limit is {10 * ManifestKeys.MaxRuns:N0}. Take fewer targets or "
                    + "retrain seeds.");
    }

    /// <summary>Every arm in every space has legal settings, and no two arms are the same experiment.</summary>
    private static void CheckSettings(Manifest m, ErrorList errors)
    {
        foreach (var space in m.Spaces)
        {
            var seen = new Dictionary<(string, Hyperparameters, string?), Arm>();
            foreach (var arm in m.Arms)
            {
                if (!MethodCatalog.Get(arm.Method).Spaces.Contains(space.Spec.Name))
                    errors.Add(arm.At,
                        $"{arm.Method} does not search {space.Spec.Name}; it searches "
                            + $"{string.Join(", ", MethodCatalog.Get(arm.Method).Spaces)}.");
                else if (Resolved(() => arm.Resolve(space.Spec.Name), arm.At, arm.SettingsAt, errors) is { } settings)
                {
                    if (!seen.TryAdd((arm.Method, settings, arm.Source), arm))
                        errors.Add(arm.At,
                            $"the arms '{seen[(arm.Method, settings, arm.Source)].Label}' and '{arm.Label}' have the same method and "
                                + "settings; remove one.");
                    foreach (var sentence in MethodCatalog.Get(arm.Method).CheckSize(settings, SearchSpaces.Get(space.Spec.Name), space.Spec.Channels, space.Spec.Cells))
                        errors.Add(arm.At, sentence);
                }
            }
            foreach (var target in m.Retrains)
            {
                var recipe = RecipeCatalog.Get(target.RecipeFor(space.Spec.Name));
                if (!recipe.Spaces.Contains(space.Spec.Name))
                    errors.Add(target.At,
                        $"the recipe {recipe.Name} does not train cells of {space.Spec.Name}; {Recipes(space.Spec.Name)}");
                else
                    Resolved(() => target.Resolve(space.Spec.Name), target.At, target.SettingsAt, errors);
            }
        }
    }

    private static string Recipes(string space) =>
        $"recipes for it: {string.Join(", ", RecipeCatalog.All.Where(r => r.Spaces.Contains(space)).Select(r => r.Name))}.";

    private static Hyperparameters? Resolved(
        Func<Hyperparameters> resolve, Place at, IReadOnlyDictionary<string, Place> settingsAt, ErrorList errors)
    {
        try
        {
            return resolve();
        }
        catch (HyperparameterException e)
        {
            foreach (var problem in e.Problems) errors.Add(settingsAt.GetValueOrDefault(problem.Setting, at), problem.Message);
            return null;
        }
    }

    /// <summary>A placebo replays the stops of other seeds of one sgas-es arm with equal phases (spec/algorithms.md §3.4).</summary>
    private static void CheckPlacebos(Manifest m, ErrorList errors)
    {
        foreach (var placebo in m.Arms.Where(a => a.Method == ManifestKeys.SgasEsPlacebo))
        {
            var sources = m.Arms.Where(a => a.Method == ManifestKeys.SgasEs).ToList();
            if (sources.Count == 0)
                errors.Add(placebo.At,
                    "sgas-es-placebo replays the stops of sgas-es in this sweep, and there is none; add sgas-es to the methods.");
            else if (placebo.Source is null && sources.Count > 1)
                errors.Add(placebo.At, $"several arms are sgas-es; name the one to replay with 'source': {Labels(sources)}.");
            else if (placebo.Source is { } name && sources.All(s => s.Label != name))
                errors.Add(placebo.At,
                    $"source '{name}' is no sgas-es arm of this sweep{Nearest.Hint(name, [.. sources.Select(s => s.Label)])}");
            else if (PlaceboSource(m, placebo) is var source && m.Spaces.Any(s => !SamePhases(source, placebo, s.Spec.Name)))
                errors.Add(placebo.At,
                    $"phaseEpochs and esStart differ from those of '{source.Label}', whose stops it replays; give both arms the same.");
            if (m.Seeds.Count < 2)
                errors.Add(placebo.At,
                    "sgas-es-placebo replays the stops of other seeds, and there is only one seed; give seeds: { count: 2 } or more.");
            else if (m.Seeds.Count - 1 > MaxPlaceboSources)
                errors.Add(placebo.At,
                    $"{m.Seeds.Count - 1} other seeds would feed each sgas-es-placebo run; the limit is {MaxPlaceboSources}. Put the "
                        + "placebo into a sweep of its own with fewer seeds.");
        }
    }

    /// <summary>The arm whose stops a placebo replays.</summary>
    internal static Arm PlaceboSource(Manifest m, Arm placebo) =>
        m.Arms.First(a => a.Method == ManifestKeys.SgasEs && (placebo.Source is null || a.Label == placebo.Source));

    /// <summary>Whether phases may be equally long; true too where settings are wrong, which is reported with the settings.</summary>
    private static bool SamePhases(Arm source, Arm placebo, string space)
    {
        try
        {
            var (a, b) = (source.Resolve(space), placebo.Resolve(space));
            return a.Int("phaseEpochs") == b.Int("phaseEpochs") && a.Int("esStart") == b.Int("esStart");
        }
        catch (HyperparameterException)
        {
            return true;
        }
    }

    /// <summary>The primary contrast names two arms, and a random arm shows what searching is worth
    /// (spec/retraining-and-data.md §7).</summary>
    private static void CheckComparison(Manifest m, ErrorList errors)
    {
        foreach (var (label, place) in new[] { m.Comparison.PrimaryA, m.Comparison.PrimaryB }.Zip(m.PrimaryAt))
            if (label is not null && m.Arms.All(a => a.Label != label))
                errors.Add(place, $"there is no arm '{label}'{Nearest.Hint(label, [.. m.Arms.Select(a => a.Label)])}");
        if (m.Comparison.PrimaryA is { } arm && arm == m.Comparison.PrimaryB)
            errors.Add(m.PrimaryAt[1], $"the primary contrast holds '{arm}' against itself; name two arms.");
        var compares = m.Arms.Count > 1 || m.ComparisonAt is not null;
        if (compares && m.Arms.Any(a => a.Method != ManifestKeys.GivenCell) && m.Arms.All(a => a.Method != ManifestKeys.RandomCell))
            errors.Add(m.MethodsAt,
                "a comparison needs a random arm: without it nobody can tell whether searching found anything. Add '- random'.");
    }

    /// <summary>Looks ask one question, which must have been said, of scores, which must be there.</summary>
    private static void CheckLooks(Manifest m, ErrorList errors)
    {
        if (m.LooksAt is not { } at)
            return;
        if (m.Comparison.PrimaryA is null)
            errors.Add(at,
                "looks test the primary contrast, and none is declared; write comparison: { primary: [A, B] } with the two arms whose "
                    + "spread is compared, or count instead of looks.");
        if (m.Retrains.Count == 0 && !m.Table)
            errors.Add(at, "looks compare scores, and this sweep has none; add retrain targets, or evaluate: { table: true }.");
    }

    /// <summary>Both spaces halve the image twice. An odd side breaks the second halving: strided convolution rounds up, pooling and
    /// offset slicing round down (spec/retraining-and-data.md §10).</summary>
    private static void CheckImages(Manifest m, ErrorList errors)
    {
        foreach (var data in m.Data.Concat(m.Retrains.Select(r => r.Data)).Where(d => d.ImageSize is { } side && side % 4 != 0))
            errors.Add(data.At,
                $"imageSize {data.ImageSize} does not fit {Labels(m.Spaces)}: the network halves images twice, so the side must be a "
                    + "multiple of 4. Use 16, 28 or 32.");
        foreach (var group in m.Data.GroupBy(d => d with { At = default }).Where(g => g.Count() > 1))
            errors.Add(group.Last().At,
                $"the data set {group.Key.Name} with the same sizes stands here a second time (first in line {group.First().At.Line}); "
                    + "keep one.");
        var targets = m.Retrains.GroupBy(r => (r.Data with { At = default }, r.Recipe, r.Settings)).Where(g => g.Count() > 1);
        foreach (var group in targets)
            errors.Add(group.Last().At,
                $"this target stands here a second time (first in line {group.First().At.Line}); put all seeds into one.");
    }

    private static void CheckScores(Manifest m, ErrorList errors)
    {
        if (m.Table && m.Spaces.FirstOrDefault(s => !BenchmarkTables.BySpace.ContainsKey(s.Spec.Name)) is { } other)
            errors.Add(m.EvaluateAt!.Value,
                $"table: true looks cells up in the table of their space, and {other.Spec.Name} has none; remove it and retrain instead. "
                    + $"Spaces with a table: {string.Join(", ", BenchmarkTables.BySpace.Keys)}.");
    }

    private static void CheckCheckpoints(Manifest m, ErrorList errors)
    {
        var returns = m.Arms.FirstOrDefault(a => MethodCatalog.RollsBack(a.Method));
        if (m.Execution.CheckpointEveryEpochs > 1 && returns is { } arm)
            errors.Add(m.CheckpointEveryAt!.Value,
                $"checkpointEveryEpochs is {m.Execution.CheckpointEveryEpochs}, and '{arm.Label}' may return to any epoch of its "
                    + "phase; write 1.");
    }

    private static string Labels(IEnumerable<Arm> arms) => string.Join(", ", arms.Select(a => a.Label));

    private static string Labels(IEnumerable<SpaceChoice> spaces) => string.Join(" and ", spaces.Select(s => s.Spec.Name).Distinct());
}
