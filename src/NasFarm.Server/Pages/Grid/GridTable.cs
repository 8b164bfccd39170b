using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Grid;

/// <summary>A small grid as a table: every cell is a link with its state as sign, colour and words.</summary>
internal static class GridTable
{
    /// <summary>Grids up to this size are tables; larger ones are maps.</summary>
    public const int MostColumns = 60, MostCells = 900;

    /// <summary>Is the grid small enough?</summary>
    public static bool Fits(SeedGrid grid) => grid.Columns.Count <= MostColumns && grid.Cells.Count <= MostCells;

    /// <summary>The table.</summary>
    public static XElement Draw(SeedGrid grid)
    {
        var at = grid.Cells.ToLookup(c => (c.Row, c.Column));
        return El("div", Class("scroll"), At("role", "region"), At("aria-label", "Runs by arm and seed, table"), At("tabindex", "0"),
            El("table", Class("grid"),
                El("caption", Class("unseen"), "Runs by arm and seed"),
                El("thead", El("tr", El("th", At("scope", "col"), "arm"), grid.Columns.Select(seed => El("th", At("scope", "col"), Class("number"), El("span", Class("unseen"), "seed "), seed)))),
                El("tbody", grid.Rows.Index().Select(row => El("tr", El("th", At("scope", "row"), row.Item.Label),
                    grid.Columns.Index().Select(column => El("td", at[(row.Index, column.Index)].Select(cell => Link(cell)))))))));
    }

    /// <summary>What stands in a cell: a sign, or the accuracy.</summary>
    public static string Sign(GridCell cell) => (cell.Look, cell.Run.Accuracy) switch
    {
        ("collapsed", { } value) => $"▼{Short(value)}",
        ("diverged", { } value) => $"◇{Short(value)}",
        (_, { } value) when cell.Run.State == SeedRunState.Finished => Short(value),
        ("waiting", _) => "·",
        ("running", _) => "▸",
        ("failed", _) => "×",
        ("cancelled", _) => "–",
        ("collapsed", _) => "▼",
        ("diverged", _) => "◇",
        _ => "✓",
    };

    /// <summary>The same for those who hear it, and for the pointer.</summary>
    public static string Spoken(GridCell cell, string row) =>
        $"{row}, seed {new SeedPair(cell.Run.SearchSeed, cell.Run.DataOrderSeed)}: {(cell.Look is "collapsed" or "diverged" ? $"finished, {cell.Look}" : cell.Look)}"
            + (cell.Run.Accuracy is { } value ? $", {Numbers.Points(value)} %" : "");

    private static XElement Link(GridCell cell)
    {
        var spoken = Spoken(cell, cell.Run.Arm);
        return El("a", At("href", $"/runs/{Uri.EscapeDataString(cell.Run.RunId)}"), Class($"cell {cell.Look}"), At("data-run", cell.Run.RunId),
            At("title", spoken), El("span", At("aria-hidden", "true"), Sign(cell)), El("span", Class("unseen"), spoken));
    }

    private static string Short(double value) => value.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);
}
