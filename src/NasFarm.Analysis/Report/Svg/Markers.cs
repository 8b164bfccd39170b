using System.Xml.Linq;
using static NasFarm.Analysis.Report.Svg.Drawing;

namespace NasFarm.Analysis.Report.Svg;

/// <summary>An arm's mark: colour and shape together, so that neither is needed alone. Six of each; they repeat after that.</summary>
internal static class Markers
{
    private const int Kinds = 6;

    /// <summary>Class with the arm's colour (<c>--c</c> in figure.css).</summary>
    public static string Colour(int arm) => $"c{arm % Kinds}";

    /// <summary>A dot of the arm; hollow for a diverged run.</summary>
    public static XElement Dot(int arm, double x, double y, string hover, bool hollow = false, double r = 4.2) =>
        Path($"dot {Colour(arm)}{(hollow ? " hollow" : "")}", (arm % Kinds) switch
        {
            0 => $"M{N(x - r)} {N(y)}a{N(r)} {N(r)} 0 1 0 {N(2 * r)} 0a{N(r)} {N(r)} 0 1 0 {N(-2 * r)} 0z",
            1 => $"M{N(x - r * .88)} {N(y - r * .88)}h{N(r * 1.76)}v{N(r * 1.76)}h{N(-r * 1.76)}z",
            2 => $"M{N(x)} {N(y - r * 1.2)}L{N(x + r * 1.1)} {N(y + r * .8)}H{N(x - r * 1.1)}z",
            3 => $"M{N(x)} {N(y - r * 1.25)}L{N(x + r * 1.25)} {N(y)}L{N(x)} {N(y + r * 1.25)}L{N(x - r * 1.25)} {N(y)}z",
            4 => $"M{N(x)} {N(y + r * 1.2)}L{N(x + r * 1.1)} {N(y - r * .8)}H{N(x - r * 1.1)}z",
            _ => Plus(x, y, r),
        }, Hover(hover));

    private static string Plus(double x, double y, double r)
    {
        double t = r * .45, l = r * 1.15;
        return $"M{N(x - t)} {N(y - l)}h{N(2 * t)}v{N(l - t)}h{N(l - t)}v{N(2 * t)}h{N(t - l)}v{N(l - t)}" +
            $"h{N(-2 * t)}v{N(t - l)}h{N(t - l)}v{N(-2 * t)}h{N(l - t)}z";
    }
}
