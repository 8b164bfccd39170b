using NasFarm.Catalog.Units;
using NasFarm.Farm.Lineage;
using NasFarm.Farm.Plans;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Lineage;

public sealed class HistoryComparisonTests
{
    private static readonly PlannedRun Planned = Histories.Planned();
    private static readonly RunHistory Original = Histories.Of(Planned);

    [Fact]
    public void Equal_bytes_have_no_difference() => Assert.Null(HistoryComparison.First(Original, Histories.Of(Planned)));

    [Fact]
    public void The_first_line_that_differs_is_named()
    {
        Assert.Equal(new(4, "metric 0 0 train_loss 0.5", "metric 0 0 train_loss 0.5000001"), HistoryComparison.First(Original, Histories.Of(Planned, loss: 0.5000001)));
        var shorter = Original.Of(new HashSet<string> { Original.Units[0].UnitId });
        Assert.Equal(new(9, $"unit {Original.Units[1].UnitId} Retrain done", null), HistoryComparison.First(Original, shorter));
    }

    [Theory]
    [InlineData(0.509, true)]
    [InlineData(0.511, false)]
    [InlineData(double.NaN, false)]
    public void Numbers_agree_within_the_tolerance(double loss, bool agrees)
    {
        var agreement = HistoryComparison.Within(Original, Histories.Of(Planned, loss), 0.01);
        Assert.Equal(agrees, agreement.Agrees);
        string[] beyond = agrees ? [] : [$"{Planned.RunId}-p00 step 0 epoch 0 train_loss"];
        Assert.Equal(beyond, agreement.Beyond.Select(b => b.What));
        // train_loss, lambda_max (not a number on both sides), phase, edge, score, trained.
        Assert.Equal(6, agreement.Numbers);
    }

    [Fact]
    public void Large_numbers_are_compared_relatively()
    {
        var far = HistoryComparison.Within(Histories.Of(Planned, 1000), Histories.Of(Planned, 1009), 0.01);
        Assert.True(far.Agrees);
        Assert.False(HistoryComparison.Within(Histories.Of(Planned, 1000), Histories.Of(Planned, 1011), 0.01).Agrees);
    }

    [Fact]
    public void Words_must_be_equal_and_say_where_they_are_not()
    {
        var agreement = HistoryComparison.Within(Original, Histories.Of(Planned, edge: "\"two\"", retrained: "failed"), 0.01);
        Assert.Equal(
            [$"{Planned.RunId}-p00 step 1 epoch 0 phase_end.edges[0].edge: 2 there, two here", .. Planned.Retrains.Select(job => $"{job.RetrainId} state: done there, failed here")],
            agreement.OtherWords);
    }

    [Fact]
    public void A_value_that_only_one_has_is_counted()
    {
        var shorter = Original.Of(new HashSet<string> { Original.Units[0].UnitId });
        var agreement = HistoryComparison.Within(Original, shorter, 0.01);
        Assert.Equal((2, 0, false), (agreement.OnlyOriginal, agreement.OnlyReplayed, agreement.Agrees));
    }

    [Fact]
    public void Numerics_that_differ_are_named_part_by_part()
    {
        Assert.Empty(NumericsDifference.Between(Fingerprint, Fingerprint with { }));
        Assert.Equal(
            ["BLAS: openblas there, mkl here", "threads: 1 there, 4 here", "CUDA: none there, 12.4 cuDNN 9 here"],
            NumericsDifference.Between(Fingerprint, Fingerprint with { Blas = "mkl", Threads = 4, Cuda = "12.4 cuDNN 9" }));
        // A part that is added to the fingerprint must be named too.
        Assert.Equal(typeof(NumericsFingerprint).GetProperties().Count(p => p.Name != "EqualityContract"), NumericsDifference.Text(Fingerprint).Split(", ").Length);
    }
}
