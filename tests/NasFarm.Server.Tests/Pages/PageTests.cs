using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace NasFarm.Server.Tests.Pages;

/// <summary>Every page as a browser without scripts is given it.</summary>
public sealed partial class PageTests(PageTests.Seeded seeded) : IClassFixture<PageTests.Seeded>
{
    private HttpClient Client => seeded.Farm.Client;

    [Theory]
    [InlineData("/", "48 declared = 31 finished + 1 failed + 1 cancelled + 1 running + 14 waiting")]
    [InlineData("/?name=no-such", "No sweep fits")]
    [InlineData("/?state=paused", "No sweep fits")]
    [InlineData("/sweeps/" + SeededSweep.Id, "2 of 8")]
    [InlineData("/sweeps/" + SeededSweep.Id + "?look=failed&arm=sgas&page=1", "r-sgas-6")]
    [InlineData("/sweeps/" + SeededSweep.Id + "/cancel", "15 runs of 48 are not over")]
    [InlineData("/runs/" + SeededSweep.Finished, "host stopping: the host is leaving")]
    [InlineData("/runs/" + SeededSweep.Finished + "?against=previous", "Differences to sgas-es, seed 1")]
    [InlineData("/runs/" + SeededSweep.Failed, "Log of phase 0, fence 1: the last 3 lines")]
    [InlineData("/runs/" + SeededSweep.Running, "runs on node1/1/gpu-1")]
    [InlineData("/runs/r-darts-11", "units ahead on pool cpu")]
    [InlineData("/compare", "One sweep for its arms")]
    [InlineData("/compare?sweep=" + SeededSweep.Id, "Read this first")]
    [InlineData("/slots", "new disk on Tuesday")]
    [InlineData("/submit?template=overnight", "name: overnight")]
    public async Task A_page_says_what_is_there(string path, string words)
    {
        var answer = await Client.GetAsync(path);
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(words, html);
        Assert.DoesNotContain("<script>", html);
        Assert.DoesNotMatch(InlineCode(), html);
        AssertIsWellFormed(html);
    }

    [Theory]
    [InlineData("/sweeps/no-such", HttpStatusCode.NotFound, "There is no sweep &apos;no-such&apos;.")]
    [InlineData("/runs/no-such", HttpStatusCode.NotFound, "There is no run")]
    [InlineData("/compare?sweep=no-such", HttpStatusCode.NotFound, "There is no sweep")]
    [InlineData("/compare?sweep=1&sweep=2&sweep=3&sweep=4&sweep=5&sweep=6&sweep=7", HttpStatusCode.BadRequest, "7 sweeps are named; at most 6")]
    [InlineData("/no/such/page", HttpStatusCode.NotFound, "There is nothing at this address")]
    public async Task What_is_refused_is_a_page_too(string path, HttpStatusCode status, string words)
    {
        var answer = await Client.GetAsync(path);
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(words.Replace("&apos;", "'"), html);
        AssertIsWellFormed(html);
    }

    [Fact]
    public async Task Pages_forbid_what_they_do_not_need_and_are_not_kept()
    {
        var answer = await Client.GetAsync("/");

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'self';", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Assets_have_names_that_change_with_them_and_may_be_kept_for_ever()
    {
        var html = await Client.GetStringAsync("/");
        var paths = AssetPath().Matches(html).Select(m => m.Value).Distinct().ToList();

        Assert.Equal(5, paths.Count);
        foreach (var path in paths)
        {
            var answer = await Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("immutable", answer.Headers.CacheControl!.ToString());
            var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
            Assert.Equal(HttpStatusCode.NotModified, (await Client.SendAsync(again)).StatusCode);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync("/assets/0123456789abcdef/farm.css")).StatusCode);
    }

    [Fact]
    public async Task Rules_for_dark_paper_stand_in_their_own_sheet()
    {
        var html = await Client.GetStringAsync("/");
        async Task<string> Sheet(string name) => await Client.GetStringAsync(AssetPath().Matches(html).Select(m => m.Value).First(p => p.EndsWith(name, StringComparison.Ordinal)));

        Assert.DoesNotContain("prefers-color-scheme", await Sheet("farm.css"));
        Assert.Contains("--paper: #14181d", await Sheet("dark.css"));
        Assert.DoesNotContain("--paper: #ffffff", await Sheet("dark.css"));
    }

    [Fact]
    public async Task Cells_tell_of_all_runs_or_of_those_asked_for()
    {
        var all = System.Text.Json.JsonDocument.Parse(await Client.GetStringAsync($"/sweeps/{SeededSweep.Id}/cells")).RootElement.GetProperty("cells");
        var some = System.Text.Json.JsonDocument.Parse(await Client.GetStringAsync($"/sweeps/{SeededSweep.Id}/cells?run={SeededSweep.Collapsed}&run={SeededSweep.Diverged}")).RootElement.GetProperty("cells");

        Assert.Equal(48, all.GetArrayLength());
        Assert.Equal(["collapsed", "diverged"], some.EnumerateArray().Select(c => c[3].GetString()));
        Assert.Equal(64.3, some[0][4].GetDouble());
    }

    [Fact]
    public async Task A_form_without_its_proof_changes_nothing()
    {
        var answer = await Client.PostAsync($"/sweeps/{SeededSweep.Id}/cancel", new FormUrlEncodedContent([new("operation", "x")]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(1, (await seeded.Farm.Store.ReadCountsAsync(SeededSweep.Id))!.Cancelled);
    }

    /// <summary>As XML, which is stricter than HTML: only elements without content have no end.</summary>
    private static void AssertIsWellFormed(string html)
    {
        var document = XDocument.Parse(html["<!DOCTYPE html>\n".Length..]);
        var ids = document.Descendants().Attributes("id").Select(a => a.Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.Single(document.Descendants("h1"));
    }

    [GeneratedRegex(@"\s(on[a-z]+|style)=""")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"/assets/[0-9a-f]{16}/[a-z]+\.[a-z]+")]
    private static partial Regex AssetPath();

    /// <summary>One farm for all tests: they only read.</summary>
    public sealed class Seeded : IAsyncLifetime
    {
        internal ServedFarm Farm { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            var time = new MovedTime();
            Farm = await ServedFarm.StartAsync(time: time);
            Farm.Client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
            await SeededSweep.FillAsync(Farm.Store, time);
        }

        public Task DisposeAsync() => Farm.DisposeAsync().AsTask();
    }
}
