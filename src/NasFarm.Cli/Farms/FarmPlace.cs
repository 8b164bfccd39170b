using NasFarm.Cli.Remote;

namespace NasFarm.Cli.Farms;

/// <summary>Where a command finds its farm.</summary>
internal abstract record FarmPlace
{
    /// <summary>Environment variable with the address of a server.</summary>
    public const string ServerVariable = "NASFARM_SERVER";

    /// <summary>Environment variable with the token for it.</summary>
    public const string TokenVariable = "NASFARM_TOKEN";

    /// <summary>Environment variable: <c>1</c> sends tokens over plain http beyond this machine.</summary>
    public const string PlainHttpVariable = "NASFARM_PLAIN_HTTP";

    private FarmPlace() { }

    /// <summary>A store that this program opens.</summary>
    public sealed record Local(FarmHome Home) : FarmPlace;

    /// <summary>A server.</summary>
    /// <param name="Address">Where it is.</param>
    /// <param name="Token">What proves who asks; null: nothing does.</param>
    /// <param name="IsDefault">Nobody named it for this command: 'nasfarm login --default' did once.</param>
    public sealed record Server(ServerAddress Address, string? Token, bool IsDefault) : FarmPlace
    {
        /// <summary>Nothing is asked yet.</summary>
        public ServerAccess Open() => new(new(Address, Token, TimeProvider.System));
    }

    /// <summary>Decides, in this order: <c>--server</c>; <c>--home</c> or <c>--store</c>; NASFARM_SERVER; NASFARM_HOME or NASFARM_STORE; the default that a login
    /// was asked to be; the folder <c>.nasfarm</c> here. Throws <see cref="InputException"/> for a contradiction or an address that cannot be.</summary>
    /// <param name="home">Given folder.</param>
    /// <param name="store">Given address of a store.</param>
    /// <param name="server">Given address of a server.</param>
    /// <param name="variable">Environment; null or empty: not set.</param>
    /// <param name="logins">What is kept; asked only when it counts.</param>
    public static FarmPlace Choose(string? home, string? store, string? server, Func<string, string?> variable, Func<Logins> logins)
    {
        if (server is not null && (home is not null || store is not null))
            throw new InputException($"--server and {(home is not null ? "--home" : "--store")} name two farms; name one of them.");
        if (server is not null)
            return At(ServerAddress.Parse(server, "--server"), variable, logins());
        if (home is not null || store is not null)
            return new Local(FarmHome.Of(home, store));
        if (Set(ServerVariable) is { } named)
            return At(ServerAddress.Parse(named, ServerVariable), variable, logins());
        if (Set(FarmHome.Variable) is null && Set(FarmHome.StoreVariable) is null && logins() is { Default: { } usual } kept)
            return At(ServerAddress.Parse(usual, "the default login"), variable, kept) with { IsDefault = true };
        return new Local(FarmHome.Of(null, null));

        string? Set(string name) => variable(name) is { Length: > 0 } value ? value : null;
    }

    private static Server At(ServerAddress address, Func<string, string?> variable, Logins logins)
    {
        var login = logins.Servers.GetValueOrDefault(address.ToString());
        if (address.IsPlain && login is not { PlainHttp: true } && variable(PlainHttpVariable) != "1")
            throw address.PlainRefusal();
        return new(address, variable(TokenVariable) is { Length: > 0 } token ? token : login?.Token, IsDefault: false);
    }
}
