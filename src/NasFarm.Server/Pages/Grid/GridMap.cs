using System.Globalization;
using System.Text;
using System.Xml.Linq;
using static NasFarm.Analysis.Report.Markup;
using static NasFarm.Analysis.Report.Svg.Drawing;

namespace NasFarm.Server.Pages.Grid;

/// <summary>A large grid as one picture: a mark per run, one path per look, seeds in lines of a hundred below their arm. The list beside it says
/// the same in words.</summary>
internal static class GridMap
{
    /// <summary>Seeds in a line; side of a mark's place; height of an arm's name.</summary>
    public const int PerLine = 100, Side = 10, Head = 22;

    private const int Left = 2, Foot = 8;

    /// <summary>The picture.</summary>
    public static XElement Draw(SeedGrid grid)
    {
        var block = Block(grid.Columns.Count);
        var paths = SeedGrid.Looks.ToDictionary(look => look, _ => new StringBuilder());
        foreach (var cell in grid.Cells)
            Mark(paths[cell.Look], cell.Look, Left + cell.Column % PerLine * Side, cell.Row * block + Head + cell.Column / PerLine * Side);
        var counts = grid.Cells.GroupBy(c => c.Look).ToDictionary(g => g.Key, g => g.Count());
        var spoken = $"{grid.Cells.Count} runs, {grid.Rows.Count} arms by {grid.Columns.Count} seeds: " +
            string.Join(", ", SeedGrid.Looks.Where(counts.ContainsKey).Select(look => string.Create(CultureInfo.InvariantCulture, $"{counts[look]} {look}")));
        return El("div", Class("scroll"), At("role", "region"), At("aria-label", "Map of runs by arm and seed"), At("tabindex", "0"),
            Picture(2 * Left + Math.Min(PerLine, grid.Columns.Count) * Side, grid.Rows.Count * block, spoken,
                A("id", "map"), A("data-block", block), A("data-rows", grid.Rows.Count),
                grid.Rows.Index().Select(row => Words("name", Left, row.Index * block + 14, row.Item.Label)),
                SeedGrid.Looks.Select(look => Path($"mark {look}", paths[look].ToString(), A("data-look", look)))));
    }

    /// <summary>Height of one arm.</summary>
    private static int Block(int columns) => Head + (columns + PerLine - 1) / PerLine * Side + Foot;

    // map.js draws the same shapes.
    private static void Mark(StringBuilder path, string look, int x, int y) => path.Append(CultureInfo.InvariantCulture, $"M{x} {y}").Append(Shape(look));

    /// <summary>The outline of a look from the corner of its place, in relative commands: told apart without colour.</summary>
    public static string Shape(string look) => look switch
    {
        "waiting" => "m3 3h3v3h-3z",
        "running" => "m1 1h7v7h-7zm2 2v3h3v-3z",
        "finished" => "m1 1h7v7h-7z",
        "collapsed" => "m0 1h9l-4.5 8z",
        "diverged" => "m4.5 0l4.5 4.5l-4.5 4.5l-4.5 -4.5zm0 2.4l-2.1 2.1l2.1 2.1l2.1 -2.1z",
        "failed" => "m0 1.5l1.5 -1.5l3 3l3 -3l1.5 1.5l-3 3l3 3l-1.5 1.5l-3 -3l-3 3l-1.5 -1.5l3 -3z",
        _ => "m1 3.5h7v2h-7z",
    };
}
