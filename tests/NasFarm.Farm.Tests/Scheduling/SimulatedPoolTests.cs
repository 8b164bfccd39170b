using FsCheck;
using FsCheck.Fluent;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Tests.Scheduling;

/// <summary>What the rules come to over time.</summary>
public sealed class SimulatedPoolTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Units of 20 to 100 s, the same order of lengths for everybody.</summary>
    private static double Uneven(int n) => 20 + n * 37 % 80;

    /// <summary>A quarter of an hour of one of eight slots is 3.1 % of an hour of the pool.</summary>
    [Fact]
    public void Within_an_hour_tenants_have_their_weights_share_to_a_quarter_of_an_hour_of_one_slot() =>
        Prop.ForAll(Gen.Choose(1, 5).ListOf(3).ToArbitrary(), weights =>
        {
            var names = new[] { "ann", "bob", "cat" };
            var pool = new SimulatedPool(8, [.. names.Select(n => Endless(n, n))], [.. names.Zip(weights, (n, w) => new TenantShare(n, null, w))]);
            pool.Run(Hour);
            foreach (var (name, weight) in names.Zip(weights))
            {
                var share = pool.SlotSeconds(name) / names.Sum(pool.SlotSeconds);
                Assert.InRange(share - (double)weight / weights.Sum(), -0.035, 0.035);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5));

    [Fact]
    public void Within_an_hour_sweeps_of_a_tenant_have_their_weights_share_to_two_percent()
    {
        var pool = new SimulatedPool(8, [Endless("s1", "ann") with { Weight = 3 }, Endless("s2", "ann")], []);
        pool.Run(Hour);
        Assert.InRange(pool.SlotSeconds("s1") / pool.SlotSeconds("ann"), 0.73, 0.77);
    }

    [Fact]
    public void Units_of_unequal_length_do_not_change_the_shares_by_more_than_five_percent()
    {
        var pool = new SimulatedPool(8, [Endless("long", "ann") with { Seconds = _ => 300 }, Endless("short", "bob") with { Seconds = _ => 15 }], []);
        pool.Run(Hour);
        Assert.InRange(pool.SlotSeconds("ann") / (pool.SlotSeconds("ann") + pool.SlotSeconds("bob")), 0.45, 0.55);
    }

    [Fact]
    public void Whoever_comes_after_an_hour_has_every_slot_for_twenty_minutes_and_half_of_them_after_forty()
    {
        var pool = new SimulatedPool(4, [Endless("s1", "ann"), Endless("s2", "bob") with { After = Hour }], []);
        pool.Run(Hour);
        Assert.Equal(0, pool.SlotSeconds("bob"));

        var twenty = Between(pool, Hour + TimeSpan.FromMinutes(3), Hour + TimeSpan.FromMinutes(20));
        var later = Between(pool, Hour + TimeSpan.FromMinutes(40), 2 * Hour);

        Assert.InRange(twenty, 0.95, 1);
        Assert.InRange(later, 0.45, 0.55);
    }

    /// <summary>Bob's share of what was used between two times.</summary>
    private static double Between(SimulatedPool pool, TimeSpan from, TimeSpan to)
    {
        pool.Run(from);
        var (bob, all) = (pool.SlotSeconds("bob"), pool.SlotSeconds("ann") + pool.SlotSeconds("bob"));
        pool.Run(to);
        return (pool.SlotSeconds("bob") - bob) / (pool.SlotSeconds("ann") + pool.SlotSeconds("bob") - all);
    }

    [Fact]
    public void Everything_ends_and_no_more_seeds_are_open_than_there_are_slots() =>
        Prop.ForAll(Gen.Choose(1, 6).ListOf(4).ToArbitrary(), size =>
        {
            var (slots, arms, phases, length) = (size[0], size[1], size[2], size[3]);
            var sweep = new SimulatedSweep("s1", "ann", Seeds: 12, arms, phases, n => 10 + n * length * 7 % 60);
            var pool = new SimulatedPool(slots, [sweep], []);
            var most = 0;
            pool.Run(TimeSpan.FromDays(10), () => most = Math.Max(most, pool.OpenSeeds("s1")));

            Assert.True(pool.IsIdle && pool.Waiting.Count == 0, $"{pool.Waiting.Count} units never ran");
            Assert.InRange(most, 1, slots);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(12));

    [Fact]
    public void Units_of_one_length_keep_at_most_one_seed_more_open_than_fills_the_slots()
    {
        var pool = new SimulatedPool(4, [new SimulatedSweep("s1", "ann", Seeds: 10, Arms: 3, Phases: 3, _ => 60)], []);
        var most = 0;
        pool.Run(TimeSpan.FromDays(10), () => most = Math.Max(most, pool.OpenSeeds("s1")));
        Assert.InRange(most, 2, 3);   // 4 slots / 3 arms
    }

    [Fact]
    public void A_quota_is_never_exceeded_and_the_others_take_the_rest()
    {
        var pool = new SimulatedPool(6, [Endless("ann", "ann"), Endless("bob", "bob")], [new("ann", 2, 5)]);
        var (ann, bob) = (0, 0);
        pool.Run(Hour / 4, () =>
        {
            (ann, bob) = (Math.Max(ann, pool.InUse.GetValueOrDefault("ann")), Math.Max(bob, pool.InUse.GetValueOrDefault("bob")));
            Assert.InRange(pool.InUse.Values.Sum(), 0, 6);
        });
        Assert.Equal((2, 4), (ann, bob));
    }

    [Fact]
    public void A_higher_priority_is_served_alone_within_its_tenant_until_it_is_done()
    {
        var pool = new SimulatedPool(4, [Endless("low", "ann"), new SimulatedSweep("high", "ann", 5, 2, 2, Uneven, Priority: 1)], []);
        pool.Run(TimeSpan.FromSeconds(200), () =>
        {
            if (pool.Waiting.Any(w => w.SweepId == "high"))
                Assert.Equal(0, pool.SlotSeconds("low"));
        });
        Assert.True(pool.SlotSeconds("high") > 0);
    }

    private static SimulatedSweep Endless(string id, string tenant) => new(id, tenant, Seeds: 8, Arms: 2, Phases: 200, Uneven);
}
