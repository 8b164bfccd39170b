namespace NasFarm.Farm.Store;

/// <summary>A unit came into another state: was claimed, ended, was cancelled, waits again.</summary>
/// <param name="UnitId">The unit.</param>
/// <param name="RunId">Its run.</param>
/// <param name="State"><c>waiting</c>, <c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Fence">The unit's fence then.</param>
/// <param name="At">Its place among all moves: greater than that of every move before it.</param>
public sealed record UnitMove(string UnitId, string RunId, string State, long Fence, MovePosition At);

/// <summary>How far a reader of moves has come: everything up to here, and nothing beyond, has been read.</summary>
/// <param name="Writer">Transaction of the last move, where the database has many at once; else 0.</param>
/// <param name="Seq">Number of the last move.</param>
public readonly record struct MovePosition(long Writer, long Seq) : IComparable<MovePosition>
{
    /// <summary>By transaction, then number.</summary>
    public int CompareTo(MovePosition other) => (Writer, Seq).CompareTo((other.Writer, other.Seq));
}

/// <summary>Moves in the order in which they became true.</summary>
/// <param name="Moves">Those after the position asked for.</param>
/// <param name="Reached">Where to read on.</param>
/// <param name="Missed">Moves between the position asked for and these have been forgotten: read where things stand, not what moved.</param>
public sealed record MoveBatch(IReadOnlyList<UnitMove> Moves, MovePosition Reached, bool Missed);
