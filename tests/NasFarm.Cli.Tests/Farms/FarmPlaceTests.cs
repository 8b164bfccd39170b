using NasFarm.Cli.Farms;
using NasFarm.Cli.Remote;

namespace NasFarm.Cli.Tests.Farms;

/// <summary>Which farm a command asks.</summary>
public sealed class FarmPlaceTests
{
    private const string Near = "http://127.0.0.1:1", Far = "https://farm.lab";

    public static TheoryData<string, string?, string?, string?, string, string> Cases => new()
    {
        // because, --home, --store, --server, environment, expected
        { "nothing is named: the store here", null, null, null, "", "store " },
        { "the option names a server", null, null, Far, "", "server https://farm.lab kept" },
        { "the option wins over the environment", null, null, Far, $"NASFARM_SERVER={Near}", "server https://farm.lab kept" },
        { "the environment names a server", null, null, null, $"NASFARM_SERVER={Near}", "server http://127.0.0.1:1 " },
        { "a server in the environment wins over a home there", null, null, null, $"NASFARM_SERVER={Near} NASFARM_HOME=/h", "server http://127.0.0.1:1 " },
        { "an option names a store", "/h", null, null, $"NASFARM_SERVER={Near}", "store /h" },
        { "an option names a database", null, "postgres://u@h/d", null, $"NASFARM_SERVER={Near}", "store postgres://u@h/d" },
        { "the token in the environment wins over the kept one", null, null, Far, "NASFARM_TOKEN=mine", "server https://farm.lab mine" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Choose(string because, string? home, string? store, string? server, string environment, string expected) =>
        Assert.True(expected == Text(home, store, server, environment, null), $"{because}: {Text(home, store, server, environment, null)}");

    [Fact]
    public void A_default_login_counts_when_nothing_else_is_named()
    {
        Assert.Equal("server https://farm.lab kept by default", Text(null, null, null, "", Far));
        Assert.Equal("store ", Text(null, null, null, "NASFARM_HOME=/h", Far));
        Assert.Equal("server http://127.0.0.1:1 ", Text(null, null, null, $"NASFARM_SERVER={Near}", Far));
    }

    [Fact]
    public void Plain_http_beyond_this_machine_is_taken_from_whoever_says_so() =>
        Assert.Equal("server http://farm.lab ", Text(null, null, "http://farm.lab", "NASFARM_PLAIN_HTTP=1", null));

    private static string Text(string? home, string? store, string? server, string environment, string? usual)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(pair => pair.Split('=')[0], pair => pair.Split('=')[1]);
        var place = FarmPlace.Choose(home, store, server, variables.GetValueOrDefault, () => new(usual, new Dictionary<string, Login> { [Far] = new("kept", PlainHttp: false) }));
        return place switch
        {
            FarmPlace.Server at => $"server {at.Address} {at.Token}{(at.IsDefault ? " by default" : "")}",
            FarmPlace.Local local => $"store {local.Home.Server ?? (home is null ? "" : local.Home.Folder)}",
            _ => place.ToString(),
        };
    }
}
