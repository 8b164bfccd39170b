namespace NasFarm.Farm.Store.Scripts;

/// <summary>Tokens, and the log of what was asked.</summary>
internal static class AccessRows
{
    public static AccessToken Add(SqlSession sql, AccessToken token)
    {
        sql.Post(
            """
            INSERT INTO access_token (token_id, name, secret_hash, tenant, role, created_at, expires_at)
            VALUES (@id, @name, @hash, @tenant, @role, @now, @expires) ON CONFLICT (token_id) DO NOTHING
            """,
            ("@id", token.TokenId), ("@name", token.Name), ("@hash", token.SecretHash), ("@tenant", token.Tenant), ("@role", token.Role),
            ("@now", sql.Now), ("@expires", token.ExpiresAt?.ToUnixTimeMilliseconds()));
        var kept = Find(sql, token.TokenId)!;
        return kept.SecretHash == token.SecretHash ? kept : throw new InvalidDataException($"There is a token '{token.TokenId}' already, with another secret.");
    }

    public static AccessToken? Find(SqlSession sql, string tokenId) => sql.First("SELECT * FROM access_token WHERE token_id = @id", Token, ("@id", tokenId));

    public static IReadOnlyList<AccessToken> List(SqlSession sql) => sql.Query("SELECT * FROM access_token ORDER BY created_at, token_id", Token);

    public static AccessToken? Revoke(SqlSession sql, string tokenId)
    {
        sql.Post("UPDATE access_token SET revoked_at = @now WHERE token_id = @id AND revoked_at IS NULL", ("@id", tokenId), ("@now", sql.Now));
        return Find(sql, tokenId);
    }

    public static void Use(SqlSession sql, string tokenId) => sql.Post(
        "UPDATE access_token SET used_day = @day WHERE token_id = @id AND (used_day IS NULL OR used_day < @day)",
        ("@id", tokenId), ("@day", sql.Now / (long)TimeSpan.FromDays(1).TotalMilliseconds));

    public static void Record(SqlSession sql, AuditEntry entry) => sql.Post(
        """
        INSERT INTO audit_entry (entry_id, at, who, tenant, verb, target, operation, outcome)
        VALUES (@id, @now, @who, @tenant, @verb, @target, @operation, @outcome) ON CONFLICT (entry_id) DO NOTHING
        """,
        ("@id", entry.EntryId), ("@now", sql.Now), ("@who", entry.Who), ("@tenant", entry.Tenant), ("@verb", entry.Verb), ("@target", entry.Target),
        ("@operation", entry.Operation), ("@outcome", entry.Outcome));

    public static IReadOnlyList<AuditEntry> Audit(SqlSession sql, IReadOnlyCollection<string>? tenants, long? before, int most)
    {
        const string columns = "SELECT * FROM audit_entry WHERE seq < @before";
        (string, object?)[] bounds = [("@before", before ?? long.MaxValue), ("@most", (long)most)];
        if (tenants is null)
            return sql.Query($"{columns} ORDER BY seq DESC LIMIT @most", Entry, bounds);
        return [.. tenants.Distinct().SelectMany(tenant => sql.Query($"{columns} AND tenant = @tenant ORDER BY seq DESC LIMIT @most", Entry, [.. bounds, ("@tenant", tenant)]))
            .OrderByDescending(entry => entry.Sequence).Take(most)];
    }

    public static IReadOnlyList<RunMetric>? Metrics(SqlSession sql, string runId, string? name, int most) =>
        !sql.Any("SELECT 1 FROM seed_run WHERE run_id = @run", ("@run", runId)) ? null : sql.Query(
            $"""
            SELECT m.unit_id, m.step, m.epoch, m.name, m.value, m.timing FROM unit u JOIN metric m ON m.unit_id = u.unit_id
             WHERE u.run_id = @run AND m.void = 0{(name is null ? "" : " AND m.name = @name")}
             ORDER BY u.kind DESC, u.phase, m.unit_id, m.step, m.name LIMIT @most
            """,
            row => new RunMetric(row.Must("unit_id"), row.Long("step"), row.Int("epoch"), row.Must("name"),
                row.Double("value") is var value && double.IsNaN(value) ? null : value, row.Flag("timing")),
            name is null ? [("@run", runId), ("@most", (long)most)] : [("@run", runId), ("@most", (long)most), ("@name", name)]);

    private static AccessToken Token(SqlRow row) => new(
        row.Must("token_id"), row.Must("name"), row.Must("secret_hash"), row.Must("tenant"), row.Must("role"), row.InstantOrNull("expires_at"))
    {
        CreatedAt = row.Instant("created_at"), RevokedAt = row.InstantOrNull("revoked_at"),
        UsedOn = row.LongOrNull("used_day") is { } day ? DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays((int)day) : null,
    };

    private static AuditEntry Entry(SqlRow row) => new(
        row.Must("entry_id"), row.Must("who"), row.Must("tenant"), row.Must("verb"), row.Must("target"), row.Text("operation"), row.Must("outcome"))
    { Sequence = row.Long("seq"), At = row.Instant("at") };
}
