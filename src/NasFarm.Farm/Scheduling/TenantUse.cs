namespace NasFarm.Farm.Scheduling;

/// <summary>What a tenant may use and uses, over all pools.</summary>
/// <param name="Slots">In use now.</param>
/// <param name="Quota">Slots at once; null: any number.</param>
/// <param name="Lately">Slots in use on the average of the recent past (<see cref="DecayedUse"/>).</param>
public sealed record TenantUse(string Tenant, int Slots, int? Quota, int Weight, double Lately)
{
    /// <summary>Every tenant that has a quota or a weight, or that uses or used something.</summary>
    public static IReadOnlyList<TenantUse> Of(FarmSnapshot snapshot)
    {
        var (use, shares) = (new PoolUse(snapshot), snapshot.Tenants.ToDictionary(t => t.Tenant));
        var names = shares.Keys.Concat(snapshot.Running.Select(r => r.Tenant)).Concat(snapshot.Past.Select(p => p.Tenant)).Concat(snapshot.Waiting.Select(w => w.Tenant));
        var pools = snapshot.Running.Select(r => r.Device).Concat(snapshot.Past.Select(p => p.Device)).Distinct().ToList();
        return [.. names.Distinct().Order(StringComparer.Ordinal).Select(name =>
        {
            var share = shares.GetValueOrDefault(name) ?? new(name);
            var accounts = pools.Select(pool => use.Tenant(pool, name)).ToList();
            return new TenantUse(name, accounts.Sum(a => a.Slots), share.Slots, share.Weight, DecayedUse.MeanSlots(accounts.Sum(a => a.SlotSeconds)));
        })];
    }
}
