using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;
using static NasFarm.Server.Tests.TwoTenants;

namespace NasFarm.Server.Tests.Api;

/// <summary>Every route of the real table × every role × every tenant.</summary>
public sealed class AuthorisationMatrixTests : IAsyncLifetime
{
    private ServedFarm farm = null!;

    public async Task InitializeAsync()
    {
        farm = await ServedFarm.StartAsync(new() { LoginsPerMinute = 1_000_000, RequestsPerMinute = 1_000_000 });
        await FillAsync(farm.Store);
    }

    public async Task DisposeAsync() => await farm.DisposeAsync();

    [Fact]
    public void Every_route_says_who_may_ask()
    {
        Assert.True(farm.Routes.Count > 30);
        var silent = farm.Routes.Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is null && route.Metadata.GetMetadata<RouteNeeds>() is null);
        Assert.Empty(silent.Select(route => route.DisplayName));
    }

    [Fact]
    public void What_anybody_may_ask_is_a_short_list() => Assert.Equal(
        ["/api/v1/openapi.json", "/assets/{hash}/{name}", "/health/live", "/health/ready", "/health/started", "/login"],
        farm.Routes.Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(route => route.RoutePattern.RawText).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public async Task Nobody_is_let_in_without_a_token_or_with_a_wrong_one()
    {
        foreach (var (route, method) in Guarded)
        {
            foreach (var token in new[] { null, TokenText.Create().Reveal(), "x" })
            {
                var answer = await farm.AskAsync(method, AddressOf(route, Ours), token);
                Assert.Equal((route.DisplayName, HttpStatusCode.Unauthorized), (route.DisplayName, answer.StatusCode));
            }
        }
    }

    [Fact]
    public async Task A_role_below_the_one_that_a_route_asks_for_is_refused_and_the_others_are_heard()
    {
        foreach (var role in Enum.GetValues<Role>())
        {
            var (token, everywhere) = (await farm.TokenAsync(Lab, role), await farm.TokenAsync(Caller.EveryTenant, role));
            foreach (var (route, method) in Guarded)
            {
                var needs = route.Metadata.GetMetadata<RouteNeeds>()!;
                // A body that no route can use: who is let in hears so, and nothing changes.
                var (here, all) = (await Asked(method, route, token), await Asked(method, route, everywhere));
                Assert.Equal((route.DisplayName, role, role >= needs.Least && !needs.Everywhere), (route.DisplayName, role, here is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)));
                Assert.Equal((route.DisplayName, role, role >= needs.Least), (route.DisplayName, role, all != HttpStatusCode.Forbidden));
                Assert.True((int)all < 500, $"{route.DisplayName}: {all}");
            }
        }

        async Task<HttpStatusCode> Asked(HttpMethod method, RouteEndpoint route, string token) =>
            (await farm.AskAsync(method, AddressOf(route, "absent"), token, Nonsense(route))).StatusCode;

        static StringContent? Nonsense(RouteEndpoint route) =>
            route.Metadata.GetMetadata<IAcceptsMetadata>() is { ContentTypes: [var type, ..] } ? new("[", System.Text.Encoding.UTF8, type) : null;
    }

    [Fact]
    public async Task What_is_another_tenants_is_answered_like_what_does_not_exist()
    {
        var token = await farm.TokenAsync(Lab, Role.Admin);
        var compared = 0;
        foreach (var (route, method) in Guarded.Where(g => g.Route.RoutePattern.RawText!.Contains("{id}", StringComparison.Ordinal)))
        {
            object? body = route.RoutePattern.RawText!.EndsWith("/priority", StringComparison.Ordinal) ? new { priority = 1 } : null;
            var hidden = await farm.AskAsync(method, AddressOf(route, route.RoutePattern.RawText!.Contains("/runs/{id}", StringComparison.Ordinal) ? "sgas-s1" : Theirs), token, body);
            var absent = await farm.AskAsync(method, AddressOf(route, "absent"), token, body);

            Assert.Equal((route.DisplayName, HttpStatusCode.NotFound), (route.DisplayName, hidden.StatusCode));
            Assert.Equal(absent.StatusCode, hidden.StatusCode);
            Assert.Equal(
                (await absent.Content.ReadAsStringAsync()).Replace("'absent'", "''", StringComparison.Ordinal),
                (await hidden.Content.ReadAsStringAsync()).Replace("'sgas-s1'", "''", StringComparison.Ordinal).Replace($"'{Theirs}'", "''", StringComparison.Ordinal)
                    .Replace("Run sgas-s1", "Run absent", StringComparison.Ordinal));
            compared++;
        }
        Assert.True(compared > 15);
        Assert.Equal(2, (await farm.Store.ReadCountsAsync(Theirs))!.Open);
    }

    private IEnumerable<(RouteEndpoint Route, HttpMethod Method)> Guarded =>
        from route in farm.Routes
        where route.Metadata.GetMetadata<RouteNeeds>() is not null
        from method in route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
        select (route, new HttpMethod(method));

    private static string AddressOf(RouteEndpoint route, string id) => route.RoutePattern.RawText!
        .Replace("{id}", id, StringComparison.Ordinal).Replace("{file}", "runs.csv", StringComparison.Ordinal).Replace("{sha256}", "00", StringComparison.Ordinal).Replace("{unit}", "u", StringComparison.Ordinal);
}
