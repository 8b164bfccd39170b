using NasFarm.Farm.Control;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

/// <summary>Ends of sweeps, of which somebody is told once.</summary>
public abstract partial class FarmStoreConformance
{
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(1);

    [StoreFact]
    public async Task What_had_ended_before_notices_began_is_told_to_nobody_and_what_ends_after_it_once()
    {
        await Store.AcceptAsync(Plan("old", Run("darts", 1)));
        await Store.CancelAsync(new Target.Sweep("old"), "op1");
        await Store.BeginNoticesAsync();
        Assert.Null(await Store.ClaimNoticeAsync(Hold));
        await Store.AcceptAsync(Plan("new", Run("darts", 2)));
        Assert.Null(await Store.ClaimNoticeAsync(Hold));
        await Store.CancelAsync(new Target.Sweep("new"), "op2");

        // A second process that begins changes nothing.
        await Store.BeginNoticesAsync();
        var due = await Store.ClaimNoticeAsync(Hold);

        Assert.Equal(new DueNotice("new", 0, 1), due);
        Assert.Null(await Store.ClaimNoticeAsync(Hold));
        await Store.EndNoticeAsync(due!, null, null);
        Clock.Advance(Hold * 2);
        Assert.Null(await Store.ClaimNoticeAsync(Hold));
    }

    [StoreFact]
    public async Task Who_is_not_reached_is_tried_again_and_whoever_died_over_it_leaves_it_to_others()
    {
        await Store.BeginNoticesAsync();
        await Store.AcceptAsync(Plan("s", Run("darts", 1)));
        await Store.CancelAsync(new Target.Sweep("s"), "op1");
        var first = (await Store.ClaimNoticeAsync(Hold))!;
        await Store.EndNoticeAsync(first, Hold * 3, "nobody answers");
        Clock.Advance(Hold * 2);
        Assert.Null(await Store.ClaimNoticeAsync(Hold));
        Clock.Advance(Hold * 2);
        var second = (await Store.ClaimNoticeAsync(Hold))!;
        Assert.Equal((2, first.NoticeId), (second.Try, second.NoticeId));
        Clock.Advance(Hold * 2);

        var third = (await Store.ClaimNoticeAsync(Hold))!;

        Assert.Equal(3, third.Try);
        // The one who was thought dead speaks: the try that counts is not his.
        await Store.EndNoticeAsync(second, null, null);
        await Store.EndNoticeAsync(third, Hold, "nobody answers");
        Clock.Advance(Hold * 2);
        Assert.Equal(4, (await Store.ClaimNoticeAsync(Hold))!.Try);
    }

    [StoreFact]
    public async Task A_sweep_that_goes_on_after_it_was_told_is_told_again_and_a_deleted_one_never()
    {
        await Store.BeginNoticesAsync();
        await Store.AcceptAsync(Plan("s", Run("darts", 1)));
        await Store.CancelAsync(new Target.Sweep("s"), "op1");
        await Store.EndNoticeAsync((await Store.ClaimNoticeAsync(Hold))!, null, null);
        // Accepted again, it is revived.
        await Store.AcceptAsync(Plan("s", Run("darts", 1)));
        Assert.Null(await Store.ClaimNoticeAsync(Hold));
        await Store.CancelAsync(new Target.Sweep("s"), "op2");
        var again = (await Store.ClaimNoticeAsync(Hold))!;
        Assert.Equal(("s-1", 1), (again.NoticeId, again.Try));
        await Store.EndNoticeAsync(again, Hold, "nobody answers");

        await Store.DeleteSweepAsync("s", cancelRunning: false, "op3");

        Clock.Advance(Hold * 2);
        Assert.Null(await Store.ClaimNoticeAsync(Hold));
    }
}
