using NasFarm.Catalog.Units;
using NasFarm.Farm.Control;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

/// <summary>What moves, and processes that are known to be gone.</summary>
public abstract partial class FarmStoreConformance
{
    [StoreFact]
    public async Task Moves_are_read_in_order_and_once()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)));
        var beginning = await Store.ReadMovePositionAsync();
        await Store.FinishSearchAsync("darts-s1-p00", finished: false);
        var claim = await Store.MustClaimAsync("darts-s1-p01");
        await Store.EndAttemptAsync(claim.Key, FailureReason.HostStopping, "asked to stop", []);
        await Store.CancelAsync(new Target.SweepRun("s1", "darts-s2"), "op1");

        var (moves, reached) = await MovesAsync(beginning, 5);

        Assert.Equal(
            ["darts-s1-p00 running 1", "darts-s1-p00 done 1", "darts-s1-p01 running 1", "darts-s1-p01 waiting 1", "darts-s2-p00 cancelled 1"],
            moves.Select(m => $"{m.UnitId} {m.State} {m.Fence}"));
        Assert.Equal(["darts-s1", "darts-s1", "darts-s1", "darts-s1", "darts-s2"], moves.Select(m => m.RunId));
        Assert.Empty((await Store.ReadMovesAsync(reached, 10)).Moves);
        var first = await Store.ReadMovesAsync(beginning, 2);
        Assert.Equal(moves.Take(2), first.Moves);
        Assert.Equal(moves.Skip(2), (await Store.ReadMovesAsync(first.Reached, 10)).Moves);
        Assert.Empty((await Store.ReadMovesAsync(await Store.ReadMovePositionAsync(), 10)).Moves);
    }

    [StoreFact]
    public async Task A_reader_who_is_too_far_behind_is_told_so()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)));
        var beginning = await Store.ReadMovePositionAsync();
        await Store.FinishSearchAsync("darts-s1-p00");
        await Store.FinishSearchAsync("darts-s2-p00");
        var (moves, _) = await MovesAsync(beginning, 4);
        var third = (await Store.ReadMovesAsync(beginning, 3)).Reached;

        Assert.Equal(0, await Store.ForgetMovesAsync(4));
        Assert.Equal(3, await Store.ForgetMovesAsync(1));

        Assert.True((await Store.ReadMovesAsync(beginning, 10)).Missed);
        var rest = await Store.ReadMovesAsync(third, 10);
        Assert.Equal((false, moves[3]), (rest.Missed, Assert.Single(rest.Moves)));
        Assert.False((await Store.ReadMovesAsync(rest.Reached, 10)).Missed);
    }

    [StoreFact]
    public async Task A_reader_from_another_database_is_told_so()
    {
        var now = await Store.ReadMovePositionAsync();

        Assert.True((await Store.ReadMovesAsync(new(now.Writer + 1000, 1), 10)).Missed);
    }

    [StoreFact]
    public async Task Attempts_of_a_process_that_is_gone_are_over_at_once_and_its_slots_too()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2), Run("darts", 3)));
        await Store.AnnounceSlotsAsync([Slot, Twin], Lease);
        var gone = await Store.MustClaimAsync("darts-s1-p00");
        var alive = await Store.MustClaimAsync("darts-s2-p00", Twin);

        var ended = await Store.RevokeAsync(Slot.Owner, "silo host/1 has left the cluster");

        Assert.Equal((gone.Key, "darts-s1", Slot.SlotId), (Assert.Single(ended).Key, ended[0].RunId, ended[0].SlotId));
        Assert.IsType<AttemptEnding.Retry>(ended[0].Ending);
        Assert.Equal(FenceAnswer.FenceLost, await Store.RenewAsync(gone.Key, Lease));
        Assert.Equal(FenceAnswer.FenceLost, await Store.CompleteAsync(gone.Key, SearchDone(gone.Key.UnitId, gone.Key.Fence), []));
        Assert.Equal(FenceAnswer.Held, await Store.RenewAsync(alive.Key, Lease));
        var attempt = (await Store.ReadRunAsync("darts-s1"))!.Units[0].Attempts[0];
        Assert.Equal(("lease-lost", "silo host/1 has left the cluster"), (attempt.Ending, attempt.Message));
        Assert.Equal([Twin.SlotId], (await Store.ReadSlotsAsync()).Slots.Select(s => s.Slot.SlotId));
        Assert.Empty(await Store.RevokeAsync(Slot.Owner, "again"));
    }

    /// <summary>What has moved, when it is told: another transaction of the server, whoever's, may hold it up for a moment.</summary>
    protected async Task<(IReadOnlyList<UnitMove> Moves, MovePosition Reached)> MovesAsync(MovePosition after, int expected)
    {
        var moves = new List<UnitMove>();
        for (var tries = 0; moves.Count < expected && tries < 1000; tries++)
        {
            var some = await Store.ReadMovesAsync(after, 100);
            moves.AddRange(some.Moves);
            after = some.Reached;
            if (moves.Count < expected)
                await Task.Delay(10);
        }
        return (moves, after);
    }
}
