namespace NasFarm.Server.Access;

/// <summary>Why a request is not done.</summary>
public enum Refusal
{
    /// <summary>There is no such thing, or it is another tenant's: nobody learns which.</summary>
    NotFound,

    /// <summary>The caller may see it and may not do that to it.</summary>
    Forbidden,

    /// <summary>The request itself is wrong.</summary>
    Invalid,

    /// <summary>The request is right, and something stands in its way.</summary>
    Conflict,
}

/// <summary>A request is not done, and nothing has changed. The message is a sentence for whoever asked.</summary>
/// <param name="kind">Why.</param>
/// <param name="code">Stable name of the reason, for programs.</param>
/// <param name="sentence">What is wrong and what would be right.</param>
public sealed class RefusedException(Refusal kind, string code, string sentence) : Exception(sentence)
{
    /// <summary>Why.</summary>
    public Refusal Kind => kind;

    /// <summary>Stable kebab-case name, e.g. <c>no-such-sweep</c>.</summary>
    public string Code => code;

    internal static RefusedException NoSuch(string what, string id) => new(Refusal.NotFound, $"no-such-{what}", $"There is no {what} '{Short(id)}'.");

    internal static RefusedException NeedsRole(Caller caller, Role least, string tenant) => new(Refusal.Forbidden, "forbidden",
        $"{caller.Name} is {caller.RoleIn(tenant)?.ToString().ToLowerInvariant() ?? "nothing"} in {Tenant(tenant)}; this takes the role {least.ToString().ToLowerInvariant()} there.");

    internal static RefusedException Invalid(string code, string sentence) => new(Refusal.Invalid, code, sentence);

    /// <summary>What a caller gave, as far as a sentence should repeat it.</summary>
    internal static string Short(string given) => given.Length <= 80 ? given : string.Concat(given.AsSpan(0, 79), "…");

    private static string Tenant(string tenant) => tenant == Caller.EveryTenant ? "the whole farm" : $"tenant '{Short(tenant)}'";
}
