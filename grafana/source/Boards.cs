namespace NasFarm.Grafana;

/// <summary>Every board.</summary>
public static class Boards
{
    /// <summary>In the order of their importance.</summary>
    public static IReadOnlyList<Board> All { get; } = [FarmBoards.Overview, SweepBoard.Sweep, ControlBoards.GpuSilos, ControlBoards.Control, FarmBoards.Reliability];
}
