using NasFarm.Farm.Scheduling;
using static NasFarm.Farm.Tests.Scheduling.Farms;

namespace NasFarm.Farm.Tests.Scheduling;

public sealed class PreemptionTests
{
    private static readonly SweepShare[] UrgentPreempts = [new("low", "default"), new("urgent", "default", Preemption: true)];

    /// <summary>Two slots, both busy with low priority; one has just saved.</summary>
    private static readonly FarmSnapshot Full = new(Now,
        [Unit("waits", "urgent", priority: 9)],
        [Running("long", 0, "low", minutes: 30), Running("saved", 1, "low", minutes: 60) with { SavedAt = Now.AddMinutes(-2) }],
        SlotList(2))
    { Sweeps = UrgentPreempts };

    [Fact]
    public void The_victim_loses_the_fewest_slot_seconds_since_its_last_checkpoint()
    {
        var one = Assert.Single(Scheduler.Rank(Full).Preemptions);
        Assert.Equal(
            new("waits", "saved", 1, "priority 9 waits and no free slot fits; of lower priority saved (priority 0) on host/cpu-01 loses least: 120 slot-seconds since its last checkpoint"),
            one);
    }

    public static TheoryData<string, FarmSnapshot, string[]> Cases => new()
    {
        { "the sweep does not ask for it", Full with { Sweeps = [] }, [] },
        { "a free slot fits", Full with { Slots = SlotList(3) }, [] },
        { "a free slot does not fit", Full with { Slots = [.. SlotList(2), Slot(2) with { Device = "cuda" }] }, ["saved"] },
        { "a free slot is closed", Full with { Slots = [.. SlotList(2), Slot(2) with { Closed = new("cordoned", null) }] }, ["saved"] },
        { "the slot of the best victim is closed", Full with { Slots = [Slot(0), Slot(1) with { Closed = new("cordoned", null) }] }, ["long"] },
        { "nobody is of lower priority", Full with { Running = [.. Full.Running.Select(r => r with { Priority = 9 })] }, [] },
        { "one is of lower priority", Full with { Running = [Full.Running[0], Full.Running[1] with { Priority = 9 }] }, ["long"] },
        { "the slot of the best victim does not fit", Full with
            {
                Waiting = [Full.Waiting[0] with { Request = ResourceRequest.Of(0, ["a100"]) }],
                Slots = [Slot(0) with { Labels = ["a100"] }, Slot(1)],
            }, ["long"] },
        { "the best victim made room a short time ago", Full with { Running = [Full.Running[0], Full.Running[1] with { PreemptedAt = Now.AddMinutes(-9) }] }, ["long"] },
        { "the best victim made room some time ago", Full with { Running = [Full.Running[0], Full.Running[1] with { PreemptedAt = Now.AddMinutes(-10) }] }, ["saved"] },
        { "one is making room already", Full with { Running = [Full.Running[0], Full.Running[1] with { StopFor = "waits" }] }, [] },
        { "one is making room for another", Full with { Running = [Full.Running[0], Full.Running[1] with { StopFor = "other" }] }, ["long"] },
        { "a slot is kept for it", Full with { Running = [Full.Running[0]], Slots = [Slot(0), Slot(1) with { KeptFor = "waits" }] }, [] },
        { "two wait and two may go", Full with { Waiting = [.. Units(3, "urgent", priority: 9)] }, ["saved", "long"] },
        { "a free slot goes to the first and the second needs a victim", Full with { Waiting = [.. Units(2, "urgent", priority: 9)], Slots = SlotList(3) }, ["saved"] },
        { "the tenant's quota is used up, and the victim's slot counts in it", Full with { Tenants = [new("default", 2)] }, ["saved"] },
        { "the tenant's quota is used up, and the victims are another's", Full with
            {
                Waiting = [Full.Waiting[0] with { Tenant = "other" }], Tenants = [new("other", 0)],
            }, [] },
        { "it backs off", Full with { Waiting = [Full.Waiting[0] with { NotBefore = Now.AddSeconds(1) }] }, [] },
        { "victims of a tenant that keeps at least as much", Full with
            {
                Waiting = [Full.Waiting[0] with { Tenant = "other" }],
            }, ["saved"] },
        { "victims of a tenant that would have less", Full with
            {
                Waiting = [Full.Waiting[0] with { Tenant = "other" }], Tenants = [new("default", null, 2)],
            }, [] },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Victims_are_named_only_when_they_must_and_may_go(string because, FarmSnapshot snapshot, string[] victims)
    {
        var named = Scheduler.Rank(snapshot).Preemptions.Select(p => p.VictimId);
        Assert.True(victims.SequenceEqual(named), $"{because}: {string.Join(", ", named)}");
    }
}
