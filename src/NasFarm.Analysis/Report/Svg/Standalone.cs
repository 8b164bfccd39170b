using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace NasFarm.Analysis.Report.Svg;

/// <summary>A drawing as a document of its own. Every look is written on its element, in the colours for white paper, because editors and typesetters know
/// neither style sheets with variables nor dark pages; fonts are families that every system has one of.</summary>
internal static partial class Standalone
{
    private const string Fonts = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

    private static readonly IReadOnlyList<Rule> Rules = [.. Read(Drawing.Style)];

    /// <summary>The document, with an XML declaration and a line feed at its end.</summary>
    public static string Of(XElement picture)
    {
        var copy = new XElement(picture);
        var box = copy.Attribute("viewBox")!.Value.Split(' ');
        Dress(copy, new Dictionary<string, string>());
        copy.SetAttributeValue("width", box[2]);
        copy.SetAttributeValue("height", box[3]);
        copy.SetAttributeValue("font-family", Fonts);
        copy.SetAttributeValue("font-size", "12");
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + copy.ToString(SaveOptions.None).ReplaceLineEndings("\n") + "\n";
    }

    private static void Dress(XElement element, IReadOnlyDictionary<string, string> inherited)
    {
        string[] classes = element.Attribute("class")?.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var variables = new Dictionary<string, string>(inherited);
        var looks = new Dictionary<string, string>();
        foreach (var rule in Rules.Where(r => r.Matches(element.Name.LocalName, classes)))
        {
            foreach (var (name, value) in rule.Declarations)
            {
                if (name.StartsWith("--", StringComparison.Ordinal)) variables[name] = value;
                else if (name != "font") looks[name] = value;
            }
        }
        foreach (var (name, value) in looks)
            element.SetAttributeValue(name, Variable().Replace(value, m => variables.GetValueOrDefault(m.Groups[1].Value, "#000000")).Replace("px", ""));
        element.Attribute("class")?.Remove();
        foreach (var child in element.Elements()) Dress(child, variables);
    }

    // figure.css is what this reads: rules of one level, selectors `.figure`, `.figure .a.b` or `.figure text`; what is for other media is left out.
    private static IEnumerable<Rule> Read(string css)
    {
        css = Media().Replace(Comment().Replace(css, ""), "");
        return Block().Matches(css)
            .SelectMany((block, order) => block.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries).Select(selector => new Rule(
                selector.Split(' ')[^1], order,
                [.. block.Groups[2].Value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(d => d.Split(':', 2, StringSplitOptions.TrimEntries)).Select(d => (d[0], d[1]))])))
            .OrderBy(r => r.Classes.Length).ThenBy(r => r.Order);
    }

    private sealed record Rule(string Selector, int Order, IReadOnlyList<(string Name, string Value)> Declarations)
    {
        public string[] Classes { get; } = Selector.StartsWith('.') ? Selector.Split('.', StringSplitOptions.RemoveEmptyEntries) : [];

        public bool Matches(string element, string[] classes) => Classes.Length > 0 ? Classes.All(classes.Contains) : Selector == element;
    }

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", RegexOptions.Singleline)]
    private static partial Regex Media();

    [GeneratedRegex(@"([^{}]+)\{([^{}]*)\}", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"var\((--[a-z]+)\)")]
    private static partial Regex Variable();
}
