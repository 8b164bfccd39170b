using NasFarm.Catalog.Units;
using NasFarm.Farm.Lineage;

namespace NasFarm.Farm.Tests.Lineage;

public sealed class RunHistoryTests
{
    private static readonly RunHistory Sample = Histories.Of(Histories.Planned());

    [Fact]
    public void It_is_taken_apart()
    {
        Assert.Equal(("finished", Histories.Cell), (Sample.SearchState, Sample.Genotype));
        Assert.Equal([UnitKind.Search, UnitKind.Retrain, UnitKind.Retrain], Sample.Units.Select(unit => unit.Kind));
        var search = Sample.Units[0];
        Assert.Equal([new(0, 0, "train_loss", 0.5), new(1, 0, "lambda_max", double.NaN)], search.Metrics);
        Assert.Equal("""{"phase":0,"edges":[{"edge":2,"score":0.25}],"note":"a word or two"}""", search.Decisions.Single().Detail);
        Assert.Equal("""{"searchFinished":true,"trained":2}""", search.Outcome);
        Assert.Null(Sample.Units[1].Outcome);
    }

    [Fact]
    public void Put_together_again_it_is_the_same_text() => Assert.Equal(Sample.ToString(), RunHistory.Parse(Sample.ToString()).ToString());

    [Fact]
    public void Some_of_its_units_are_a_history_too()
    {
        var search = Sample.Of(new HashSet<string> { Sample.Units[0].UnitId });
        Assert.Equal(8, search.Lines.Count());
        Assert.Equal(Sample.RunId, search.RunId);
        Assert.DoesNotContain("Retrain", search.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "begins no history")]
    [InlineData("run r-1 search finished\ngenotype x\n", "begins no history")]
    [InlineData("run r-1 search finished diverged False\ngenotype x\nmetric 0 0 a 1\n", "'metric 0 0 a 1' follows the genotype")]
    [InlineData("run r-1 search finished diverged False\ngenotype x\nunit u Dance done\n", "'unit u Dance done' begins no unit")]
    public void What_is_no_history_is_refused_with_its_line(string text, string said) =>
        Assert.Contains(said, Assert.Throws<FormatException>(() => RunHistory.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_metric_that_is_none_is_refused_with_its_line()
    {
        var history = RunHistory.Parse("run r-1 search open diverged False\ngenotype \nunit u Search running\nmetric 0 0 a b 1\n");
        Assert.Contains("'metric 0 0 a b 1' is no metric", Assert.Throws<FormatException>(() => history.Units[0].Metrics.ToList()).Message, StringComparison.Ordinal);
    }
}
