namespace NasFarm.Farm.Scheduling;

/// <summary>The order of one pool. Hierarchical weighted fair share, as Slurm's fair tree descends: the tenant that has least per weight is
/// next; of its sweeps those of the highest priority, and of these the one that has least per weight; of its units the first of the cohort
/// order. What a queue has is what it has used lately (<see cref="DecayedUse"/>), which pays back who waited, and a quarter of an hour for each
/// slot it uses now, which keeps shares right from one moment to the next. Each unit that gets its place counts as a slot in use for the
/// next.</summary>
internal static class FairShare
{
    /// <param name="units">Units of one pool that some slot could run, in any order.</param>
    /// <param name="pool">Device kind.</param>
    /// <param name="use">What everybody uses; grows by each unit placed.</param>
    /// <param name="sweeps">Sweeps in the order in which equals are served.</param>
    /// <param name="admits">Asked once of each unit at its turn; a refused one takes no place and costs nothing.</param>
    /// <param name="order">Order inside a sweep.</param>
    public static IEnumerable<WaitingUnit> Order(
        IEnumerable<WaitingUnit> units, string pool, PoolUse use, IReadOnlyList<SweepShare> sweeps, Func<WaitingUnit, bool> admits,
        IComparer<WaitingUnit> order)
    {
        var age = sweeps.Index().ToDictionary(s => s.Item.SweepId, s => s.Index);
        var line = new Line<TenantQueue>();
        foreach (var (number, tenant) in units.GroupBy(u => u.Tenant).OrderBy(g => g.Key, StringComparer.Ordinal).Index())
            line.Add(new(number, use.Tenant(pool, tenant.Key), tenant, sweep => (age.GetValueOrDefault(sweep, int.MaxValue), use.Sweep(pool, sweep)), order));
        while (line.Next() is { } tenant)
        {
            if (tenant.Take(admits) is not { } unit)
                continue;
            yield return unit;
            line.Add(tenant);
        }
    }

    /// <summary>A queue in a line.</summary>
    private abstract class Member(int number, Account account)
    {
        public Account Account => account;

        /// <summary>Least per weight first; of equals the one with the lower number.</summary>
        public (double Charge, int Number) Place => (account.Charge, number);
    }

    /// <summary>Members by their place at the moment they joined.</summary>
    private sealed class Line<T> where T : Member
    {
        private readonly PriorityQueue<T, (double, int)> members = new();

        public void Add(T member) => members.Enqueue(member, member.Place);

        public T? Next() => members.TryDequeue(out var member, out _) ? member : null;
    }

    private sealed class SweepQueue(int number, Account account, IEnumerable<WaitingUnit> units) : Member(number, account)
    {
        public Queue<WaitingUnit> Units { get; } = new(units);
    }

    private sealed class TenantQueue : Member
    {
        private readonly Queue<Line<SweepQueue>> classes = [];

        public TenantQueue(
            int number, Account account, IEnumerable<WaitingUnit> units, Func<string, (int Age, Account Account)> sweepOf, IComparer<WaitingUnit> order)
            : base(number, account)
        {
            // Strict priority: a class is served when the one above it is empty.
            foreach (var priority in units.GroupBy(u => u.Priority).OrderByDescending(g => g.Key))
            {
                var line = new Line<SweepQueue>();
                var sweeps = priority.GroupBy(u => u.SweepId).OrderBy(s => sweepOf(s.Key).Age).ThenBy(s => s.Key, StringComparer.Ordinal);
                foreach (var (position, sweep) in sweeps.Index())
                    line.Add(new(position, sweepOf(sweep.Key).Account, sweep.Order(order)));
                classes.Enqueue(line);
            }
        }

        /// <summary>The next unit that is admitted, charged to its sweep and tenant; null: no more.</summary>
        public WaitingUnit? Take(Func<WaitingUnit, bool> admits)
        {
            while (classes.TryPeek(out var line))
            {
                if (line.Next() is not { } sweep)
                {
                    classes.Dequeue();
                    continue;
                }
                while (sweep.Units.TryDequeue(out var unit))
                {
                    if (!admits(unit))
                        continue;
                    (Account.Slots, sweep.Account.Slots) = (Account.Slots + 1, sweep.Account.Slots + 1);
                    line.Add(sweep);
                    return unit;
                }
            }
            return null;
        }
    }
}
