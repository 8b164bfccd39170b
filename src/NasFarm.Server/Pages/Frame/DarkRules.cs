using System.Text;

namespace NasFarm.Server.Pages.Frame;

/// <summary>Takes the rules for dark paper out of a style sheet, so that a page can turn them on and off.</summary>
internal static class DarkRules
{
    private const string Head = "@media (prefers-color-scheme: dark) {";

    /// <summary>The sheet without them, and what stands inside them. Throws <see cref="FormatException"/> when a block does not end.</summary>
    public static (string Light, string Dark) Part(string sheet)
    {
        var (light, dark) = (new StringBuilder(), new StringBuilder());
        var from = 0;
        while (sheet.IndexOf(Head, from, StringComparison.Ordinal) is >= 0 and var at)
        {
            light.Append(sheet, from, at - from);
            var (depth, end) = (1, at + Head.Length);
            for (; depth > 0; end++)
            {
                if (end == sheet.Length)
                    throw new FormatException("a block of rules for dark paper does not end.");
                depth += sheet[end] switch { '{' => 1, '}' => -1, _ => 0 };
            }
            dark.Append(sheet, at + Head.Length, end - 1 - at - Head.Length).Append('\n');
            from = end;
        }
        return (light.Append(sheet, from, sheet.Length - from).ToString(), dark.ToString());
    }
}
