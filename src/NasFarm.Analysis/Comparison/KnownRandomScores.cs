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

    /// <summary>The score of a complete table; no network of that space has <c>none</c>, so both rules draw from all.</summary>
    public static IReadOnlyList<KnownRandomScores> Of(NasBenchMacroTable table)
    {
        if (table.Count < NasBenchMacroTable.CompleteCount) return [];
        double[] sorted = [.. table.Column(NasBenchMacroTable.Cifar10Test).Order()];
        return [.. new[] { NoneRule.Excluded, NoneRule.Paper }.Select(rule => new KnownRandomScores($"table:{NasBenchMacroTable.Cifar10Test}", rule, sorted))];
    }
}
