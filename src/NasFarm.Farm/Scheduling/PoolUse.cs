namespace NasFarm.Farm.Scheduling;

/// <summary>What tenants and sweeps use of each pool, now and in the recent past.</summary>
internal sealed class PoolUse
{
    private readonly Dictionary<(string Pool, string Tenant), Account> tenants = [];
    private readonly Dictionary<(string Pool, string SweepId), Account> sweeps = [];
    private readonly Dictionary<string, int> tenantWeights;
    private readonly Dictionary<string, int> sweepWeights;

    public PoolUse(FarmSnapshot snapshot)
    {
        tenantWeights = snapshot.Tenants.ToDictionary(t => t.Tenant, t => t.Weight);
        sweepWeights = snapshot.Sweeps.ToDictionary(s => s.SweepId, s => s.Weight);
        foreach (var past in snapshot.Past)
        {
            Tenant(past.Device, past.Tenant).SlotSeconds += past.SlotSeconds;
            Sweep(past.Device, past.SweepId).SlotSeconds += past.SlotSeconds;
        }
        foreach (var use in snapshot.InUse)
        {
            foreach (var account in new[] { Tenant(use.Device, use.Tenant), Sweep(use.Device, use.SweepId) })
                (account.Slots, account.SlotSeconds) = (account.Slots + use.Slots, account.SlotSeconds + use.SlotSeconds);
        }
    }

    public Account Tenant(string pool, string tenant) => Of(tenants, (pool, tenant), tenantWeights.GetValueOrDefault(tenant, 1));

    public Account Sweep(string pool, string sweepId) => Of(sweeps, (pool, sweepId), sweepWeights.GetValueOrDefault(sweepId, 1));

    private static Account Of(Dictionary<(string, string), Account> accounts, (string, string) key, int weight)
    {
        if (!accounts.TryGetValue(key, out var account))
            accounts.Add(key, account = new(weight));
        return account;
    }
}

/// <summary>One tenant's or sweep's use of one pool.</summary>
internal sealed class Account(int weight)
{
    /// <summary>What a slot in use counts beside what it has used: it will probably be in use so much longer. Much less than a unit takes
    /// would hand all slots to one side before its use shows; much more would keep rounded shares for hours.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(15);

    /// <summary>In use now; the ranking adds what it has offered.</summary>
    public int Slots { get; set; }

    /// <summary>Decayed use.</summary>
    public double SlotSeconds { get; set; }

    /// <summary>Slot-seconds per weight, used and to be used: who has the lowest is next.</summary>
    public double Charge => (SlotSeconds + Slots * Ahead.TotalSeconds) / weight;

    /// <summary>Slots per weight now, after so many more.</summary>
    public double SlotsPerWeight(int more) => (Slots + more) / (double)weight;
}
