using System.Globalization;

namespace NasFarm.Farm.Scheduling;

/// <summary>Counts slots against quotas while units get their places. A tenant is offered as many units as it has slots left, for each
/// kind of slot it asks for: whichever of them frees up first may be taken, and the claim counts again.</summary>
internal sealed class QuotaCount
{
    private readonly Dictionary<string, int> quotas;
    private readonly Dictionary<string, int> used;
    private readonly Dictionary<(string Tenant, string Pool, ResourceRequest Request), int> offered = [];

    public QuotaCount(FarmSnapshot snapshot)
    {
        quotas = snapshot.Tenants.Where(t => t.Slots is not null).ToDictionary(t => t.Tenant, t => t.Slots!.Value);
        used = snapshot.InUse.AggregateBy(use => use.Tenant, 0, (slots, use) => slots + use.Slots).ToDictionary();
    }

    public bool Admits(WaitingUnit unit)
    {
        if (!quotas.TryGetValue(unit.Tenant, out var quota))
            return true;
        var kind = (unit.Tenant, unit.Device, unit.Request);
        var ahead = offered.GetValueOrDefault(kind);
        if (used.GetValueOrDefault(unit.Tenant) + ahead >= quota)
            return false;
        offered[kind] = ahead + 1;
        return true;
    }

    public string Sentence(string tenant)
    {
        var (quota, now) = (quotas[tenant], used.GetValueOrDefault(tenant));
        return string.Create(CultureInfo.InvariantCulture,
            $"tenant {tenant} may use {quota} slots at once and uses {now}{(now < quota ? "; as many of its units as may follow stand before this one" : "")}");
    }
}
