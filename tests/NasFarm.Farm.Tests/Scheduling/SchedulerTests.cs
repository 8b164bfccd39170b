using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Tests.Store;

namespace NasFarm.Farm.Tests.Scheduling;

public sealed class SchedulerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Units_stand_by_priority_then_seed_then_progress_then_arm_then_age()
    {
        WaitingUnit[] inOrder =
        [
            Unit("urgent", priority: 9, seed: 5),
            Unit("seed-1-retrain", seed: 1, progress: WaitingUnit.RetrainProgress),
            Unit("seed-1-third-phase", seed: 1, progress: 2, arm: 4),
            Unit("seed-1-arm-0", seed: 1),
            Unit("seed-1-arm-1", seed: 1, arm: 1),
            Unit("seed-2-older", seed: 2, age: 60),
            Unit("seed-2-a", seed: 2),
            Unit("seed-2-b", seed: 2),
        ];

        var ranking = Scheduler.Rank(Snapshot([.. inOrder.Reverse()]));

        Assert.Equal(inOrder.Select(u => u.UnitId), ranking.Offers.Select(o => o.UnitId));
        Assert.Equal(Enumerable.Range(1, 8), ranking.Offers.Select(o => o.Rank));
        Assert.Equal("priority 0, seed 1, phase 2, arm 4", ranking.Offers[2].Reason);
    }

    [Fact]
    public void A_closed_slot_is_offered_nothing_and_a_unit_that_fits_no_other_says_who_closed_it_and_when_it_opens()
    {
        var later = Now.AddMinutes(5);
        SlotInfo[] slots =
        [
            TestPlans.Slot with { Closed = new("host/cpu-0 is cordoned by ann", null) },
            TestPlans.Slot with { SlotId = "host/cpu-1", Closed = new("host/cpu-1 is excluded", later), Fingerprint = "aaaa" },
            TestPlans.Slot with { SlotId = "host/cpu-2", Labels = ["fast"] },
        ];
        var snapshot = Snapshot(
            Unit("any"), Unit("fast") with { Request = ResourceRequest.Of(0, ["fast"]) },
            Unit("numerics") with { Hold = WaitReason.NumericsMismatch, Fingerprint = "aaaa" }) with
        { Slots = slots };

        var ranking = Scheduler.Rank(snapshot);

        Assert.Equal([0, 0, 2], slots.Select(slot => ranking.For(slot).Count));
        var closed = ranking.Waits.Single(w => w.UnitId == "numerics");
        Assert.Equal((WaitReason.SlotsClosed, "every cpu slot that fits is closed: host/cpu-1 is excluded", later), (closed.Reason, closed.Sentence, closed.ExpectedStart));
        var alone = Scheduler.Rank(snapshot with { Slots = slots[..2] }).Waits.Single(w => w.UnitId == "any");
        Assert.Equal("every cpu slot that fits is closed: host/cpu-0 is cordoned by ann; host/cpu-1 is excluded", alone.Sentence);
    }

    public static TheoryData<string, WaitingUnit, WaitReason, string> Waits => new()
    {
        { "ready", Unit("u"), WaitReason.Queued, "queued: 1 units ahead on pool cpu, 1 of 2 slots busy" },
        { "failed a moment ago", Unit("u") with { NotBefore = Now.AddSeconds(3.2), HoldText = "died by signal 9" }, WaitReason.BackingOff, "next attempt in 4 s: died by signal 9" },
        { "draws from others", Unit("u") with { Hold = WaitReason.PlaceboSources, HoldText = "waits for 2 of 3" }, WaitReason.PlaceboSources, "waits for 2 of 3" },
        {
            "paused, whatever else it waits for", Unit("u") with { Paused = "paused by ada", Hold = WaitReason.PlaceboSources, NotBefore = Now.AddSeconds(3) },
            WaitReason.Paused, "paused by ada"
        },
        { "a later look", Unit("u") with { Hold = WaitReason.Look, HoldText = "added only if undecided" }, WaitReason.Look, "added only if undecided" },
        { "wants a GPU", Unit("u") with { Device = "cuda" }, WaitReason.NoFittingSlot, "needs a cuda slot; the living slots are 2 × cpu" },
        {
            "other numerics", Unit("u") with { Hold = WaitReason.NumericsMismatch, Fingerprint = "ffff", HoldText = "avx512" }, WaitReason.NumericsMismatch,
            "its checkpoint has numerics fingerprint ffff, which no living slot has (avx512); set allowNumericsChange to go on all the same"
        },
        { "numerics of a living slot", Unit("u") with { Hold = WaitReason.NumericsMismatch, Fingerprint = "aaaa" }, WaitReason.Queued, "queued: 1 units ahead on pool cpu, 1 of 2 slots busy" },
        { "tenant at its limit", Unit("u") with { Tenant = "small" }, WaitReason.QuotaUsed, "tenant small may use 1 slots at once and uses 1" },
        { "more memory than there is", Unit("u") with { Request = ResourceRequest.Of(8L << 30, []) }, WaitReason.NoFittingSlot, "needs a cpu slot with 8 GiB; none of the 2 living cpu slots is so: the largest has 1 GiB, their labels are fast" },
        { "a label nobody has", Unit("u") with { Request = ResourceRequest.Of(0, ["a100"]) }, WaitReason.NoFittingSlot, "needs a cpu slot with label a100; none of the 2 living cpu slots is so: the largest has 1 GiB, their labels are fast" },
        { "a label somebody has", Unit("u") with { Request = ResourceRequest.Of(1 << 20, ["fast"]) }, WaitReason.Queued, "queued: 1 units ahead on pool cpu, 1 of 2 slots busy" },
    };

    [Theory, MemberData(nameof(Waits))]
    public void Every_wait_has_a_reason_and_a_sentence(string because, WaitingUnit unit, WaitReason reason, string sentence)
    {
        var snapshot = Snapshot(Unit("ahead", seed: 0), unit with { Seed = 1 });
        snapshot = snapshot with
        {
            Running = [new("r", "r", "small", "host/cpu-0", "cpu", Now) { ClaimedAt = Now }],
            Tenants = [new("small", 1)],
            Slots = [TestPlans.Slot with { Fingerprint = "aaaa" }, TestPlans.Slot with { SlotId = "host/cpu-1", Fingerprint = "bbbb", Labels = ["fast"] }],
        };

        var wait = Scheduler.Rank(snapshot).Waits.Single(w => w.UnitId == "u");

        Assert.True((reason, sentence) == (wait.Reason, wait.Sentence), $"{because}: {wait}");
    }

    [Fact]
    public void A_slot_sees_offers_of_its_pool_and_of_its_numerics_only()
    {
        var alike = TestPlans.Slot with { Fingerprint = "aaaa" };
        var other = TestPlans.Slot with { SlotId = "host/cpu-1", Fingerprint = "bbbb" };
        var gpu = TestPlans.Slot with { SlotId = "host/gpu-0", Device = "cuda" };
        var ranking = Scheduler.Rank(Snapshot(
            Unit("held", seed: 0) with { Hold = WaitReason.NumericsMismatch, Fingerprint = "aaaa" }, Unit("free", seed: 1), Unit("gpu", seed: 2) with { Device = "cuda" })
            with
        { Slots = [alike, other, gpu] });

        Assert.Equal(["held", "free"], ranking.For(alike));
        Assert.Equal(["free"], ranking.For(other));
        Assert.Equal(["gpu"], ranking.For(gpu));
    }

    [Fact]
    public void A_quota_counts_what_is_offered_before()
    {
        var ranking = Scheduler.Rank(Snapshot(Unit("a", seed: 1), Unit("b", seed: 2), Unit("c", seed: 3))
            with
        { Tenants = [new("default", 2)] });

        Assert.Equal(["a", "b"], ranking.Offers.Select(o => o.UnitId));
    }

    [Fact]
    public void Without_any_slot_nothing_is_offered() =>
        Assert.Equal("needs a cpu slot; no slot lives", Scheduler.Rank(Snapshot(Unit("u")) with { Slots = [] }).Waits.Single().Sentence);

    [Fact]
    public void A_slot_sees_offers_that_it_has_the_memory_and_the_labels_for()
    {
        var (plain, good) = (TestPlans.Slot, TestPlans.Slot with { SlotId = "host/cpu-1", MemoryBytes = 8L << 30, Labels = ["a100", "nvlink"] });
        var ranking = Scheduler.Rank(Snapshot(
            Unit("big", seed: 0) with { Request = ResourceRequest.Of(4L << 30, []) },
            Unit("labelled", seed: 1) with { Request = ResourceRequest.Of(0, ["nvlink", "a100"]) },
            Unit("any", seed: 2)) with
        { Slots = [plain, good] });

        Assert.Equal(["any"], ranking.For(plain));
        Assert.Equal(["big", "labelled", "any"], ranking.For(good));
    }

    [Fact]
    public void A_kept_slot_takes_only_the_unit_it_is_kept_for_while_that_waits()
    {
        var ranking = Scheduler.Rank(Snapshot(Unit("first", seed: 0), Unit("awaited", seed: 1)));

        Assert.Equal(["awaited"], ranking.For(TestPlans.Slot with { KeptFor = "awaited" }));
        Assert.Equal(["first", "awaited"], ranking.For(TestPlans.Slot with { KeptFor = "gone" }));
    }

    private static FarmSnapshot Snapshot(params WaitingUnit[] waiting) => new(Now, waiting, [], [TestPlans.Slot]);

    private static WaitingUnit Unit(string id, int priority = 0, long seed = 0, int progress = 0, int arm = 0, int age = 0) => new(
        id, id, "default", progress == WaitingUnit.RetrainProgress ? UnitKind.Retrain : UnitKind.Search, progress == WaitingUnit.RetrainProgress ? 0 : progress,
        priority, seed, progress, arm, Now.AddSeconds(-age), Now, "cpu");
}
