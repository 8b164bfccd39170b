using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;

namespace NasFarm.Server.Tests.Auth;

/// <summary>Tokens: made, shown, used, run out.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private readonly TestFolder folder = new();
    private readonly ManualTime clock = new();
    private SqliteFarmStore store = null!;

    public async Task InitializeAsync() => store = await SqliteFarmStore.OpenAsync(folder.File("farm.db"), clock);

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public void A_token_reads_back_and_shows_its_secret_nowhere_else()
    {
        var token = TokenText.Create();

        Assert.Equal(token, TokenText.Parse(token.Reveal()));
        Assert.Matches("^nf_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$", token.Reveal());
        Assert.DoesNotContain(token.Secret, token.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(token.Secret, TokenText.Create().Secret);
        Assert.True(token.Fits(token.SecretHash));
        Assert.False(token.Fits(TokenText.Create().SecretHash));
        Assert.False(token.Fits(""));
    }

    [Theory, InlineData(""), InlineData("nf_"), InlineData("nf__x"), InlineData("nf_x_"), InlineData("nf_x"), InlineData("Nf_x_y"), InlineData("bearer nf_x_y")]
    public void What_is_no_token_is_none(string text) => Assert.Null(TokenText.Parse(text));

    [Fact]
    public async Task A_token_made_elsewhere_is_taken_once_and_a_revoked_one_stays_revoked()
    {
        var made = TokenText.Create();

        Assert.True(await Tokens.AdoptAsync(store, made.Reveal(), "made at installation", "*", Role.Admin));
        Assert.Equal(Role.Admin, (await Tokens.FindAsync(store, made.Reveal(), clock))!.RoleIn("lab"));
        await store.RevokeTokenAsync(made.Id);

        Assert.False(await Tokens.AdoptAsync(store, made.Reveal(), "made at installation", "*", Role.Admin));
        Assert.Null(await Tokens.FindAsync(store, made.Reveal(), clock));
    }

    [Theory, InlineData(""), InlineData("changeme"), InlineData("nf_0123456789abcdef_short"), InlineData("nf_short_0123456789012345678901234567890123456789012"),
        InlineData("nf_0123456789abcdef_0123456789012345678901234567890123456789 12")]
    public async Task A_token_that_somebody_might_guess_is_not_taken(string text) =>
        Assert.Equal("bad-token", (await Assert.ThrowsAsync<RefusedException>(() => Tokens.AdoptAsync(store, text, "made at installation", "*", Role.Admin))).Code);

    [Fact]
    public async Task A_token_opens_until_it_expires_or_is_revoked()
    {
        var lasting = await Tokens.IssueAsync(store, "ada", "lab", Role.Operator, expires: null, clock);
        var brief = await Tokens.IssueAsync(store, "eve", "*", Role.Viewer, clock.GetUtcNow() + TimeSpan.FromHours(1), clock);

        var caller = (await Tokens.FindAsync(store, lasting.Text, clock))!;
        Assert.Equal(("ada", Role.Operator, null), (caller.Name, caller.RoleIn("lab"), caller.RoleIn("rival")));
        Assert.NotNull((await store.FindTokenAsync(lasting.Kept.TokenId))!.UsedOn);
        Assert.NotNull(await Tokens.FindAsync(store, brief.Text, clock));
        Assert.Null(await Tokens.FindAsync(store, lasting.Text + "x", clock));
        Assert.Null(await Tokens.FindAsync(store, TokenText.Create().Reveal(), clock));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await Tokens.FindAsync(store, brief.Text, clock));
        Assert.Null(await Tokens.FindAgainAsync(store, brief.Kept.TokenId, clock));
        await store.RevokeTokenAsync(lasting.Kept.TokenId);
        Assert.Null(await Tokens.FindAsync(store, lasting.Text, clock));
    }

    [Fact]
    public async Task The_store_holds_no_secret()
    {
        var issued = await Tokens.IssueAsync(store, "ada", "lab", Role.Admin, expires: null, clock);
        await store.DisposeAsync();

        var secret = System.Text.Encoding.UTF8.GetBytes(TokenText.Parse(issued.Text)!.Secret);
        foreach (var file in Directory.GetFiles(folder.Path))
            Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(secret));
        store = await SqliteFarmStore.OpenAsync(folder.File("farm.db"), clock);
    }

    [Fact]
    public async Task A_token_that_cannot_be_is_refused()
    {
        async Task<string> Refused(string name, string tenant, DateTimeOffset? expires) =>
            (await Assert.ThrowsAsync<RefusedException>(() => Tokens.IssueAsync(store, name, tenant, Role.Viewer, expires, clock))).Code;

        Assert.Equal("bad-name", await Refused("", "lab", null));
        Assert.Equal("bad-name", await Refused("a\nb", "lab", null));
        Assert.Equal("bad-tenant", await Refused("a", "two words", null));
        Assert.Equal("bad-expiry", await Refused("a", "lab", clock.GetUtcNow()));
    }

    [Fact]
    public async Task A_role_of_a_newer_program_opens_nothing()
    {
        var token = TokenText.Create();
        await store.AddTokenAsync(new(token.Id, "ada", token.SecretHash, "*", "owner"));

        Assert.Null(await Tokens.FindAsync(store, token.Reveal(), clock));
    }
}
