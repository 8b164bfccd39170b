using System.Collections.Concurrent;
using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.Collapse;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Results;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Pages.Grid;

/// <summary>A run's place in a grid and what is to be seen of it.</summary>
/// <param name="Row">Arm and setting.</param>
/// <param name="Column">Seeds.</param>
/// <param name="Collapsed">Its final genotype meets the space's definition of a structural collapse.</param>
internal sealed record GridCell(GridRun Run, int Row, int Column, bool Collapsed)
{
    /// <summary>How it is drawn: the state, and of finished runs what befell them.</summary>
    public string Look => Run switch
    {
        { State: SeedRunState.Finished, Diverged: true } => "diverged",
        { State: SeedRunState.Finished } when Collapsed => "collapsed",
        _ => Frame.Wording.State(Run.State),
    };
}

/// <summary>A row: an arm, in a sweep of several settings with its setting.</summary>
internal sealed record GridRow(string Label, string Arm);

/// <summary>The runs of a sweep by arm and seed.</summary>
internal sealed class SeedGrid
{
    /// <summary>Looks in the order in which legends name them.</summary>
    public static readonly string[] Looks = ["waiting", "running", "finished", "collapsed", "diverged", "failed", "cancelled"];

    private SeedGrid(IReadOnlyList<GridRow> rows, IReadOnlyList<SeedPair> columns, IReadOnlyList<GridCell> cells) => (Rows, Columns, Cells) = (rows, columns, cells);

    /// <summary>From top to bottom, in plan order.</summary>
    public IReadOnlyList<GridRow> Rows { get; }

    /// <summary>From left to right, ascending.</summary>
    public IReadOnlyList<SeedPair> Columns { get; }

    /// <summary>In plan order.</summary>
    public IReadOnlyList<GridCell> Cells { get; }

    /// <summary>The sweep summed up by arm.</summary>
    public SweepAggregate Aggregate(string sweepId) => SweepAggregate.Of(sweepId, Cells.Select(c => new RunStanding(c.Run.RunId, c.Run.Arm, c.Run.State, c.Run.Diverged, c.Run.Accuracy)));

    /// <summary>Structural collapses and diverged searches of an arm, and the finished runs that could be asked.</summary>
    public (int Collapsed, int Of) CollapsesOf(string arm) =>
        (Cells.Count(c => c.Run.Arm == arm && (c.Look is "collapsed" or "diverged")), Cells.Count(c => c.Run.Arm == arm && c.Run.State == SeedRunState.Finished));

    /// <summary>Puts runs, given in plan order, into their places.</summary>
    public static SeedGrid Of(IReadOnlyList<GridRun> runs)
    {
        var several = runs.Select(r => (r.Space, r.Data)).Distinct().Count() > 1;
        string Label(GridRun run) => several ? $"{run.Arm} · {run.Space.Name} C{run.Space.Channels} N{run.Space.Cells} on {run.Data}" : run.Arm;
        var rows = runs.Select(r => new GridRow(Label(r), r.Arm)).Distinct().ToList();
        var columns = runs.Select(r => new SeedPair(r.SearchSeed, r.DataOrderSeed)).Distinct().Order().ToList();
        var rowOf = rows.Index().ToDictionary(r => r.Item, r => r.Index);
        var columnOf = columns.Index().ToDictionary(c => c.Item, c => c.Index);
        return new(rows, columns, [.. runs.Select(run => new GridCell(
            run, rowOf[new(Label(run), run.Arm)], columnOf[new(run.SearchSeed, run.DataOrderSeed)], Collapses.Of(run)))]);
    }
}

/// <summary>Which genotypes are collapses. That never changes: each is asked once.</summary>
internal static class Collapses
{
    private const int Most = 100_000;

    private static readonly ConcurrentDictionary<(string Space, string Genotype), bool> Known = [];

    /// <summary>A genotype that its space cannot read is none.</summary>
    public static bool Of(GridRun run)
    {
        if (run is not { State: SeedRunState.Finished, Genotype: { } genotype })
            return false;
        if (Known.Count > Most)
            Known.Clear();
        return Known.GetOrAdd((run.Space.Name, genotype), cell => IsCollapse(cell.Space, cell.Genotype));
    }

    private static bool IsCollapse(string space, string genotype)
    {
        try
        {
            return CollapseDefinition.For(space).IsStructural(GenotypeText.Parse(space, genotype));
        }
        catch (Exception e) when (e is GenotypeFormatException or ArgumentException)
        {
            return false;
        }
    }
}
