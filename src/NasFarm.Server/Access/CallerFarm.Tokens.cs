using NasFarm.Farm.Store;
using NasFarm.Server.Auth;

namespace NasFarm.Server.Access;

/// <summary>A token without anything that could be used.</summary>
public sealed record ShownToken(
    string Id, string Name, string Tenant, string Role, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateOnly? UsedOn)
{
    internal static ShownToken Of(AccessToken token) =>
        new(token.TokenId, token.Name, token.Tenant, token.Role, token.CreatedAt, token.ExpiresAt, token.RevokedAt, token.UsedOn);
}

/// <summary>A token that was made just now: its text is shown this once.</summary>
public sealed record NewToken(string Text, ShownToken Token);

/// <summary>The log of what was asked.</summary>
/// <param name="Next">What to ask for after these; null: there are no more.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, string? Next);

/// <summary>Tokens and the log: an admin's, of the tenants that he is admin of.</summary>
public sealed partial class CallerFarm
{
    /// <summary>Tokens of the caller's tenants, the oldest first.</summary>
    public async Task<IReadOnlyList<ShownToken>> ListTokensAsync(CancellationToken cancel = default)
    {
        MustAdminister();
        return [.. (await farm.Store.ListTokensAsync(cancel)).Where(token => Administers(token.Tenant)).Select(ShownToken.Of)];
    }

    /// <summary>Makes a token. An admin of the tenant may; of every tenant's token, an admin of every tenant.</summary>
    /// <param name="name">For people: whose it is and what for.</param>
    /// <param name="tenant">Where it holds; <c>*</c>: everywhere.</param>
    /// <param name="role">What its owner may do there.</param>
    /// <param name="expires">Null: never.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<NewToken> CreateTokenAsync(string name, string tenant, Role role, DateTimeOffset? expires, CancellationToken cancel = default) =>
        RecordedAsync("create-token", tenant, name, null, async () =>
        {
            if (!Administers(tenant))
                throw RefusedException.NeedsRole(caller, Role.Admin, tenant);
            var issued = await Tokens.IssueAsync(farm.Store, name, tenant, role, expires, farm.Time, cancel);
            return new NewToken(issued.Text, ShownToken.Of(issued.Kept));
        }, cancel);

    /// <summary>Takes a token's worth away. An admin of its tenant may; to others it does not exist.</summary>
    public async Task<ShownToken> RevokeTokenAsync(string tokenId, CancellationToken cancel = default)
    {
        MustAdminister();
        if (!IsId(tokenId) || await farm.Store.FindTokenAsync(tokenId, cancel) is not { } token || !Administers(token.Tenant))
            throw RefusedException.NoSuch("token", tokenId);
        return await RecordedAsync("revoke-token", token.Tenant, tokenId, null,
            async () => ShownToken.Of(await farm.Store.RevokeTokenAsync(tokenId, cancel) ?? throw RefusedException.NoSuch("token", tokenId)), cancel);
    }

    /// <summary>What was asked, the newest first.</summary>
    public async Task<AuditPage> ReadAuditAsync(string? after = null, int? wanted = null, CancellationToken cancel = default)
    {
        MustAdminister();
        var limit = Paging.Limit(wanted);
        var entries = await farm.Store.ReadAuditAsync(
            caller.MayEverywhere(Role.Admin) ? null : [.. caller.TenantsWith(Role.Admin)], Paging.Before(after), limit + 1, cancel);
        return entries.Count <= limit ? new(entries, Next: null) : new([.. entries.Take(limit)], Paging.PlaceOf(entries[limit - 1]));
    }

    private bool Administers(string tenant) => tenant == Caller.EveryTenant ? caller.MayEverywhere(Role.Admin) : caller.May(Role.Admin, tenant);

    private void MustAdminister()
    {
        if (!caller.TenantsWith(Role.Admin).Any())
            throw new RefusedException(Refusal.Forbidden, "forbidden", $"{caller.Name} is admin of no tenant; this takes that.");
    }
}
