using System.Globalization;
using System.Text;

namespace NasFarm.Analysis.Csv;

/// <summary>CSV as it is written (RFC 4180, LF, header line): cells are quoted where they must be, numbers keep every digit.</summary>
internal sealed class CsvText
{
    private readonly StringBuilder text = new();

    public CsvText(params string[] header) => Row(header);

    public CsvText Row(params IReadOnlyList<object?> cells)
    {
        text.AppendJoin(',', cells.Select(Cell)).Append('\n');
        return this;
    }

    public override string ToString() => text.ToString();

    private static string Cell(object? value)
    {
        var cell = value switch
        {
            null => "",
            bool flag => flag ? "true" : "false",
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
        return cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"")}\"";
    }
}
