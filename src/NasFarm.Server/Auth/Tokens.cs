using NasFarm.Farm.Store;
using NasFarm.Server.Access;

namespace NasFarm.Server.Auth;

/// <summary>A token that was made just now.</summary>
/// <param name="Text">The whole token: this once, and never again.</param>
/// <param name="Kept">What the store keeps of it.</param>
public sealed record IssuedToken(string Text, AccessToken Kept);

/// <summary>Tokens of the store: made, shown without their secrets, and asked whose they are.</summary>
public static class Tokens
{
    private const int LongestName = 100;

    /// <summary>Makes a token and keeps its hash. Throws <see cref="RefusedException"/> for a name, tenant or age that cannot be.</summary>
    /// <param name="store">Where tokens are kept.</param>
    /// <param name="name">For people: whose it is and what for.</param>
    /// <param name="tenant">Where it holds; <c>*</c>: everywhere.</param>
    /// <param name="role">What its owner may do there.</param>
    /// <param name="expires">Null: never.</param>
    /// <param name="time">The clock that expiry is held against.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<IssuedToken> IssueAsync(
        IFarmStore store, string name, string tenant, Role role, DateTimeOffset? expires, TimeProvider time, CancellationToken cancel = default)
    {
        if (name.Length is 0 or > LongestName || name.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
            throw RefusedException.Invalid("bad-name", $"A token's name must be 1 to {LongestName} plain characters.");
        if (tenant.Length is 0 or > LongestName || !tenant.All(c => c is > ' ' and < (char)127))
            throw RefusedException.Invalid("bad-tenant", $"'{RefusedException.Short(tenant)}' is no tenant; it must be one as manifests name it in metadata.tenant, or *.");
        if (expires <= time.GetUtcNow())
            throw RefusedException.Invalid("bad-expiry", $"The token would expire at {expires:u}, which has passed.");
        var text = TokenText.Create();
        return new(text.Reveal(), await store.AddTokenAsync(new(text.Id, name, text.SecretHash, tenant, Word(role), expires), cancel));
    }

    /// <summary>Keeps the hash of a token that was made elsewhere. False: the store knows one of its id, which stays as it is, revoked or not.
    /// Throws <see cref="RefusedException"/> for a text that is no token, or that somebody might guess.</summary>
    /// <param name="store">Where tokens are kept.</param>
    /// <param name="text">The whole token.</param>
    /// <param name="name">For people: whose it is and what for.</param>
    /// <param name="tenant">Where it holds; <c>*</c>: everywhere.</param>
    /// <param name="role">What its owner may do there.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<bool> AdoptAsync(IFarmStore store, string text, string name, string tenant, Role role, CancellationToken cancel = default)
    {
        if (TokenText.Parse(text) is not { IsStrong: true } token)
            throw RefusedException.Invalid("bad-token", $"This is no token; one is {TokenText.Prefix}, at least 16 letters or digits, _, and at least 43 random ones.");
        if (await store.FindTokenAsync(token.Id, cancel) is not null)
            return false;
        await store.AddTokenAsync(new(token.Id, name, token.SecretHash, tenant, Word(role), null), cancel);
        return true;
    }

    /// <summary>Whose token a text is. Null: nobody's, or it has expired or was revoked.</summary>
    public static async Task<Caller?> FindAsync(IFarmStore store, string text, TimeProvider time, CancellationToken cancel = default) =>
        TokenText.Parse(text) is { } token && token.Id.All(char.IsAsciiLetterOrDigit) && await store.FindTokenAsync(token.Id, cancel) is { } kept && token.Fits(kept.SecretHash)
            ? await UseAsync(store, kept, time, cancel) : null;

    /// <summary>The same for a token that was shown before. Null: it has expired or was revoked since.</summary>
    public static async Task<Caller?> FindAgainAsync(IFarmStore store, string tokenId, TimeProvider time, CancellationToken cancel = default) =>
        await store.FindTokenAsync(tokenId, cancel) is { } kept ? await UseAsync(store, kept, time, cancel) : null;

    /// <summary>How a role is written: <c>viewer</c>, <c>submitter</c>, <c>operator</c> or <c>admin</c>.</summary>
    public static string Word(Role role) => role.ToString().ToLowerInvariant();

    /// <summary>The role of a word. Null: it is none.</summary>
    public static Role? RoleOf(string? word) => Enum.GetValues<Role>().Where(role => Word(role) == word).Select(role => (Role?)role).FirstOrDefault();

    private static async Task<Caller?> UseAsync(IFarmStore store, AccessToken kept, TimeProvider time, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        // A role that only a newer program knows opens nothing here.
        if (kept.RevokedAt is not null || kept.ExpiresAt <= now || RoleOf(kept.Role) is not { } role)
            return null;
        if (kept.UsedOn is not { } day || day < DateOnly.FromDateTime(now.UtcDateTime))
            await store.UseTokenAsync(kept.TokenId, cancel);
        return new(kept.TokenId, kept.Name, new Dictionary<string, Role> { [kept.Tenant] = role });
    }
}
