using NasFarm.Farm.Scheduling;
using static NasFarm.Farm.Tests.Scheduling.Farms;

namespace NasFarm.Farm.Tests.Scheduling;

public sealed class FairShareTests
{
    [Fact]
    public void Tenants_of_equal_weight_take_turns()
    {
        var snapshot = new FarmSnapshot(Now, [.. Units(3, "s1", "ann"), .. Units(3, "s2", "bob")], [], SlotList(1));
        Assert.Equal(["s1-00", "s2-00", "s1-01", "s2-01", "s1-02", "s2-02"], Order(snapshot));
    }

    [Fact]
    public void A_weight_of_three_takes_three_places_of_four()
    {
        var snapshot = new FarmSnapshot(Now, [.. Units(9, "s1", "ann"), .. Units(9, "s2", "bob")], [], SlotList(1)) { Tenants = [new("bob", null, 3)] };
        Assert.Equal(6, Order(snapshot).Take(8).Count(u => u.StartsWith("s2", StringComparison.Ordinal)));
    }

    [Fact]
    public void Slots_in_use_count_against_a_tenant()
    {
        var snapshot = new FarmSnapshot(Now, [.. Units(4, "s1", "ann"), .. Units(4, "s2", "bob")],
            [Running("a", 0, "s1", "ann", minutes: 0), Running("b", 1, "s1", "ann", minutes: 0)], SlotList(4));
        Assert.Equal(["s2-00", "s2-01", "s1-00"], Order(snapshot).Take(3));
    }

    [Fact]
    public void Use_of_the_last_hour_is_paid_back_and_older_use_is_forgiven()
    {
        var snapshot = new FarmSnapshot(Now, [.. Units(8, "s1", "ann"), .. Units(8, "s2", "bob")], [], SlotList(4));

        Assert.All(Order(snapshot with { Past = [Used("s1", "ann", hoursAgo: 0)] }).Take(8), u => Assert.StartsWith("s2", u));
        Assert.Equal(["s2-00", "s1-00", "s2-01", "s1-01"], Order(snapshot with { Past = [Used("s1", "ann", hoursAgo: 12)] }).Take(4));

        static PastUse Used(string sweep, string tenant, int hoursAgo)
        {
            var (end, slots) = (Now.AddHours(-hoursAgo), 4);
            var landmark = DecayedUse.Landmark(end.AddHours(-8));
            return new(sweep, tenant, "cpu", slots * DecayedUse.At(DecayedUse.Scaled(end.AddHours(-8), end, landmark), landmark, Now));
        }
    }

    [Fact]
    public void A_sweep_of_higher_priority_goes_before_every_other_of_its_tenant_and_of_no_other_tenant()
    {
        var snapshot = new FarmSnapshot(Now, [.. Units(2, "s1", "ann"), .. Units(2, "s2", "ann", priority: 5), .. Units(2, "s3", "bob")], [], SlotList(1));
        Assert.Equal(["s2-00", "s3-00", "s2-01", "s3-01", "s1-00", "s1-01"], Order(snapshot));
    }

    [Fact]
    public void Sweeps_of_one_tenant_and_priority_share_by_weight_and_the_older_goes_first()
    {
        var snapshot = new FarmSnapshot(Now, [.. Units(3, "s1"), .. Units(6, "s2")], [], SlotList(1)) { Sweeps = [new("s2", "default", 2), new("s1", "default")] };
        Assert.Equal(["s2-00", "s1-00", "s2-01", "s2-02", "s1-01", "s2-03"], Order(snapshot).Take(6));
    }

    [Fact]
    public void Pools_are_shared_by_themselves()
    {
        var gpu = Slot(9) with { Device = "cuda" };
        var snapshot = new FarmSnapshot(Now,
            [.. Units(2, "s1", "ann").Select(u => u with { Device = "cuda" }), .. Units(2, "s2", "bob").Select(u => u with { Device = "cuda" })],
            [Running("a", 0, "s3", "ann"), Running("b", 1, "s3", "ann")], [.. SlotList(2), gpu]);
        var ranking = Scheduler.Rank(snapshot);

        Assert.Equal(["s1-00", "s2-00", "s1-01", "s2-01"], ranking.For(gpu));
        Assert.Equal([1, 2, 3, 4], ranking.Offers.Select(o => o.Rank));
    }

    [Fact]
    public void Tenant_use_lists_who_uses_used_waits_or_has_a_quota()
    {
        var snapshot = new FarmSnapshot(Now, [Unit("w", "s3", "cat")], [Running("a", 0, "s1", "ann", minutes: 60)], SlotList(1)) { Tenants = [new("bob", 7, 2)], Past = [new("s4", "dan", "cpu", 3600)] };

        var use = TenantUse.Of(snapshot);

        Assert.Equal(["ann", "bob", "cat", "dan"], use.Select(u => u.Tenant));
        Assert.Equal((1, (int?)null, 1, 0.5), (use[0].Slots, use[0].Quota, use[0].Weight, Math.Round(use[0].Lately, 9)));
        Assert.Equal((0, (int?)7, 2), (use[1].Slots, use[1].Quota, use[1].Weight));
        Assert.Equal(Math.Log(2), use[3].Lately, 9);
    }

    private static IEnumerable<string> Order(FarmSnapshot snapshot) => Scheduler.Rank(snapshot).Offers.Select(o => o.UnitId);
}
