using System.Xml.Linq;
using static NasFarm.Analysis.Report.Svg.Drawing;

namespace NasFarm.Analysis.Report.Svg;

/// <summary>Axes: faint grid lines, tick labels, a title.</summary>
internal static class Axis
{
    /// <summary>Horizontal axis below the plot, its grid reaching up to <paramref name="top"/>.</summary>
    public static XElement Bottom(Scale scale, double top, double y, string title) => Group("axis",
        scale.Ticks.Select(t => Line("grid", scale.At(t), top, scale.At(t), y)),
        scale.Ticks.Select(t => Words("tick", scale.At(t), y + 14, scale.Label(t), "middle")),
        Words("axis-title", (scale.From + scale.To) / 2, y + 30, title, "middle"));

    /// <summary>Vertical axis left of the plot, its grid reaching to <paramref name="right"/>; the title stands above.</summary>
    public static XElement Left(Scale scale, double x, double right, string title) => Group("axis",
        scale.Ticks.Select(t => Line("grid", x, scale.At(t), right, scale.At(t))),
        scale.Ticks.Select(t => Words("tick", x - 5, scale.At(t) + 3.5, scale.Label(t), "end")),
        title.Length > 0 ? Words("axis-title", x, Math.Min(scale.From, scale.To) - 8, title) : null);
}
