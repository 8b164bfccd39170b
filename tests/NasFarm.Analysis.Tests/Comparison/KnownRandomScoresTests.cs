using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Analysis.Tests.Comparison;

public sealed class KnownRandomScoresTests
{
    private static readonly string[] Cells =
    [
        .. from i in Enumerable.Range(0, NasBench201Table.CompleteCount)
           let op = Enumerable.Range(0, 6).Select(e => SearchSpaces.NasBench201.Operations[i / (int)Math.Pow(5, e) % 5]).ToArray()
           select $"|{op[0]}~0|+|{op[1]}~0|{op[2]}~1|+|{op[3]}~0|{op[4]}~1|{op[5]}~2|",
    ];

    [Fact]
    public void A_complete_table_gives_the_exact_random_distribution_of_both_rules()
    {
        var known = KnownRandomScores.Of(Table(Cells), Measure.ScoreColumns);
        Assert.Equal(6, known.Count);
        Assert.Equal([4096, 15_625], known.Take(2).Select(k => k.Sorted.Count));
        Assert.Equal((NoneRule.Excluded, "table:c10_test_200"), (known[0].NoneRule, known[0].MeasureId));
        Assert.Equal(known[1].Sorted.Order(), known[1].Sorted);
    }

    [Fact]
    public void A_part_of_the_table_is_no_distribution() => Assert.Empty(KnownRandomScores.Of(Table(Cells[..100]), Measure.ScoreColumns));

    [Fact]
    public void The_small_space_has_its_64_scores_under_both_rules()
    {
        var known = KnownRandomScores.DeeperInsights;

        Assert.Equal(["table:c10_test_deeper", "table:c10_test_deeper"], known.Select(k => k.MeasureId));
        Assert.Equal([NoneRule.Excluded, NoneRule.Paper], known.Select(k => k.NoneRule));
        Assert.All(known, k => Assert.Equal((64, 70.139, 85.161), (k.Sorted.Count, k.Sorted[0], k.Sorted[^1])));
    }

    [Fact]
    public void A_part_of_the_macro_table_is_no_distribution()
    {
        using var reader = new StringReader("arch,test_acc_1,test_acc_2,test_acc_3,mean_acc,std,params,flops\n00000000,45,45,45,45,0,1,1");
        Assert.Empty(KnownRandomScores.Of(NasBenchMacroTable.Read(reader, "part.csv")));
    }

    private static NasBench201Table Table(string[] cells) => NasBench201Table.Read(
        new StringReader(string.Join('\n', cells.Select((cell, i) => $"{i},{cell},{i}," + string.Join(',', Enumerable.Repeat($"{i % 97}", NasBench201Table.Columns.Count)))
            .Prepend("index,arch_str,iso_class," + string.Join(',', NasBench201Table.Columns)))), "table.csv");
}
