namespace NasFarm.Catalog.Results;

/// <summary>A sweep that grows: after each look at its primary contrast either the question is decided, or the next cohort of seeds is added
/// to every arm (docs/how-it-works/looks.md).</summary>
/// <param name="Seeds">Search seeds per arm at each look, growing.</param>
/// <param name="Open">Number of the look whose seeds may run, from 1; once looking is over, of the last one taken.</param>
/// <param name="Taken">Looks taken, in order.</param>
public sealed record SweepLooks(IReadOnlyList<int> Seeds, int Open, IReadOnlyList<LookTaken> Taken)
{
    /// <summary>No more seeds are needed: the question is decided, or the last look was taken.</summary>
    public bool IsOver => Taken.Count == Open;

    /// <summary>Decided before the last look.</summary>
    public bool StoppedEarly => IsOver && Open < Seeds.Count;
}

/// <summary>What one look asks, known before the first run.</summary>
/// <param name="Look">Number, from 1.</param>
/// <param name="Seeds">Search seeds per arm.</param>
/// <param name="Boundary">|z| that decides.</param>
/// <param name="Level">The same as a two-sided p: smaller decides.</param>
/// <param name="Spent">Share of the two-sided level that all looks up to this one may have spent.</param>
/// <param name="VarianceRatio">Smallest true ratio of variances found by this look with 80 % probability; null: none, or not asked for.</param>
public sealed record PlannedLook(int Look, int Seeds, double Boundary, double Level, double Spent, double? VarianceRatio = null);

/// <summary>What came of a look. Recorded with its effect.</summary>
/// <param name="Look">Number, from 1.</param>
/// <param name="Seeds">Search seeds per arm.</param>
/// <param name="Decided">The boundary was crossed.</param>
/// <param name="P">Two-sided p of the primary contrast; null where nothing could be tested.</param>
/// <param name="Boundary">|z| that decides.</param>
/// <param name="Level">The same as a p.</param>
/// <param name="Spent">Two-sided level spent so far.</param>
/// <param name="Sentence">All that in words.</param>
/// <param name="At">When, by the store's clock.</param>
public sealed record LookTaken(
    int Look, int Seeds, bool Decided, double? P, double Boundary, double Level, double Spent, string Sentence, DateTimeOffset At);

/// <summary>The answer of statistics to the open look of a sweep whose runs are all there.</summary>
public abstract record LookVerdict
{
    private LookVerdict() { }

    /// <summary>The look can be taken.</summary>
    /// <param name="Decided">The boundary was crossed.</param>
    /// <param name="P">Two-sided p of the primary contrast; null where nothing could be tested.</param>
    /// <param name="Boundary">|z| that decides.</param>
    /// <param name="Level">The same as a p.</param>
    /// <param name="Spent">Two-sided level spent so far.</param>
    /// <param name="Sentence">All that in words, no full stop at the end.</param>
    public sealed record Tested(bool Decided, double? P, double Boundary, double Level, double Spent, string Sentence) : LookVerdict;

    /// <summary>Something is missing that another try may find, such as the benchmark table; the sentence says what.</summary>
    public sealed record Unanswerable(string Sentence) : LookVerdict;
}
