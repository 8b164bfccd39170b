using System.Net;
using System.Text.Json;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Tests.Store;
using NasFarm.Server.Access;
using static NasFarm.Server.Tests.TwoTenants;

namespace NasFarm.Server.Tests.Api;

/// <summary>What command lines ask beyond pages and scripts: names, whole readings, submissions that can be repeated.</summary>
public sealed class NamesTests : IAsyncLifetime
{
    private ServedFarm farm = null!;
    private string lab = "", rival = "";

    public async Task InitializeAsync()
    {
        farm = await ServedFarm.StartAsync(new());
        await FillAsync(farm.Store);
        (lab, rival) = (await farm.TokenAsync(Lab, Role.Operator), await farm.TokenAsync(Rival, Role.Operator));
    }

    public async Task DisposeAsync() => await farm.DisposeAsync();

    [Theory]
    [InlineData("kind=sweep", """{"sweep":"ours"}""")]
    [InlineData("kind=sweep&text=our", """{"sweep":"ours"}""")]
    [InlineData("kind=run&text=darts-s2", """{"run":"darts-s2"}""")]
    [InlineData("text=ours/seed%3D2", """{"sweep":"ours","seed":2}""")]
    [InlineData("text=ours/drnas", """{"sweep":"ours","run":"drnas-s1"}""")]
    [InlineData("text=darts-s1-p00", """{"run":"darts-s1","unit":"darts-s1-p00"}""")]
    public async Task A_text_names_what_the_command_line_means_by_it(string query, string found) =>
        Assert.Equal(found, await (await farm.AskAsync(HttpMethod.Get, $"/api/v1/find?{query}", lab)).Content.ReadAsStringAsync());

    [Theory]
    [InlineData("kind=sweep&text=theirs")]
    [InlineData("kind=run&text=sgas-s1")]
    [InlineData("kind=run&text=sgas-s2")]
    [InlineData("text=theirs/seed%3D1")]
    [InlineData("text=sgas-s1-p00")]
    public async Task What_is_another_tenants_has_no_name_and_is_not_hinted_at(string query)
    {
        var hidden = await farm.AskAsync(HttpMethod.Get, $"/api/v1/find?{query}", lab);
        var said = await hidden.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        Assert.Contains("no-such-name", said, StringComparison.Ordinal);
        Assert.DoesNotContain("did you mean 'theirs", said, StringComparison.Ordinal);
        Assert.DoesNotContain("(theirs)", said, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await farm.AskAsync(HttpMethod.Get, $"/api/v1/find?{query}", rival)).StatusCode);
    }

    [Fact]
    public async Task A_name_that_cannot_be_is_refused()
    {
        foreach (var query in new[] { "kind=run", "text=" + new string('x', 201), "kind=moon&text=x" })
            Assert.Equal(HttpStatusCode.BadRequest, (await farm.AskAsync(HttpMethod.Get, $"/api/v1/find?{query}", lab)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await farm.AskAsync(HttpMethod.Get, "/api/v1/sweeps/ours/status?runs=-1", lab)).StatusCode);
    }

    [Fact]
    public async Task A_caller_hears_who_he_is()
    {
        var me = (await JsonAsync(HttpMethod.Get, "/me"))!;
        Assert.Equal(("Operator of lab", "operator", "0.1.0+test"),
            (me.GetProperty("name").GetString(), me.GetProperty("roles").GetProperty("lab").GetString(), me.GetProperty("serverVersion").GetString()));
    }

    [Fact]
    public async Task A_unit_is_retried_in_its_own_run_alone()
    {
        var claim = await farm.Store.MustClaimAsync(TheirUnit);
        await farm.Store.EndAttemptAsync(claim.Key, FailureReason.DataMissing, "gone", []);
        foreach (var run in new[] { "darts-s1", "sgas-s1" })
            Assert.Equal(HttpStatusCode.NotFound, (await farm.AskAsync(HttpMethod.Post, $"/api/v1/runs/{run}/units/{TheirUnit}/retry", lab)).StatusCode);
        var own = await farm.AskAsync(HttpMethod.Post, $"/api/v1/runs/sgas-s1/units/{TheirUnit}/retry", rival);
        Assert.Contains("\"retriedUnits\":1", await own.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fresh_submission_at_a_generation_can_be_repeated()
    {
        Assert.Equal(HttpStatusCode.Created, (await farm.AskAsync(HttpMethod.Post, "/api/v1/sweeps", await farm.TokenAsync(Lab, Role.Submitter), Manifest())).StatusCode);
        var fresh = await JsonAsync(HttpMethod.Post, "/manifests/fresh", Manifest());
        var address = $"/api/v1/sweeps?generation={fresh.GetProperty("generation").GetInt32()}";
        var first = await farm.AskAsync(HttpMethod.Post, address, lab, Manifest());
        var again = await farm.AskAsync(HttpMethod.Post, address, lab, Manifest());

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.Contains($"\"sweep\":\"{fresh.GetProperty("sweep").GetString()}\"", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await farm.AskAsync(HttpMethod.Post, address + "&fresh=true", lab, Manifest())).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await farm.AskAsync(HttpMethod.Post, "/api/v1/sweeps?generation=-1", lab, Manifest())).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await farm.AskAsync(HttpMethod.Post, address, await farm.TokenAsync(Lab, Role.Viewer), Manifest())).StatusCode);
    }

    private async Task<JsonElement> JsonAsync(HttpMethod method, string path, object? body = null)
    {
        var answer = await farm.AskAsync(method, $"/api/v1{path}", lab, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }
}
