using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;

namespace NasFarm.Analysis.Comparison;

/// <summary>How many runs stand where. Declared is always the sum of the others.</summary>
public sealed record Tally(int Declared, int Finished, int Failed, int Cancelled, int Open)
{
    /// <summary>Counts runs by state.</summary>
    public static Tally Of(IEnumerable<SeedRunResult> runs)
    {
        int finished = 0, failed = 0, cancelled = 0, open = 0;
        foreach (var run in runs)
        {
            switch (run.State)
            {
                case SeedRunState.Finished: finished++; break;
                case SeedRunState.Failed: failed++; break;
                case SeedRunState.Cancelled: cancelled++; break;
                default: open++; break;
            }
        }
        return new(finished + failed + cancelled + open, finished, failed, cancelled, open);
    }

    /// <summary><c>30 declared = 27 finished + 2 failed + 0 cancelled + 1 open</c>.</summary>
    public override string ToString() => $"{Declared} declared = {Finished} finished + {Failed} failed + {Cancelled} cancelled + {Open} open";
}

/// <summary>What makes runs comparable at all: one search space at one size and one set of search images.</summary>
public sealed record Setting(SpaceSpec Space, DataSpec Data)
{
    /// <summary><c>nas-bench-201 C16 N5 on cifar-10</c>.</summary>
    public override string ToString() => $"{Space.Name} C{Space.Channels} N{Space.Cells} on {Data.Name}";
}

/// <summary>What two runs of different arms share when they are a pair.</summary>
public readonly record struct SeedPair(long SearchSeed, long DataOrderSeed) : IComparable<SeedPair>
{
    /// <summary>By search seed, then data-order seed.</summary>
    public int CompareTo(SeedPair other) => (SearchSeed, DataOrderSeed).CompareTo((other.SearchSeed, other.DataOrderSeed));

    /// <summary>The seed, with the data-order seed where it differs.</summary>
    public override string ToString() => SearchSeed == DataOrderSeed ? $"{SearchSeed}" : $"{SearchSeed}/{DataOrderSeed}";
}

/// <summary>The runs of one arm in one setting, by seed.</summary>
internal sealed record Series(string Label, string Arm, Setting Setting, IReadOnlyList<SeedRunResult> Runs)
{
    public const string RandomMethod = "random";

    private readonly Dictionary<Measure, IReadOnlyList<Dot>> dots = [];

    private readonly Dictionary<string, bool?> collapses = [];

    private readonly Dictionary<string, Genotype> genotypes = [];

    public string Method => Runs[0].Spec.Method;

    public NoneRule NoneRule => Runs[0].Spec.NoneRule;

    public bool IsRandom => Method == RandomMethod;

    /// <summary>Every score on the measure, ascending by seed; kept, because every pair of arms asks again.</summary>
    public IReadOnlyList<Dot> Dots(Measure measure)
    {
        if (!dots.TryGetValue(measure, out var found))
        {
            found =
            [
                .. from run in Runs
                   let value = measure.ScoreOf(run)
                   where value is not null
                   select new Dot(run.RunId, run.Spec.SearchSeed, run.Spec.DataOrderSeed, value.Value, measure.Diverged(run)),
            ];
            dots.Add(measure, found);
        }
        return found;
    }

    /// <summary>Structural collapse of a run of this arm, kept likewise.</summary>
    public bool? Collapsed(SeedRunResult run)
    {
        if (!collapses.TryGetValue(run.RunId, out var collapsed)) collapses.Add(run.RunId, collapsed = StructuralCollapse.Of(run, GenotypeOf));
        return collapsed;
    }

    /// <summary>Final genotype of a run of this arm, every text read once; null before the search has finished.</summary>
    public Genotype? GenotypeOf(SeedRunResult run)
    {
        if (run.Genotype is null) return null;
        if (!genotypes.TryGetValue(run.Genotype, out var genotype)) genotypes.Add(run.Genotype, genotype = GenotypeText.Parse(run.Spec.Space.Name, run.Genotype));
        return genotype;
    }

    public static SeedPair PairOf(SeedRunResult run) => new(run.Spec.SearchSeed, run.Spec.DataOrderSeed);

    /// <summary>Arms in manifest order. In a sweep of several settings each arm appears once per setting, and its label says which.</summary>
    public static IReadOnlyList<Series> Of(SweepResult sweep)
    {
        var several = sweep.Runs.Select(SettingOf).Distinct().Count() > 1;
        return
        [
            .. sweep.Arms.SelectMany(arm => sweep.Runs.Where(r => r.Arm == arm).GroupBy(SettingOf).Select(group => new Series(
                several ? $"{arm} · {group.Key}" : arm, arm, group.Key, [.. group.OrderBy(PairOf)]))),
        ];
    }

    private static Setting SettingOf(SeedRunResult run) => new(run.Spec.Space, run.Spec.Data);
}
