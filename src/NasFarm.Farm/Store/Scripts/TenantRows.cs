using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Quotas and weights of tenants.</summary>
internal static class TenantRows
{
    public static void Set(SqlSession sql, TenantShare share) => sql.Post(
        """
        INSERT INTO tenant (tenant, slots, weight) VALUES (@tenant, @slots, @weight)
        ON CONFLICT (tenant) DO UPDATE SET slots = excluded.slots, weight = excluded.weight
        """, ("@tenant", share.Tenant), ("@slots", (long?)share.Slots), ("@weight", (long)share.Weight));

    public static IReadOnlyList<TenantShare> List(SqlSession sql) => Ask(sql).Rows;

    public static Asked<TenantShare> Ask(SqlSession sql) => sql.Ask("SELECT tenant, slots, weight FROM tenant ORDER BY tenant",
        row => new TenantShare(row.Must("tenant"), (int?)row.LongOrNull("slots"), row.Int("weight")));

    /// <summary>What a quota says to a claim.</summary>
    public enum Admission { Admitted, QuotaUsed, AnotherClaimWasFirst }

    /// <summary>Those units whose tenant has a quota.</summary>
    public static HashSet<string> Limited(SqlSession sql, IReadOnlyList<string> unitIds) =>
        AskQuotas(sql).Rows is [] ? [] : [.. sql.QueryEach(
            "SELECT u.unit_id FROM unit u JOIN seed_run r ON r.run_id = u.run_id JOIN tenant t ON t.tenant = r.tenant WHERE u.unit_id IN (@ids) AND t.slots IS NOT NULL",
            unitIds, row => row.Must("unit_id"))];

    /// <summary>Asks for a tenant that has a quota.</summary>
    public static Asked<string> AskQuotas(SqlSession sql) => sql.Ask("SELECT tenant FROM tenant WHERE slots IS NOT NULL LIMIT 1", row => row.Must("tenant"));

    /// <summary>Counts the running units of the unit's tenant against its quota. The tenant's row is locked to the end of the
    /// transaction, so that of two claims the second counts the first; a quota that is plainly used up is not locked.</summary>
    public static Admission Admits(SqlSession sql, string unitId)
    {
        var limit = sql.First(
            "SELECT t.tenant, t.slots FROM unit u JOIN seed_run r ON r.run_id = u.run_id JOIN tenant t ON t.tenant = r.tenant WHERE u.unit_id = @unit AND t.slots IS NOT NULL",
            row => new { Tenant = row.Must("tenant"), Slots = row.Long("slots") }, ("@unit", unitId));
        if (limit is null)
            return Admission.Admitted;
        if (Running(sql, limit.Tenant) >= limit.Slots)
            return Admission.QuotaUsed;
        var slots = sql.Query($"SELECT slots FROM tenant WHERE tenant = @tenant{sql.Lock}", row => row.LongOrNull("slots"), ("@tenant", limit.Tenant)).Single();
        return slots is null || Running(sql, limit.Tenant) < slots ? Admission.Admitted : Admission.AnotherClaimWasFirst;
    }

    private static long Running(SqlSession sql, string tenant) => sql.Query(
        "SELECT COUNT(*) AS running FROM unit u JOIN seed_run r ON r.run_id = u.run_id WHERE u.state = 'running' AND r.tenant = @tenant",
        row => row.Long("running"), ("@tenant", tenant)).Single();
}
