using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Tables;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.Tables;

public sealed class ComparisonTextTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(12)]
    public void Fits_a_terminal_of_100_columns(int n)
    {
        var text = ComparisonText.Render(SweepComparison.Of(
            TableSweep(("sgas-es", Spread(n, 0.1, 93)), ("sgas-matched", Spread(n, 1, 90)), ("sgas-es-placebo", Spread(n, 2, 85)), ("random", Spread(n, 1))) with
            {
                Comparison = new("sgas-es", "sgas-matched"),
            }, resamples: 200));
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= ComparisonText.Width, $"{line.Length}: {line}"));
        Assert.Contains("40 declared", text.Replace($"{4 * n} declared", "40 declared"));
    }

    [Fact]
    public void Says_the_demonstration_sentence_first() => Assert.StartsWith(
        "synthetic: demonstration, n = 3: it shows the instrument, not the claim\n",
        ComparisonText.Render(SweepComparison.Of(TableSweep(("sgas-es", [90, 91, 92]), ("darts", [80, 85, 90])))));

    [Fact]
    public void Columns_line_up()
    {
        var table = new TextTable("arm", "n").Row("a", "10").Row("longer", "5").ToString();
        Assert.Equal("arm      n\n──────  ──\na       10\nlonger   5\n", table);
    }

    [Fact]
    public void Sentences_wrap_at_words() => Assert.Equal("  one two\n  three\n", TextTable.Wrap("one two three", 10, "  "));
}
