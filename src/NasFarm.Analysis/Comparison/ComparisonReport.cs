using NasFarm.Analysis.Statistics;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;

namespace NasFarm.Analysis.Comparison;

/// <summary>A sweep, compared. A value: the same result gives the same report, to the byte.</summary>
public sealed record ComparisonReport
{
    /// <summary>Sweep id.</summary>
    public required string SweepId { get; init; }

    /// <summary>Name in the manifest.</summary>
    public required string Name { get; init; }

    /// <summary>Code version that planned the sweep.</summary>
    public required string CodeVersion { get; init; }

    /// <summary>The first thing to read.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Runs by state, whole sweep.</summary>
    public required Tally Declared { get; init; }

    /// <summary>The predeclared comparison.</summary>
    public required ComparisonSpec Predeclared { get; init; }

    /// <summary>Looks, planned and taken; null in a sweep without.</summary>
    public SequentialReport? Looks { get; init; }

    /// <summary>Settings (space and data), in the order of the plan; usually one.</summary>
    public required IReadOnlyList<Setting> Settings { get; init; }

    /// <summary>Scores, the main one included.</summary>
    public required IReadOnlyList<Measure> Measures { get; init; }

    /// <summary>Id of the predeclared main measure; null while no run has a score.</summary>
    public string? MainMeasure { get; init; }

    /// <summary>Arms in manifest order.</summary>
    public required IReadOnlyList<ArmReport> Arms { get; init; }

    /// <summary>Pairs of arms, the primary contrast first. Empty while runs are missing.</summary>
    public required IReadOnlyList<Contrast> Contrasts { get; init; }

    /// <summary>Arms ranked over several settings, by spread and by score; empty below three arms or two settings, and while runs are missing.</summary>
    public IReadOnlyList<ArmRanking> Rankings { get; init; } = [];

    /// <summary>Every p value of the sweep with Holm's correction.</summary>
    public required IReadOnlyList<PValue> PValues { get; init; }

    /// <summary>Sentences a reader must know: what n allows, missing arms, unequal budgets …</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Flags that occur, with their meaning, in a fixed order.</summary>
    public required IReadOnlyList<FlagMeaning> Flags { get; init; }

    /// <summary>Seed and size of the bootstrap.</summary>
    public required Resampling Resampling { get; init; }

    /// <summary>Published figures of the same benchmark. They stand apart: at least one flag differs.</summary>
    public required IReadOnlyList<PublishedFigure> Published { get; init; }

    /// <summary>The arm of that label. Throws <see cref="KeyNotFoundException"/>.</summary>
    public ArmReport Arm(string label) => Arms.FirstOrDefault(a => a.Label == label)
        ?? throw new KeyNotFoundException($"There is no arm '{label}'; arms are {string.Join(", ", Arms.Select(a => a.Label))}.");

    /// <summary>Search data → score data, for headings.</summary>
    public string Route(Measure measure) => $"{string.Join(" / ", Settings.Select(s => s.Data.Name).Distinct())} → {measure.Label}";

    /// <summary>The main measure itself.</summary>
    public Measure? Main => Measures.FirstOrDefault(m => m.Id == MainMeasure);
}

/// <summary>How the bootstrap can be repeated.</summary>
public sealed record Resampling(ulong Seed, int Resamples);

/// <summary>Kinds of verdict.</summary>
public enum VerdictKind
{
    /// <summary>Runs are missing: no test, no verdict.</summary>
    Incomplete,

    /// <summary>The comparison itself is wrong, e.g. mixed none rules.</summary>
    Refused,

    /// <summary>No primary contrast was declared, or there is no score.</summary>
    Undeclared,

    /// <summary>Fewer than five seeds.</summary>
    Demonstration,

    /// <summary>Five to nine seeds.</summary>
    Indicative,

    /// <summary>The primary test did not reject.</summary>
    NoDifference,

    /// <summary>The claimed arm varies less.</summary>
    MoreStable,

    /// <summary>The claimed arm varies more.</summary>
    LessStable,
}

/// <summary>A kind for programs, a headline and a sentence with values for people.</summary>
public sealed record Verdict(VerdictKind Kind, string Headline, string Text);

/// <summary>One arm of the comparison.</summary>
public sealed record ArmReport
{
    /// <summary>Arm label; with the setting when the sweep has several.</summary>
    public required string Label { get; init; }

    /// <summary>Method name.</summary>
    public required string Method { get; init; }

    /// <summary>Space and data.</summary>
    public required Setting Setting { get; init; }

    /// <summary>May <c>none</c> be derived.</summary>
    public required NoneRule NoneRule { get; init; }

    /// <summary>Runs by state.</summary>
    public required Tally Declared { get; init; }

    /// <summary>Runs that diverged; they count as collapses with chance accuracy.</summary>
    public required int Diverged { get; init; }

    /// <summary>Scores by measure, in the report's order.</summary>
    public required IReadOnlyList<ArmScore> Scores { get; init; }

    /// <summary>Structural collapse.</summary>
    public required CollapseCount Structural { get; init; }

    /// <summary>Outcome collapse on the main measure; null when its threshold cannot be had.</summary>
    public CollapseCount? Outcome { get; init; }

    /// <summary>Mean cost per finished run; null without one.</summary>
    public MeanCost? Cost { get; init; }

    /// <summary>What the searches did.</summary>
    public required SearchBehaviour Behaviour { get; init; }

    /// <summary>Shapes of the cells found, and how far the seeds agree; null without a genotype.</summary>
    public GenotypeStatistics? Cells { get; init; }

    /// <summary>λmax of the searches; null when it was not recorded.</summary>
    public LambdaSummaries? Lambda { get; init; }

    /// <summary>Λ of the searches; null when it was not recorded.</summary>
    public AlignmentSummary? Alignment { get; init; }

    /// <summary>Rank agreement of the search's own validation accuracy with the main measure.</summary>
    public RankAgreement? SearchAgreement { get; init; }

    /// <summary>Rank agreement between retrain targets over seeds.</summary>
    public IReadOnlyList<RankAgreement> Transfer { get; init; } = [];

    /// <summary>Score on a measure; null when no run has it.</summary>
    public ArmScore? On(string? measureId) => Scores.FirstOrDefault(s => s.Measure == measureId);
}

/// <summary>One seed's score.</summary>
public sealed record Dot(string RunId, long SearchSeed, long DataOrderSeed, double Value, bool Diverged)
{
    /// <summary>What pairs it with the other arms.</summary>
    internal SeedPair Pair => new(SearchSeed, DataOrderSeed);
}

/// <summary>An arm on one measure. What n does not allow is null.</summary>
public sealed record ArmScore
{
    /// <summary>Id of the measure.</summary>
    public required string Measure { get; init; }

    /// <summary>Search data → score data.</summary>
    public required string Route { get; init; }

    /// <summary>Every seed, ascending.</summary>
    public required IReadOnlyList<Dot> Dots { get; init; }

    /// <summary>Number of seeds with a value.</summary>
    public int N => Dots.Count;

    /// <summary>Mean; null without a value.</summary>
    public double? Mean { get; init; }

    /// <summary>t interval of the mean, n ≥ 2.</summary>
    public Interval? MeanInterval { get; init; }

    /// <summary>Least value.</summary>
    public double? Min { get; init; }

    /// <summary>Greatest value.</summary>
    public double? Max { get; init; }

    /// <summary>Interquartile mean, n ≥ 8.</summary>
    public double? InterquartileMean { get; init; }

    /// <summary>Standard deviation over seeds, n ≥ 5.</summary>
    public double? Sd { get; init; }

    /// <summary>χ² interval of the SD, n ≥ 5; assumes normal.</summary>
    public Interval? SdNormal { get; init; }

    /// <summary>Bootstrap interval of the SD, n ≥ 10: studentised, or BCa where that is not defined.</summary>
    public Interval? SdBootstrap { get; init; }

    /// <summary>What the SD contains: search alone, or search and retraining together.</summary>
    public required string SdMeaning { get; init; }

    /// <summary>√(SD² + 0.31²): what a user who trains the cell once sees; CIFAR-10 table columns only.</summary>
    public double? SdUser { get; init; }

    /// <summary>The SD is below the table's own noise, 0.21.</summary>
    public bool AtTableNoise { get; init; }

    /// <summary>Where the variance comes from, n ≥ 5: search seeds and retrain seeds with two retrain seeds or more per run; data orders where they are
    /// crossed with search seeds.</summary>
    public VarianceComponents? Components { get; init; }

    /// <summary>Sensitivity: mean and SD without diverged runs; null when none diverged.</summary>
    public WithoutDiverged? WithoutDiverged { get; init; }

    /// <summary>Probability of beating a random cell, n ≥ 5; null for the random arm itself.</summary>
    public Probability? BetterThanRandom { get; init; }

    /// <summary>The interval of <see cref="BetterThanRandom"/> holds .5.</summary>
    public bool NotDistinguishableFromRandom => BetterThanRandom?.Interval.Contains(0.5) ?? false;

    /// <summary>Flags that stand with every number of this arm on this measure.</summary>
    public required IReadOnlyList<string> Flags { get; init; }
}

/// <summary>The sensitivity line.</summary>
public sealed record WithoutDiverged(int N, double? Mean, double? Sd);

/// <summary>Mean per finished run.</summary>
public sealed record MeanCost(
    double GradEvalsW, double GradEvalsAlpha, double GradEvalsHessian, double EpochsTrained, double EpochsKept,
    double DiscardedSeconds, double WastedSeconds, double SearchSeconds, double RetrainSeconds, double ForwardEvals)
{
    /// <summary>All gradient evaluations.</summary>
    public double GradEvals => GradEvalsW + GradEvalsAlpha + GradEvalsHessian;
}

/// <summary>Kendall's τ-b between two rankings of an arm's seeds; p null below n = 5.</summary>
public sealed record RankAgreement(string From, string To, int N, double? Tau, PValue? Test);

/// <summary>Two arms held against each other on one measure. <c>A</c> is claimed to vary less.</summary>
public sealed record Contrast
{
    /// <summary>First arm.</summary>
    public required string A { get; init; }

    /// <summary>Second arm.</summary>
    public required string B { get; init; }

    /// <summary>Id of the measure.</summary>
    public required string Measure { get; init; }

    /// <summary>The predeclared contrast on the main measure.</summary>
    public bool Primary { get; init; }

    /// <summary>Seeds that both arms have.</summary>
    public required int Pairs { get; init; }

    /// <summary>What the smaller arm allows.</summary>
    public required Evidence Evidence { get; init; }

    /// <summary>Why there are no numbers; null when there are.</summary>
    public string? Refused { get; init; }

    /// <summary>Mean difference A − B over pairs.</summary>
    public double? MeanDifference { get; init; }

    /// <summary>Correlation between the arms over pairs.</summary>
    public double? Rho { get; init; }

    /// <summary>|ρ| &lt; .2: pairing bought nothing.</summary>
    public bool PairingBoughtNothing => Rho is { } rho && Math.Abs(rho) < 0.2;

    /// <summary>SD(A)/SD(B), n ≥ 5.</summary>
    public double? SdRatio { get; init; }

    /// <summary>From F, n ≥ 5; assumes normal, independent arms.</summary>
    public Interval? SdRatioNormal { get; init; }

    /// <summary>The interval to read, n ≥ 10: studentised bootstrap over seeds, or BCa where that is not defined.</summary>
    public Interval? SdRatioBootstrap { get; init; }

    /// <summary>BCa over the same resamples, n ≥ 10: sensitivity.</summary>
    public Interval? SdRatioBca { get; init; }

    /// <summary>IQR(A)/IQR(B), n ≥ 10: what is left of the difference when collapses do not count. Never leads a verdict.</summary>
    public double? IqrRatio { get; init; }

    /// <summary>Percentile bootstrap of it, n ≥ 10.</summary>
    public Interval? IqrRatioBootstrap { get; init; }

    /// <summary>Smallest SD ratio above 1 (or its reciprocal below) that Brown–Forsythe finds at this n with 80 % power, n ≥ 5; null when no ratio is.</summary>
    public double? DetectableSdRatio { get; init; }

    /// <summary>Brown–Forsythe.</summary>
    public PValue? BrownForsythe { get; init; }

    /// <summary>Fligner–Killeen: the same question by ranks, as sensitivity.</summary>
    public PValue? FlignerKilleen { get; init; }

    /// <summary>Brown–Forsythe's power at an SD ratio of 3, at the tabulated n just below.</summary>
    public double? Power { get; init; }

    /// <summary>Pitman–Morgan on the pairs.</summary>
    public PValue? PitmanMorgan { get; init; }

    /// <summary>The same on ranks.</summary>
    public PValue? PitmanMorganRanks { get; init; }

    /// <summary>Brown–Forsythe without diverged runs; null when none diverged.</summary>
    public PValue? WithoutDiverged { get; init; }

    /// <summary>Structural collapse: exact McNemar on pairs, Fisher's exact test where the arms share no seeds.</summary>
    public PValue? StructuralCollapse { get; init; }

    /// <summary>Outcome collapse, likewise.</summary>
    public PValue? OutcomeCollapse { get; init; }

    /// <summary>P(A &gt; B) over pairs.</summary>
    public Probability? Superiority { get; init; }
}
