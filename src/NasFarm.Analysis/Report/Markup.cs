using System.Xml;
using System.Xml.Linq;

namespace NasFarm.Analysis.Report;

/// <summary>HTML elements. Every text and attribute goes through the XML writer, so nothing that a manifest, a method or an error
/// message holds can become markup; characters that no document may hold become U+FFFD.</summary>
internal static class Markup
{
    private static readonly HashSet<string> Void = ["br", "hr", "meta", "col", "link", "input"];

    /// <summary>An element. Content: <see cref="XElement"/>, <see cref="XAttribute"/>, sequences of them, or anything with a text;
    /// nulls are left out.</summary>
    public static XElement El(string name, params object?[] content)
    {
        var element = new XElement(name, content.Select(Safe).ToArray());
        if (element.IsEmpty && !Void.Contains(name)) element.Add("");   // <td/> would open, not close, a cell in HTML
        return element;
    }

    /// <summary>An attribute.</summary>
    public static XAttribute At(string name, object value) => new(name, Clean(value.ToString() ?? ""));

    /// <summary><c>class</c>.</summary>
    public static XAttribute Class(string names) => At("class", names);

    /// <summary>Content as it may stand in an element.</summary>
    public static object? Safe(object? content) => content switch
    {
        null or XObject => content,
        string text => Clean(text),
        IEnumerable<object?> many => many.Select(Safe).ToArray(),
        _ => Clean(content.ToString() ?? ""),
    };

    /// <summary>A table. <paramref name="numeric"/> names columns set to the right. Wide tables scroll inside their own box, which the
    /// keyboard can reach.</summary>
    public static XElement Table(string label, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<object?>> rows, params int[] numeric)
    {
        XAttribute? Align(int column) => numeric.Contains(column) ? Class("number") : null;
        return El("div", Class("scroll"), At("role", "region"), At("aria-label", $"{label}, table"), At("tabindex", "0"),
            El("table",
                El("caption", Class("unseen"), label),
                El("thead", El("tr", header.Select((h, c) => El("th", At("scope", "col"), Align(c), h)))),
                El("tbody", rows.Select(row => El("tr", row.Select((cell, c) =>
                    c == 0 ? El("th", At("scope", "row"), cell) : El("td", Align(c), cell)))))));
    }

    /// <summary>A section with a heading and an anchor.</summary>
    public static XElement Section(string id, string title, params object?[] content) =>
        El("section", At("id", id), At("aria-labelledby", id + "-title"), El("h2", At("id", id + "-title"), title), content);

    private static string Clean(string text)
    {
        // Most texts are plain, and some have a million characters.
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '\uD7FF')) return text;
        var clean = new System.Text.StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i])) clean.Append(text[i]).Append(text[++i]);
            else clean.Append(XmlConvert.IsXmlChar(text[i]) && !char.IsSurrogate(text[i]) ? text[i] : '\uFFFD');
        }
        return clean.ToString();
    }
}
