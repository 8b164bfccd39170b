using System.Globalization;
using System.Text;

namespace NasFarm.Analysis.Csv;

/// <summary>A row of a table. <paramref name="Line"/> counts from 1, the header included.</summary>
public sealed record CsvRow(int Line, IReadOnlyList<string> Cells);

/// <summary>A table as other programs write it: comma, semicolon or tab, whichever the header uses; quotes as in RFC 4180; any line ends; a byte
/// order mark, blank lines and lines that start with # are passed over. Every error is an <see cref="InvalidDataException"/> that begins with
/// file and line and says what would be right.</summary>
public sealed class CsvFile
{
    private CsvFile(string name, IReadOnlyList<string> header, IReadOnlyList<CsvRow> rows) => (Name, Header, Rows) = (name, header, rows);

    /// <summary>Name for messages.</summary>
    public string Name { get; }

    /// <summary>Column names, without blanks around them.</summary>
    public IReadOnlyList<string> Header { get; }

    /// <summary>Rows of as many cells as the header has; at least one.</summary>
    public IReadOnlyList<CsvRow> Rows { get; }

    /// <summary>Reads a file. Throws <see cref="IOException"/> when it cannot be read.</summary>
    public static CsvFile Read(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads a text; <paramref name="name"/> stands in messages.</summary>
    public static CsvFile Parse(string text, string name)
    {
        text = text.TrimStart('\uFEFF');
        var separator = Separator(text);
        var rows = new List<CsvRow>();
        foreach (var row in Records(text, separator, name))
        {
            if (rows.Count > 0 && row.Cells.Count != rows[0].Cells.Count)
                throw Wrong(name, row.Line, $"the row has {row.Cells.Count} cells; the header in line {rows[0].Line} has {rows[0].Cells.Count}.");
            rows.Add(row);
        }
        if (rows.Count == 0)
            throw Wrong(name, 1, "the file is empty; its first line must name the columns.");
        var header = rows[0].Cells;
        if (header.All(cell => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
            throw Wrong(name, rows[0].Line, $"the first line is {string.Join(separator, header)}; it must name the columns.");
        if (header.Where(h => h.Length > 0).GroupBy(Fold).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw Wrong(name, rows[0].Line, $"column '{twice.First()}' stands twice.");
        return rows.Count > 1 ? new(name, header, rows[1..]) : throw Wrong(name, rows[0].Line, "there is a header and no row below it.");
    }

    /// <summary>Index of the first column with one of the names; capitals, blanks, <c>_</c> and <c>-</c> do not count, and λ is lambda. Null: none.</summary>
    public int? Find(params IReadOnlyList<string> names)
    {
        foreach (var name in names)
            for (var i = 0; i < Header.Count; i++)
                if (Fold(Header[i]) == Fold(name)) return i;
        return null;
    }

    /// <summary>The same for a column that must be there.</summary>
    public int Column(params IReadOnlyList<string> names) => Find(names)
        ?? throw Wrong(1, $"there is no column '{names[0]}'{(names.Count > 1 ? $" (or {string.Join(", ", names.Skip(1))})" : "")}; columns are {string.Join(", ", Header)}.");

    /// <summary>A finite number with a decimal point.</summary>
    public double Number(CsvRow row, int column) =>
        double.TryParse(row.Cells[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw Wrong(row.Line, $"{Header[column]} is '{row.Cells[column]}'; it must be a finite number with a decimal point.");

    /// <summary>A whole number of at least 0; <c>2.0</c> is one.</summary>
    public int Whole(CsvRow row, int column) =>
        double.TryParse(row.Cells[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && number is >= 0 and <= int.MaxValue && number == Math.Floor(number)
            ? (int)number
            : throw Wrong(row.Line, $"{Header[column]} is '{row.Cells[column]}'; it must be a whole number of at least 0.");

    /// <summary>An error at a line.</summary>
    public InvalidDataException Wrong(int line, string what) => Wrong(Name, line, what);

    private static InvalidDataException Wrong(string name, int line, string what) => new($"{name}:{line}: {what}");

    private static string Fold(string name)
    {
        var folded = new StringBuilder();
        foreach (var c in name.ToLowerInvariant())
            _ = c == 'λ' ? folded.Append("lambda") : char.IsLetterOrDigit(c) || c == '.' ? folded.Append(c) : folded;
        return folded.ToString();
    }

    private static char Separator(string text)
    {
        var header = text.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0 && l[0] != '#') ?? "";
        return header.Contains(',') ? ',' : header.Contains(';') ? ';' : header.Contains('\t') ? '\t' : ',';
    }

    private static IEnumerable<CsvRow> Records(string text, char separator, string name)
    {
        int at = 0, line = 1;
        while (at < text.Length)
        {
            var (begun, cells) = (line, new List<string>());
            if (text[at] == '#')
            {
                while (at < text.Length && text[at] is not ('\r' or '\n')) at++;
            }
            else
            {
                do cells.Add(Cell(text, ref at, ref line, separator, name));
                while (at < text.Length && text[at] == separator && ++at >= 0);
            }
            if (at < text.Length)
            {
                at += text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? 2 : 1;
                line++;
            }
            if (cells.Any(c => c.Length > 0)) yield return new(begun, cells);
        }
    }

    // Leaves `at` on the separator or line end after the cell. Blanks around a cell do not belong to it.
    private static string Cell(string text, ref int at, ref int line, char separator, string name)
    {
        while (at < text.Length && text[at] is ' ') at++;
        var cell = new StringBuilder();
        if (at < text.Length && text[at] == '"')
        {
            var opened = line;
            for (at++; ; at++)
            {
                if (at >= text.Length) throw Wrong(name, opened, "a quoted cell is not closed; a quote inside one is written twice.");
                if (text[at] == '"' && (at + 1 >= text.Length || text[at + 1] != '"')) break;
                if (text[at] == '"') at++;
                if (text[at] == '\n') line++;
                cell.Append(text[at]);
            }
            at++;
            while (at < text.Length && text[at] is ' ') at++;
            return at >= text.Length || text[at] == separator || text[at] is '\r' or '\n' ? cell.ToString()
                : throw Wrong(name, line, $"after the closing quote of '{cell}' stands '{text[at]}'; only the next separator may.");
        }
        while (at < text.Length && text[at] != separator && text[at] is not ('\r' or '\n')) cell.Append(text[at++]);
        return cell.ToString().Trim();
    }
}
