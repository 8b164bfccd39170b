using System.Security.Claims;
using System.Text.Json;
using NasFarm.Server.Access;

namespace NasFarm.Server.Auth;

/// <summary>A caller as the claims of a principal, and back.</summary>
internal static class CallerClaims
{
    private const string Id = "nasfarm/id", Name = "nasfarm/name", RoleIn = "nasfarm/role";

    /// <summary>What ASP.NET carries for a caller. A role is written before its tenant, with a space between.</summary>
    public static ClaimsPrincipal Principal(this Caller caller, string scheme) => new(new ClaimsIdentity(
        [new(Id, caller.Id), new(Name, caller.Name), .. caller.Roles.Select(role => new Claim(RoleIn, $"{Tokens.Word(role.Value)} {role.Key}"))], scheme, Name, roleType: null));

    /// <summary>The caller of a principal. Null: nobody proved who they are.</summary>
    public static Caller? Caller(this ClaimsPrincipal principal)
    {
        if (principal.Identity is not { IsAuthenticated: true } || principal.FindFirst(Id)?.Value is not { } id)
            return null;
        var roles = new Dictionary<string, Role>(StringComparer.Ordinal);
        foreach (var claim in principal.FindAll(RoleIn))
        {
            if (claim.Value.Split(' ', 2) is [var word, var tenant] && Tokens.RoleOf(word) is { } role)
                roles[tenant] = role;
        }
        return new(id, principal.FindFirst(Name)?.Value ?? id, roles);
    }

    /// <summary>The caller of an accepted JSON Web Token. Null: its roles cannot be read.</summary>
    public static Caller? FromJwt(ClaimsPrincipal token, string rolesClaim)
    {
        if (token.FindFirst("sub")?.Value is not { Length: > 0 } subject || token.FindFirst(rolesClaim)?.Value is not { } given)
            return null;
        try
        {
            var words = JsonSerializer.Deserialize<Dictionary<string, string>>(given) ?? [];
            var roles = words.ToDictionary(word => word.Key, word => Tokens.RoleOf(word.Value));
            return roles.Values.Any(role => role is null) ? null
                : new($"jwt:{subject}", token.FindFirst("name")?.Value ?? subject, roles.ToDictionary(role => role.Key, role => role.Value!.Value));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
