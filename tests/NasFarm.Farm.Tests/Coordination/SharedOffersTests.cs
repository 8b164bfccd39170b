using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Tests.Store;

namespace NasFarm.Farm.Tests.Coordination;

/// <summary>Slots that share a look do not all go for the same unit, and none is kept from any.</summary>
public sealed class SharedOffersTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_slot_is_sent_to_the_best_unit_that_no_other_was_sent_to()
    {
        var shared = Offers(units: 3, slots: 5);

        Assert.Equal(["u0", "u1", "u2"], shared.For(Slot(0)));
        Assert.Equal(["u1", "u2", "u0"], shared.For(Slot(1)));
        Assert.Equal(["u2", "u0", "u1"], shared.For(Slot(2)));
        // More slots than units: what another slot does not get is still to be had.
        Assert.Equal(["u0", "u1", "u2"], shared.For(Slot(3)));
    }

    [Fact]
    public void A_slot_that_is_kept_for_a_unit_goes_there_whoever_was_sent_to_it()
    {
        var shared = Offers(units: 3, slots: 2);

        Assert.Equal("u0", shared.For(Slot(0))[0]);
        Assert.Equal(["u0"], shared.For(Slot(1) with { KeptFor = "u0" }));
    }

    [Fact]
    public void An_older_look_sends_nobody_to_what_was_claimed_since()
    {
        var inHand = new UnitsInHand();
        var (first, second) = (Offers(3, 3, inHand), Offers(3, 3, inHand));
        Assert.Equal(["u0", "u1", "u2"], first.For(Slot(0)));

        inHand.Hold("host/cpu-0", "u1");   // somebody else had u0
        Assert.Equal(["u0", "u2", "u1"], second.For(Slot(1)));

        inHand.Hold("host/cpu-0", null);
        inHand.Hold("host/cpu-1", null);
        Assert.Equal(["u0", "u1", "u2"], second.For(Slot(2)));
    }

    [Fact]
    public void Nothing_fits_a_closed_slot() => Assert.Empty(Offers(units: 2, slots: 1).For(Slot(0) with { Closed = new("cordoned", null) }));

    private static SlotInfo Slot(int number) => TestPlans.Slot with { SlotId = $"host/cpu-{number}" };

    private static SharedOffers Offers(int units, int slots, UnitsInHand? inHand = null)
    {
        var snapshot = new FarmSnapshot(Now,
            [.. Enumerable.Range(0, units).Select(n => new WaitingUnit($"u{n}", $"run{n}", "default", UnitKind.Search, 0, 0, n, 0, 0, Now, Now, "cpu", null, null, null))],
            [], [.. Enumerable.Range(0, slots).Select(Slot)]);
        return new(snapshot, Scheduler.Rank(snapshot), inHand ?? new());
    }
}
