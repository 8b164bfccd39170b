using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;
using static NasFarm.Farm.Tests.Scheduling.Farms;

namespace NasFarm.Farm.Tests.Scheduling;

public sealed class StartEstimateTests
{
    private static readonly UnitTime Phase = new("darts", UnitKind.Search, "cpu", 600, 5);
    private static readonly UnitTime Retrain = new("darts", UnitKind.Retrain, "cpu", 1200, 5);

    /// <summary>One slot, in use for four minutes by a phase that takes ten; two units wait.</summary>
    private static readonly FarmSnapshot Busy = new(Now,
        [Unit("a", seed: 1) with { Ahead = new("darts", 0, 0) }, Unit("b", seed: 2) with { Ahead = new("darts", 0, 0) }],
        [Running("r", 0, minutes: 4) with { Ahead = new("darts", 0, 0) }], SlotList(1))
    { Times = [Phase, Retrain] };

    [Fact]
    public void Units_start_one_after_the_other_by_the_median()
    {
        var waits = Scheduler.Rank(Busy).Waits;
        Assert.Equal([Now.AddMinutes(6), Now.AddMinutes(16)], waits.Select(w => w.ExpectedStart));
        Assert.Equal("queued: 0 units ahead on pool cpu, 1 of 1 slots busy; starts in about 6 min", waits[0].Sentence);
    }

    [Fact]
    public void A_run_keeps_its_slot_for_what_follows_in_it()
    {
        var snapshot = Busy with
        {
            Running = [Busy.Running[0] with { Ahead = new("darts", Phases: 2, Retrains: 1) }],
            Waiting = [Busy.Waiting[0] with { Ahead = new("darts", Phases: 1, Retrains: 0) }, Busy.Waiting[1]],
        };
        Assert.Equal([Now.AddMinutes(6 + 20 + 20), Now.AddMinutes(46 + 20)], Scheduler.Rank(snapshot).Waits.Select(w => w.ExpectedStart));
    }

    [Fact]
    public void A_retrain_job_is_followed_by_nothing()
    {
        var snapshot = Busy with { Running = [Busy.Running[0] with { Kind = UnitKind.Retrain, Ahead = new("darts", 7, 7) }] };
        Assert.Equal(Now.AddMinutes(16), Scheduler.Rank(snapshot).Waits[0].ExpectedStart);
    }

    [Fact]
    public void Each_unit_goes_to_the_fitting_slot_that_is_free_first()
    {
        var snapshot = Busy with
        {
            Slots = [Slot(0), Slot(1) with { Labels = ["a100"] }],
            Running = [Busy.Running[0], Running("r2", 1, minutes: 1) with { Ahead = new("darts", 0, 0) }],
            Waiting = [Busy.Waiting[0] with { Request = ResourceRequest.Of(0, ["a100"]) }, Busy.Waiting[1]],
        };
        Assert.Equal([Now.AddMinutes(9), Now.AddMinutes(6)], Scheduler.Rank(snapshot).Waits.Select(w => w.ExpectedStart));
    }

    [Fact]
    public void A_unit_with_a_free_slot_starts_at_the_next_look()
    {
        var wait = Scheduler.Rank(Busy with { Running = [] }).Waits[0];
        Assert.Equal((Now, "queued: 0 units ahead on pool cpu, 0 of 1 slots busy; starts when a free slot looks for work"), (wait.ExpectedStart, wait.Sentence));
    }

    public static TheoryData<FarmSnapshot, string> Unmeasured => new()
    {
        { Busy with { Times = [Retrain] }, "no start can be estimated: no finished search phase of arm darts is measured on pool cpu" },
        {
            Busy with { Times = [Phase], Running = [Busy.Running[0] with { Ahead = new("darts", 0, 1) }] },
            "no start can be estimated: no finished retrain job of arm darts is measured on pool cpu"
        },
        { Busy with { Times = [Phase with { Device = "cuda" }] }, "no start can be estimated: no finished search phase of arm darts is measured on pool cpu" },
    };

    [Theory, MemberData(nameof(Unmeasured))]
    public void What_is_not_measured_is_not_estimated_and_says_so(FarmSnapshot snapshot, string words)
    {
        var wait = Scheduler.Rank(snapshot).Waits[0];
        Assert.Null(wait.ExpectedStart);
        Assert.EndsWith(words, wait.Sentence);
    }

    [Fact]
    public void A_bounded_reading_estimates_nothing() =>
        Assert.Equal("queued: 0 units ahead on pool cpu, 1 of 1 slots busy", Scheduler.Rank(Busy with { Times = null }).Waits[0].Sentence);

    [Fact]
    public void A_unit_that_backs_off_starts_then_at_the_earliest()
    {
        var wait = Scheduler.Rank(Busy with { Waiting = [Unit("u") with { NotBefore = Now.AddSeconds(30) }] }).Waits[0];
        Assert.Equal((WaitReason.BackingOff, Now.AddSeconds(30)), (wait.Reason, wait.ExpectedStart));
    }

    [Theory]
    [InlineData(45, "45 s")]
    [InlineData(40 * 60, "40 min")]
    [InlineData(5 * 3600, "5 h")]
    [InlineData(60 * 3600, "2.5 days")]
    public void Times_are_said_as_people_say_them(int seconds, string words) =>
        Assert.Equal($"starts in about {words}", new ExpectedStart(Now.AddSeconds(seconds), null).Words(Now));
}
