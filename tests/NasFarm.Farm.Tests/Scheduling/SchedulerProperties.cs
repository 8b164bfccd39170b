using FsCheck;
using FsCheck.Fluent;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;
using static NasFarm.Farm.Tests.Scheduling.Farms;

namespace NasFarm.Farm.Tests.Scheduling;

/// <summary>What holds of every ranking, on farms drawn from bytes.</summary>
public sealed class SchedulerProperties
{
    [Fact]
    public void Every_waiting_unit_has_exactly_one_wait_and_an_offer_exactly_when_it_is_queued() => ForAllFarms(farm =>
    {
        var ranking = Scheduler.Rank(farm);
        Assert.Equal(farm.Waiting.Select(u => u.UnitId).Order(StringComparer.Ordinal), ranking.Waits.Select(w => w.UnitId).Order(StringComparer.Ordinal));
        Assert.Equal(ranking.Waits.Where(w => w.Reason == WaitReason.Queued).Select(w => w.UnitId).ToHashSet(), ranking.Offers.Select(o => o.UnitId).ToHashSet());
        Assert.All(ranking.Waits, w => Assert.True(w.Sentence.Length > 10, w.Sentence));
        Assert.All(ranking.Offers.GroupBy(o => o.Pool), pool => Assert.Equal(Enumerable.Range(1, pool.Count()), pool.Select(o => o.Rank)));
    });

    [Fact]
    public void What_a_slot_is_offered_fits_it_and_every_offer_fits_a_slot() => ForAllFarms(farm =>
    {
        var (ranking, units) = (Scheduler.Rank(farm), farm.Waiting.ToDictionary(u => u.UnitId));
        foreach (var slot in farm.Slots)
        {
            Assert.All(ranking.For(slot).Select(id => units[id]), unit =>
            {
                Assert.Equal(slot.Device, unit.Device);
                Assert.True(slot.MemoryBytes >= unit.Request.MemoryBytes && unit.Request.LabelList.All(slot.Labels.Contains));
                Assert.True(unit.Hold is null || unit.Fingerprint == slot.Fingerprint);
                Assert.True(unit.NotBefore <= farm.Now);
            });
        }
        Assert.All(ranking.Offers, offer => Assert.Contains(farm.Slots, offer.Fits));
    });

    [Fact]
    public void Equal_snapshots_give_equal_rankings_whatever_the_order_of_their_units() => ForAllFarms(farm =>
    {
        var (one, other) = (Scheduler.Rank(farm), Scheduler.Rank(farm with { Waiting = [.. farm.Waiting.Reverse()], Running = [.. farm.Running.Reverse()] }));
        Assert.Equal(one.Offers, other.Offers);
        Assert.Equal(one.Preemptions, other.Preemptions);
        Assert.Equal(one.Waits.OrderBy(w => w.UnitId), other.Waits.OrderBy(w => w.UnitId));
    });

    [Fact]
    public void Slots_that_free_up_one_by_one_leave_no_unit_that_fits() => ForAllFarms(farm =>
    {
        var turns = farm.Slots.Count * (farm.Waiting.Count + 1);
        farm = farm with { Running = [] };
        for (var turn = 0; turn < turns && farm.Slots.Count > 0; turn++)
        {
            var slot = farm.Slots[turn % farm.Slots.Count];
            if (Scheduler.Rank(farm).For(slot) is [var taken, ..])
                farm = farm with { Waiting = [.. farm.Waiting.Where(u => u.UnitId != taken)] };
        }
        var none = farm.Tenants.Where(t => t.Slots == 0).Select(t => t.Tenant).ToHashSet();
        Assert.DoesNotContain(farm.Waiting, unit =>
            unit.Hold is null && unit.NotBefore <= farm.Now && !none.Contains(unit.Tenant) && farm.Slots.Any(s => s.Device == unit.Device && unit.Request.Fits(s)));
    });

    [Fact]
    public void Slots_that_claim_what_they_are_offered_never_exceed_a_quota() => ForAllFarms(farm =>
    {
        var quotas = farm.Tenants.Where(t => t.Slots is not null).ToDictionary(t => t.Tenant, t => t.Slots!.Value);
        var before = farm.Running.CountBy(r => r.Tenant).ToDictionary();
        foreach (var slot in farm.Slots.Where(s => farm.Running.All(r => r.SlotId != s.SlotId)).ToList())
        {
            if (Scheduler.Rank(farm).For(slot) is not [var taken, ..])
                continue;
            var unit = farm.Waiting.Single(u => u.UnitId == taken);
            farm = farm with
            {
                Waiting = [.. farm.Waiting.Where(u => u != unit)],
                Running = [.. farm.Running, new(unit.UnitId, unit.RunId, unit.Tenant, slot.SlotId, unit.Device, Now) { SweepId = unit.SweepId, ClaimedAt = Now }],
            };
        }
        Assert.All(farm.Running.CountBy(r => r.Tenant).Where(r => quotas.ContainsKey(r.Key)), used =>
            Assert.InRange(used.Value, 0, Math.Max(quotas[used.Key], before.GetValueOrDefault(used.Key))));
    });

    [Fact]
    public void Victims_are_of_lower_priority_on_fitting_slots_and_each_is_asked_once() => ForAllFarms(farm =>
    {
        var ranking = Scheduler.Rank(farm);
        var (units, running) = (farm.Waiting.ToDictionary(u => u.UnitId), farm.Running.ToDictionary(r => r.UnitId));
        foreach (var preemption in ranking.Preemptions)
        {
            var (unit, victim) = (units[preemption.UnitId], running[preemption.VictimId]);
            Assert.True(victim.Priority < unit.Priority && victim.StopFor is null);
            Assert.True(Scheduler.OfferOf(unit, 1).Fits(farm.Slots.Single(s => s.SlotId == victim.SlotId)));
            Assert.True(victim.Tenant == unit.Tenant || ranking.Offers.Any(o => o.UnitId == unit.UnitId));
            Assert.Contains(farm.Sweeps, s => s.SweepId == unit.SweepId && s.Preemption);
        }
        Assert.Equal(ranking.Preemptions.Count, ranking.Preemptions.Select(p => p.VictimId).Distinct().Count());
        Assert.Equal(ranking.Preemptions.Count, ranking.Preemptions.Select(p => p.UnitId).Distinct().Count());
    });

    [Fact]
    public void A_hundred_thousand_units_are_ranked_in_their_sorts_comparisons()
    {
        var counting = new CountingOrder();
        const int units = 100_000;
        var waiting = Enumerable.Range(0, units).Select(n => Unit($"u{n * 7919L % units:D6}", $"s{n % 7}", $"t{n % 3}", n % 2, seed: n * 7919L % 5000, phase: n % 5, arm: n % 4)).ToList();
        var ranking = Scheduler.Rank(new(Now, waiting, [], SlotList(64)) { Times = [] }, counting);

        Assert.Equal(units, ranking.Offers.Count);
        Assert.Equal(units, ranking.Waits.Count);
        Assert.InRange(counting.Comparisons, units, 17L * units);   // n log2 n is 17 n; in 42 queues it was 12 n
    }

    private sealed class CountingOrder : IComparer<WaitingUnit>
    {
        public long Comparisons { get; private set; }

        public int Compare(WaitingUnit? a, WaitingUnit? b)
        {
            Comparisons++;
            return CohortOrder.Instance.Compare(a, b);
        }
    }

    private static void ForAllFarms(Action<FarmSnapshot> holds) =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => holds(Farm(bytes))).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithStartSize(8).WithEndSize(160));

    /// <summary>Two bytes make the farm, four a unit.</summary>
    private static FarmSnapshot Farm(byte[] bytes)
    {
        var (shape, rights) = bytes is [var a, var b, ..] ? (a, b) : (0, 0);
        var slots = Enumerable.Range(0, shape % 6).Select(n => Slot(n) with
        {
            Device = (shape >> n & 1) == 0 ? "cpu" : "cuda",
            MemoryBytes = (1 + n % 3) << 30,
            Labels = n % 2 == 0 ? [] : ["a100"],
            Fingerprint = n % 3 == 0 ? null : $"f{n % 3}",
            KeptFor = n == 4 ? "w3" : null,
        }).ToArray();
        var parts = bytes.Skip(2).Chunk(4).Where(c => c.Length == 4).Index().ToList();
        var (waiting, running) = (new List<WaitingUnit>(), new List<RunningUnit>());
        foreach (var (n, c) in parts)
        {
            var sweep = $"s{c[0] % 5}";
            var (tenant, priority, device) = ($"t{c[0] % 5 % 3}", c[0] % 5 % 2 * 3, c[1] % 3 == 0 ? "cuda" : "cpu");
            if (c[3] % 4 == 0 && running.Count < slots.Length)
            {
                var slot = slots[running.Count];
                running.Add(new($"r{n}", $"r{n}", tenant, slot.SlotId, slot.Device, Now.AddSeconds(9))
                {
                    Fence = 1, SweepId = sweep, Priority = priority, ClaimedAt = Now.AddMinutes(-c[1]), SavedAt = c[2] % 2 == 0 ? null : Now.AddMinutes(-c[1] / 2.0),
                    StopFor = c[2] % 9 == 0 ? "w1" : null, PreemptedAt = c[2] % 5 == 0 ? Now.AddMinutes(-c[2] % 20) : null,
                });
                continue;
            }
            waiting.Add(Unit($"w{n}", sweep, tenant, priority, seed: c[2] % 4, phase: c[2] / 4 % 3, arm: c[2] / 16 % 3) with
            {
                Device = device,
                NotBefore = Now.AddSeconds(c[3] % 7 == 1 ? 5 : 0),
                Request = ResourceRequest.Of(c[1] % 4 == 0 ? 2L << 30 : 0, c[1] % 5 == 0 ? ["a100"] : []),
                Hold = (c[3] % 11) switch { 1 => WaitReason.PlaceboSources, 2 => WaitReason.NumericsMismatch, _ => null },
                Fingerprint = c[3] % 2 == 0 ? "f1" : null,
                HoldText = c[3] % 11 == 2 ? "avx512" : null,
            });
        }
        return new(Now, waiting, running, slots)
        {
            Tenants = [new("t0", rights % 5), new("t1", null, 1 + rights % 3)],
            Sweeps = [.. Enumerable.Range(0, 5).Select(n => new SweepShare($"s{n}", $"t{n % 3}", 1 + n % 2, Preemption: (rights >> n & 1) == 1))],
            Past = [new("s0", "t0", "cpu", rights * 60), new("s4", "t1", "cuda", rights * 20)],
            Times = rights % 2 == 0 ? null : [new("", UnitKind.Search, "cpu", 60, 3)],
        };
    }
}
