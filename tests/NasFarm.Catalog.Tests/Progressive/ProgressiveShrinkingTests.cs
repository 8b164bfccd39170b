using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Progressive;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Tests.Progressive;

/// <summary>P-DARTS (spec/algorithms.md §8). The cap's vector was computed with the functions of the released code.</summary>
public sealed class ProgressiveShrinkingTests
{
    private const string No = "none", Sk = "skip_connect", Mp = "max_pool_3x3", Ap = "avg_pool_3x3", S3 = "sep_conv_3x3", S5 = "sep_conv_5x5", D3 = "dil_conv_3x3", D5 = "dil_conv_5x5";
    private static readonly SearchSpace Darts = SearchSpaces.Darts;

    /// <summary>Three operations on each of the fourteen edges, and their logits.</summary>
    private static readonly (string[] Operations, double[] Row)[] LastStage =
    [
        ([Mp, Sk, D3], [-0.5, 0.0, 0.9]), ([Sk, S3, S5], [-0.1, -0.8, 0.6]),
        ([No, Sk, S5], [0.7, 2.1, 1.5]), ([Ap, Sk, D5], [-1.5, 1.2, -0.1]), ([Ap, Sk, S3], [-2.0, 1.2, -0.1]),
        ([Ap, Sk, D5], [-0.6, 1.6, 1.0]), ([Mp, Sk, D3], [0.3, 1.2, 1.1]), ([Sk, S3, D3], [0.7, 0.4, 1.1]), ([Ap, Sk, D3], [1.7, 0.1, 1.2]),
        ([Sk, S3, D3], [0.7, 0.0, -1.2]), ([Sk, S3, D3], [1.1, -0.9, -0.9]), ([Sk, S5, D5], [0.7, -1.4, -0.3]), ([No, Ap, Sk], [1.2, -0.2, -0.2]), ([S5, D3, D5], [-0.5, -0.6, 1.4]),
    ];

    [Fact]
    public void The_cap_takes_the_weakest_skip_connection_and_derives_again_until_two_are_left()
    {
        var (free, untouched) = Derived(mostSkips: 8);
        Assert.Empty(untouched);
        Same([(D3, 0, 2), (S5, 1, 2), (Sk, 1, 3), (Sk, 2, 3), (Sk, 0, 4), (Ap, 3, 4), (Sk, 1, 5), (D5, 4, 5)], free.Normal);

        // Three skip connections go before there are two: the second edge into node 4 had one as well.
        var (capped, edges) = Derived(mostSkips: 2);
        Assert.Equal(3, edges.Count);
        Same([(D3, 0, 2), (S5, 1, 2), (S5, 0, 3), (Sk, 2, 3), (D3, 2, 4), (Ap, 3, 4), (Sk, 1, 5), (D5, 4, 5)], capped.Normal);
        Same([(D3, 0, 2), (S5, 1, 2), (Sk, 1, 3), (Sk, 2, 3), (Sk, 0, 4), (Ap, 3, 4), (Sk, 1, 5), (D5, 4, 5)], capped.Reduce!); // the normal cell only
        Assert.Equal(0, Derived(mostSkips: 0).Genotype.Normal.SkipCount);
        Assert.Same(Darts, capped.Space);
    }

    [Fact]
    public void None_counts_neither_as_an_operation_nor_for_its_edge_but_takes_its_share_of_the_weights()
    {
        var operations = LastStage.Select(e => e.Operations).ToArray();
        var rows = LastStage.Select(e => e.Row).ToArray();
        (operations[12], rows[12]) = ([No, Ap, Sk], [9, 6, 0]); // a large logit, a weight of 0.047
        var cell = Derive(operations, rows, 8).Genotype.Normal;
        Assert.DoesNotContain(cell.Edges, e => e.Operation == No || (e.Source, e.Target) == (3, 5));
    }

    [Fact]
    public void The_operations_of_the_lowest_weights_go_and_the_order_of_the_columns_stays()
    {
        var alphas = Darts.CellTypes.Select(_ => Darts.Edges.Select(e => new double[] { -1, 3, 0, 2, 0, -2, 1, e.Index == 4 ? -3 : 4 }).ToArray()).ToArray();
        var kept = ProgressiveShrinking.Survivors(Darts, alphas, 5);

        Assert.Equal([Mp, Sk, S3, D3, D5], kept[0][0]); // none went, and of the two zeros the first
        Assert.Equal([Mp, Ap, Sk, S3, D3], kept[1][4]);

        var stage = Darts.Keeping(kept);
        var next = ProgressiveShrinking.Survivors(stage, Darts.CellTypes.Select(_ => Darts.Edges.Select(_ => new double[] { 5, 4, 3, 2, 1 }).ToArray()).ToArray(), 3);
        Assert.Equal([Mp, Sk, S3], next[0][0]);
        Assert.Equal([Mp, Ap, Sk], next[1][4]);
    }

    [Fact]
    public void A_space_with_fewer_operations_has_none_where_it_was_kept()
    {
        var stage = Stage([.. LastStage.Select(e => e.Operations)]);
        Assert.Equal(3, stage.Columns);
        Assert.Null(stage.NoneIndex);
        Assert.Equal([2, 12], stage.Edges.Where(e => stage.NoneOn(CellType.Normal, e.Index) == 0).Select(e => e.Index));
        Assert.Null(stage.NoneOn(CellType.Normal, 0));
        Assert.Equal(1, stage.OperationIndex(CellType.Normal, 0, Sk));
        Assert.Equal((0, 0), (Darts.NoneIndex, Darts.NoneOn(CellType.Reduce, 13)));
        Assert.Null(SearchSpaces.Get("robust-s1").NoneIndex);
    }

    [Theory]
    [InlineData(0, 0.384)]  // .4 · 24/25
    [InlineData(9, 0.24)]   // .4 · 15/25
    [InlineData(10, 0.4)]   // the alphas join: from the rate of the stage again
    [InlineData(15, 0.147151776)] // .4 · e⁻¹
    [InlineData(24, 0.024324025)]
    public void Dropout_falls_in_a_line_and_then_exponentially_from_its_start(int epoch, double expected) =>
        Assert.Equal(expected, new SkipDropout(0.4, 25, 10, 0.2).At(epoch), 1e-9);

    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(24, 0.0)]
    [InlineData(25, 0.384)]
    [InlineData(35, 0.4)]
    [InlineData(50, 0.672)]
    [InlineData(60, 0.7)]
    public void Every_stage_has_a_rate_of_its_own(int epoch, double expected) =>
        Assert.Equal(expected, PDartsMethod.SkipDropoutAt(MethodCatalog.Resolve("p-darts", "darts"), epoch), 1e-9);

    [Fact]
    public void Stages_are_phases_with_a_learning_rate_each()
    {
        var plan = PhasePlan.Of("p-darts", MethodCatalog.Resolve("p-darts", "darts"), "darts");
        Assert.True(plan.ScheduleRestarts);
        Assert.Equal([0, 25, 50], plan.Phases.Select(p => p.FirstEpoch));
        Assert.All(MethodCatalog.All.Where(m => m.Name is not ("p-darts" or "given")), m =>
            Assert.False(PhasePlan.Of(m.Name, m.Resolve(m.Spaces[0]), m.Spaces[0]).ScheduleRestarts));
    }

    [Theory]
    [InlineData("weightEpochs", 25L, "never be trained")]
    [InlineData("operations2", 9L, "has 8 operations")]
    [InlineData("operations3", 6L, "above operations2 (5)")]
    [InlineData("operations3", 2L, "an integer from 3")]
    public void Stages_that_make_no_sense_are_refused(string setting, long value, string because) => Assert.Contains(because,
        Assert.Throws<HyperparameterException>(() => MethodCatalog.Resolve("p-darts", "darts", new Dictionary<string, object> { [setting] = value })).Message);

    private static (Genotype Genotype, IReadOnlyList<int> Capped) Derived(int mostSkips) =>
        Derive([.. LastStage.Select(e => e.Operations)], [.. LastStage.Select(e => e.Row)], mostSkips);

    private static (Genotype Genotype, IReadOnlyList<int> Capped) Derive(string[][] operations, double[][] rows, int mostSkips) =>
        ProgressiveShrinking.Derive(Stage(operations), [rows, rows], mostSkips);

    private static SearchSpace Stage(string[][] operations) => Darts.Keeping([operations, operations]);

    private static void Same((string Operation, int Source, int Target)[] expected, Cell cell) => Assert.Equal(
        expected, cell.Canonical().Edges.Select(e => (e.Operation, e.Source, e.Target)));
}
