using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Analysis.Comparison;

/// <summary>Scores of every cell that a random search could draw: where there is a complete table, the random arm without its sampling
/// error.</summary>
/// <param name="MeasureId">The measure they belong to.</param>
/// <param name="NoneRule">The cells: all, or the none-free ones.</param>
/// <param name="Sorted">Scores in percent, ascending.</param>
public sealed record KnownRandomScores(string MeasureId, NoneRule NoneRule, IReadOnlyList<double> Sorted)
{
    /// <summary>Both rules' distributions of the named columns of a complete table; none of a part of it, which would be no distribution.</summary>
    public static IReadOnlyList<KnownRandomScores> Of(NasBench201Table table, IEnumerable<string> columns)
    {
        if (table.Count < NasBench201Table.CompleteCount) return [];
        bool[] noneFree = [.. table.Architectures.Select(a => !a.Contains(Operations.None + "~", StringComparison.Ordinal))];
        return
        [
            .. columns.Where(NasBench201Table.Columns.Contains).SelectMany(column => new[]
            {
                new KnownRandomScores($"table:{column}", NoneRule.Excluded, [.. table.Column(column).Where((v, i) => noneFree[i] && double.IsFinite(v)).Order()]),
                new KnownRandomScores($"table:{column}", NoneRule.Paper, [.. table.Column(column).Where(double.IsFinite).Order()]),
            }),
        ];
    }

    /// <summary>The score of a complete table.</summary>
    public static IReadOnlyList<KnownRandomScores> Of(NasBenchMacroTable table) =>
        table.Count < NasBenchMacroTable.CompleteCount ? [] : WithoutNone(NasBenchMacroTable.Cifar10Test, table.Column(NasBenchMacroTable.Cifar10Test));

    /// <summary>The ground truth of the 64 children of <c>deeper-insights</c>.</summary>
    public static IReadOnlyList<KnownRandomScores> DeeperInsights { get; } = WithoutNone(DeeperInsightsTable.Cifar10Test, DeeperInsightsTable.Column);

    // No network of the space has none, so both rules draw from all.
    private static IReadOnlyList<KnownRandomScores> WithoutNone(string column, IReadOnlyList<double> scores)
    {
        double[] sorted = [.. scores.Order()];
        return [.. new[] { NoneRule.Excluded, NoneRule.Paper }.Select(rule => new KnownRandomScores($"table:{column}", rule, sorted))];
    }
}
