using NasFarm.Analysis.Csv;

namespace NasFarm.Analysis.Tests.Csv;

public sealed class CsvFileTests
{
    [Theory]
    [InlineData("a,b\n1,2\n3,4\n")]
    [InlineData("\uFEFFa,b\r\n1,2\r\n3,4")]
    [InlineData("a;b\n1;2\n\n3;4\n")]
    [InlineData("# where it is from\na\tb\n1\t2\n3\t4\n\n")]
    [InlineData(" a , b \r1, 2\r3 ,4\r")]
    [InlineData("\"a\",\"b\"\n\"1\",\"2\"\n3,\"4\"\n")]
    public void Separators_line_ends_quotes_marks_and_comments_do_not_matter(string text)
    {
        var csv = CsvFile.Parse(text, "t.csv");
        Assert.Equal(["a", "b"], csv.Header);
        Assert.Equal(["1|2", "3|4"], csv.Rows.Select(r => string.Join('|', r.Cells)));
    }

    [Fact]
    public void Quoted_cells_hold_separators_quotes_and_line_ends_and_lines_are_still_counted()
    {
        var csv = CsvFile.Parse("name,n\n\"a \"\"b\"\",\nc\",1\nd,2\n", "t.csv");
        Assert.Equal("a \"b\",\nc", csv.Rows[0].Cells[0]);
        Assert.Equal([2, 4], csv.Rows.Select(r => r.Line));
    }

    [Fact]
    public void Columns_are_found_whatever_their_spelling()
    {
        var csv = CsvFile.Parse("Epoch,λmax,Data_Set\n0,1,x\n", "t.csv");
        Assert.Equal((0, 1, 2), (csv.Column("epoch"), csv.Column("lambda", "lambda_max"), csv.Column("data-set")));
        Assert.Null(csv.Find("seed"));
    }

    [Theory]
    [InlineData("", "t.csv:1:", "empty")]
    [InlineData("\n# nothing\n", "t.csv:1:", "empty")]
    [InlineData("a,b\n", "t.csv:1:", "no row")]
    [InlineData("0,1\n2,3\n", "t.csv:1:", "must name the columns")]
    [InlineData("a,A\n1,2\n", "t.csv:1:", "'a' stands twice")]
    [InlineData("a,b\n1,2\n3\n", "t.csv:3:", "1 cells", "has 2")]
    [InlineData("a,b\n1,\"2\n3,4\n", "t.csv:2:", "not closed")]
    [InlineData("a,b\n1,\"2\"x\n", "t.csv:2:", "'x'", "separator")]
    public void A_table_that_cannot_be_read_is_refused_with_its_line(string text, params string[] said)
    {
        var wrong = Assert.Throws<InvalidDataException>(() => CsvFile.Parse(text, "t.csv"));
        Assert.All(said, words => Assert.Contains(words, wrong.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1.5", null, 1.5)]
    [InlineData("2.0", 2, 2.0)]
    [InlineData("1e1", 10, 10.0)]
    [InlineData("-1", null, -1.0)]
    [InlineData("NaN", null, null)]
    [InlineData("1,5", null, null)]
    [InlineData("", null, null)]
    public void Numbers_are_numbers_and_nothing_else_is(string cell, int? whole, double? number)
    {
        var csv = CsvFile.Parse($"n;m\n{cell};x\n", "t.csv");
        if (number is { } n) Assert.Equal(n, csv.Number(csv.Rows[0], 0));
        else Assert.Contains($"t.csv:2: n is '{cell}'", Assert.Throws<InvalidDataException>(() => csv.Number(csv.Rows[0], 0)).Message, StringComparison.Ordinal);
        if (whole is { } w) Assert.Equal(w, csv.Whole(csv.Rows[0], 0));
        else Assert.Contains("whole number", Assert.Throws<InvalidDataException>(() => csv.Whole(csv.Rows[0], 0)).Message, StringComparison.Ordinal);
    }
}
