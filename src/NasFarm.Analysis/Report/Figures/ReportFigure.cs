using System.Xml.Linq;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Figures;

/// <summary>A figure of the report.</summary>
/// <param name="Name">What it shows, for a file's name.</param>
/// <param name="Caption">The words below it.</param>
/// <param name="Picture">The drawing.</param>
/// <param name="Data">What was drawn, as CSV.</param>
internal sealed record ReportFigure(string Name, string Caption, XElement Picture, string Data)
{
    /// <summary>Figures beside one another.</summary>
    public static XElement Grid(IEnumerable<ReportFigure> figures) =>
        El("div", Class("figures"), figures.Select(f => El("figure", f.Picture, El("figcaption", f.Caption))));
}
