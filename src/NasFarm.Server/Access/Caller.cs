namespace NasFarm.Server.Access;

/// <summary>Who asks, and what they may.</summary>
/// <param name="Id">Unique among callers: their operation ids are kept apart by it. Never a secret.</param>
/// <param name="Name">For people: in reports, pauses and the audit log.</param>
/// <param name="Roles">Role by tenant; <see cref="EveryTenant"/> stands for all of them.</param>
public sealed record Caller(string Id, string Name, IReadOnlyDictionary<string, Role> Roles)
{
    /// <summary>Stands for every tenant where one could be named.</summary>
    public const string EveryTenant = "*";

    /// <summary>The person at this machine, where a server on loopback asks nobody who they are.</summary>
    public static Caller LocalAdmin(string name) => new("local", name, new Dictionary<string, Role> { [EveryTenant] = Role.Admin });

    /// <summary>The higher one of the role there and the role everywhere. Null: none, and then the tenant does not exist for this caller.</summary>
    public Role? RoleIn(string tenant) => (Find(tenant), Find(EveryTenant)) switch
    {
        ({ } there, { } everywhere) => there > everywhere ? there : everywhere,
        var (there, everywhere) => there ?? everywhere,
    };

    /// <summary>Has at least this role there.</summary>
    public bool May(Role least, string tenant) => RoleIn(tenant) >= least;

    /// <summary>Has at least this role in every tenant, those to come included: what is the whole farm's asks for it.</summary>
    public bool MayEverywhere(Role least) => Find(EveryTenant) >= least;

    /// <summary>May know what is there.</summary>
    public bool Sees(string tenant) => May(Role.Viewer, tenant);

    /// <summary>Tenants of which this caller is at least that; <see cref="EveryTenant"/> among them when of all.</summary>
    public IEnumerable<string> TenantsWith(Role least) => Roles.Where(role => role.Value >= least).Select(role => role.Key);

    private Role? Find(string tenant) => Roles.TryGetValue(tenant, out var role) ? role : null;
}
