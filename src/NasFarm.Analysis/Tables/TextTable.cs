using System.Globalization;
using System.Text;

namespace NasFarm.Analysis.Tables;

/// <summary>A table for the terminal: columns as wide as their content, two spaces between, numbers to the right.</summary>
public sealed class TextTable(params IReadOnlyList<string> header)
{
    private readonly List<IReadOnlyList<string>> rows = [];

    /// <summary>Adds a row of as many cells as the header has.</summary>
    public TextTable Row(params IReadOnlyList<string> cells)
    {
        if (cells.Count != header.Count) throw new ArgumentException($"The row has {cells.Count} cells; the table has {header.Count} columns.");
        rows.Add(cells);
        return this;
    }

    /// <summary>Lines without trailing blanks. The first column is text; others are to the right when every cell starts like a number.</summary>
    public override string ToString()
    {
        var widths = Enumerable.Range(0, header.Count).Select(c => rows.Append(header).Max(r => Width(r[c]))).ToArray();
        var right = Enumerable.Range(0, header.Count).Select(c => c > 0 && rows.All(r => r[c].Length == 0 || IsNumberLike(r[c]))).ToArray();
        var text = new StringBuilder();
        void Line(IReadOnlyList<string> cells) => text.AppendLine(string.Join("  ", cells.Select((cell, c) =>
            right[c] ? new string(' ', widths[c] - Width(cell)) + cell : cell + new string(' ', widths[c] - Width(cell)))).TrimEnd());
        Line(header);
        text.AppendLine(string.Join("  ", widths.Select(w => new string('─', w))));
        foreach (var row in rows) Line(row);
        return text.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>Breaks a sentence at blanks so that no line is longer than <paramref name="width"/>, unless one word is.</summary>
    public static string Wrap(string text, int width, string indent = "")
    {
        var lines = new StringBuilder();
        var line = indent;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > indent.Length && line.Length + 1 + word.Length > width)
            {
                lines.Append(line).Append('\n');
                line = indent;
            }
            line += line.Length > indent.Length ? " " + word : word;
        }
        return lines.Append(line).Append('\n').ToString();
    }

    private static bool IsNumberLike(string cell) => char.IsAsciiDigit(cell[0]) || cell[0] is '–' or '.' or '<' or '-' or '±';

    private static int Width(string cell) => new StringInfo(cell).LengthInTextElements;
}
