using System.Xml.Linq;
using NasFarm.Analysis.Report;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Run;

/// <summary>A run's cell, drawn, beside another run's.</summary>
internal static class GenotypePictures
{
    /// <summary>The pictures.</summary>
    public static object Draw(Genotype own, Genotype? against, RunModel model) => new object[]
    {
        El("p", Class("legend"), string.Join(" · ", own.Space.Operations.Select(o => $"{Operations.Abbreviate(o)} = {o}"))),
        El("div", Class("cells"),
            Figure(own, RunPage.Name(model.Run)),
            against is null ? "" : Figure(against, RunPage.Name(model.Against!.Run))),
    };

    /// <summary>The same as text.</summary>
    public static XElement Text(Genotype own) => El("details", El("summary", "As text"),
        El("pre", At("tabindex", "0"), GenotypeDrawing.Text(own)), El("pre", At("tabindex", "0"), own.ToString()));

    private static XElement Figure(Genotype genotype, string name) => El("figure", GenotypeDrawing.Pictures(genotype, name), El("figcaption", name));
}
