using System.Globalization;
using System.Xml.Linq;

namespace NasFarm.Analysis.Report.Svg;

/// <summary>SVG elements. Coordinates are user units, two decimals; looks come from figure.css by class.</summary>
internal static class Drawing
{
    /// <summary>Namespace of every element, so that a drawing also stands alone.</summary>
    public static readonly XNamespace Namespace = "http://www.w3.org/2000/svg";

    /// <summary>A picture with a spoken name. It scales with its place; its words are for people who do not see it.</summary>
    public static XElement Picture(double width, double height, string label, params object?[] content) => Shape("svg",
        A("viewBox", $"0 0 {N(width)} {N(height)}"), A("role", "img"), A("aria-label", label), Markup.Class("figure"), content);

    public static XElement Shape(string name, params object?[] content) => new(Namespace + name, content.Select(Markup.Safe).ToArray());

    public static XElement Group(string @class, params object?[] content) => Shape("g", Markup.Class(@class), content);

    public static XElement Line(string @class, double x1, double y1, double x2, double y2) =>
        Shape("line", Markup.Class(@class), A("x1", x1), A("y1", y1), A("x2", x2), A("y2", y2));

    public static XElement Rect(string @class, double x, double y, double width, double height, double radius = 0) => Shape("rect",
        Markup.Class(@class), A("x", x), A("y", y), A("width", width), A("height", height), radius > 0 ? A("rx", radius) : null);

    public static XElement Path(string @class, string data, params object?[] content) => Shape("path", Markup.Class(@class), A("d", data), content);

    /// <summary>A line through points.</summary>
    public static XElement Polyline(string @class, IEnumerable<(double X, double Y)> points, params object?[] content) => Shape("polyline",
        Markup.Class(@class), A("points", string.Join(' ', points.Select(p => $"{N(p.X)},{N(p.Y)}"))), content);

    /// <summary>Words. <paramref name="anchor"/>: start, middle or end.</summary>
    public static XElement Words(string @class, double x, double y, string text, string anchor = "start") => Shape("text",
        Markup.Class(@class), A("x", x), A("y", y), anchor == "start" ? null : A("text-anchor", anchor), text);

    /// <summary>What a pointer resting on the parent reads.</summary>
    public static XElement Hover(string text) => Shape("title", text);

    public static XAttribute A(string name, double value) => new(name, N(value));

    public static XAttribute A(string name, string value) => Markup.At(name, value);

    /// <summary>Two decimals, no trailing zeros.</summary>
    public static string N(double value) => (Math.Round(value, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>The rules that every drawing shares.</summary>
    public static string Style { get; } = Resource("figure.css");

    internal static string Resource(string name)
    {
        using var stream = typeof(Drawing).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not embedded in {typeof(Drawing).Assembly.GetName().Name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
