using System.Net;
using System.Text.RegularExpressions;
using NasFarm.Server.Access;
using NasFarm.Server.Auth;

namespace NasFarm.Server.Tests.Auth;

/// <summary>Logins of people, and requests that other web sites make in their name.</summary>
public sealed partial class LoginTests
{
    [Fact]
    public async Task A_pasted_token_becomes_a_sealed_cookie_and_a_logout_ends_it()
    {
        await using var farm = await ServedFarm.StartAsync(new());
        var issued = await Tokens.IssueAsync(farm.Store, "ada", "lab", Role.Viewer, null, TimeProvider.System);
        var browser = new Browser(farm);

        var page = await browser.GetAsync("/login?to=%2Fsweeps");
        var form = await page.Content.ReadAsStringAsync();
        var loggedIn = await browser.PostAsync("/login", new() { ["token"] = issued.Text, ["to"] = "/sweeps", ["antiforgery"] = Field(form) });

        Assert.Equal((HttpStatusCode.Redirect, "/sweeps"), (loggedIn.StatusCode, loggedIn.Headers.Location?.ToString()));
        var cookie = loggedIn.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("nasfarm-login=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(TokenText.Parse(issued.Text)!.Secret, cookie, StringComparison.Ordinal);
        var again = await (await browser.GetAsync("/login")).Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync("/logout", [])).StatusCode);
        var out_ = await browser.PostAsync("/logout", new() { ["antiforgery"] = Field(again) });
        Assert.Equal((HttpStatusCode.Redirect, "/"), (out_.StatusCode, out_.Headers.Location?.ToString()));
    }

    [Fact]
    public async Task A_login_is_worth_what_its_token_is_worth_now()
    {
        await using var farm = await ServedFarm.StartAsync(new());
        var issued = await Tokens.IssueAsync(farm.Store, "ada", "lab", Role.Viewer, null, TimeProvider.System);
        var browser = new Browser(farm);
        await browser.PostAsync("/login", new() { ["token"] = issued.Text, ["antiforgery"] = Field(await (await browser.GetAsync("/login")).Content.ReadAsStringAsync()) });
        var form = Field(await (await browser.GetAsync("/login")).Content.ReadAsStringAsync());

        await farm.Store.RevokeTokenAsync(issued.Kept.TokenId);

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.PostAsync("/logout", new() { ["antiforgery"] = form })).StatusCode);
    }

    [Fact]
    public async Task A_login_without_its_form_or_with_a_wrong_token_is_refused()
    {
        await using var farm = await ServedFarm.StartAsync(new());
        var issued = await Tokens.IssueAsync(farm.Store, "ada", "lab", Role.Viewer, null, TimeProvider.System);
        var browser = new Browser(farm);
        var form = Field(await (await browser.GetAsync("/login")).Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync("/login", new() { ["token"] = issued.Text })).StatusCode);
        var wrong = await browser.PostAsync("/login", new() { ["token"] = "<nf_wrong>", ["antiforgery"] = form });
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.DoesNotContain("nf_wrong", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // A form is its reader's: whoever has logged in since needs another.
        foreach (var elsewhere in new[] { "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)" })
        {
            var another = Field(await (await browser.GetAsync("/login")).Content.ReadAsStringAsync());
            var sent = await browser.PostAsync("/login", new() { ["token"] = issued.Text, ["to"] = elsewhere, ["antiforgery"] = another });
            Assert.Equal("/", sent.Headers.Location?.ToString());
        }
    }

    [Fact]
    public async Task Guessing_ends_soon()
    {
        await using var farm = await ServedFarm.StartAsync(new() { LoginsPerMinute = 3 });
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/logout") { Headers = { { "Authorization", $"Bearer {TokenText.Create().Reveal()}" } } };
            answers.Add((await farm.Client.SendAsync(request)).StatusCode);
        }

        Assert.Equal(
            [HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], answers);
    }

    [Theory, InlineData("evil.example", HttpStatusCode.Forbidden), InlineData("127.0.0.1:8180", HttpStatusCode.OK), InlineData("localhost", HttpStatusCode.OK),
        InlineData("[::1]:8180", HttpStatusCode.OK), InlineData("localhost.evil.example", HttpStatusCode.Forbidden), InlineData("10.0.0.1", HttpStatusCode.Forbidden)]
    public async Task A_server_that_asks_nobody_answers_to_its_own_names_only(string host, HttpStatusCode expected)
    {
        await using var farm = await ServedFarm.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = host } };

        Assert.Equal(expected, (await farm.Client.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", true), InlineData("Sec-Fetch-Site", "same-site", true), InlineData("Sec-Fetch-Site", "same-origin", false)]
    [InlineData("Origin", "http://evil.example", true), InlineData("Origin", "null", true), InlineData("Origin", "http://localhost:99", true)]
    [InlineData("Origin", "http://localhost:8180", false), InlineData("Accept", "*/*", false)]
    public async Task What_another_site_asks_for_is_not_done(string header, string value, bool refused)
    {
        await using var farm = await ServedFarm.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/logout") { Headers = { { header, value } } };
        request.Headers.Host = "localhost:8180";

        var answer = await farm.Client.SendAsync(request);

        Assert.Equal(refused, (await answer.Content.ReadAsStringAsync()).Contains("foreign-site", StringComparison.Ordinal));
        Assert.Equal(refused ? HttpStatusCode.Forbidden : HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Every_answer_tells_browsers_what_not_to_do()
    {
        await using var farm = await ServedFarm.StartAsync(new());

        foreach (var path in new[] { "/health/live", "/login", "/nowhere" })
        {
            var headers = (await farm.Client.GetAsync(path)).Headers;
            Assert.Equal("default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'", headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("nosniff", headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("same-origin", headers.GetValues("Referrer-Policy").Single());
            Assert.Contains("camera=()", headers.GetValues("Permissions-Policy").Single(), StringComparison.Ordinal);
        }
    }

    private static string Field(string page) => WebUtility.HtmlDecode(FieldPattern().Match(page).Groups[1].Value);

    [GeneratedRegex("name=\"antiforgery\" value=\"([^\"]*)\"")]
    private static partial Regex FieldPattern();

    /// <summary>Carries cookies.</summary>
    private sealed class Browser(ServedFarm farm)
    {
        private readonly Dictionary<string, string> cookies = [];

        public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(new(HttpMethod.Get, path));

        public Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> form) => SendAsync(new(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) });

        private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
        {
            if (cookies.Count > 0)
                request.Headers.Add("Cookie", string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}")));
            var answer = await farm.Client.SendAsync(request);
            foreach (var set in answer.Headers.TryGetValues("Set-Cookie", out var all) ? all : [])
            {
                var pair = set.Split(';')[0].Split('=', 2);
                cookies[pair[0]] = pair[1];
            }
            return answer;
        }
    }
}
