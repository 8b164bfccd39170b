using System.IO.Compression;
using System.Net;
using System.Text.Json;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Tests.Store;
using NasFarm.Server.Access;
using static NasFarm.Farm.Tests.Store.TestPlans;
using static NasFarm.Server.Tests.TwoTenants;

namespace NasFarm.Server.Tests.Api;

/// <summary>The farm for programs.</summary>
public sealed class ApiTests : IAsyncLifetime
{
    private ServedFarm farm = null!;

    public async Task InitializeAsync()
    {
        farm = await ServedFarm.StartAsync();
        await FillAsync(farm.Store);
    }

    public async Task DisposeAsync() => await farm.DisposeAsync();

    [Fact]
    public async Task A_manifest_is_checked_planned_submitted_and_known_then()
    {
        Assert.Equal(0, (await JsonAsync(await Post("/manifests/check", Manifest()))).GetProperty("errors").GetArrayLength());
        var plan = await JsonAsync(await Post("/plan", Manifest()));
        var first = await Post("/sweeps", Manifest());
        var again = await Post("/sweeps", Manifest());
        var fresh = await Post("/sweeps?fresh=true", Manifest());

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Created), (first.StatusCode, again.StatusCode, fresh.StatusCode));
        var sweep = (await JsonAsync(first)).GetProperty("sweep").GetString();
        Assert.Equal(plan.GetProperty("sweepId").GetString(), sweep);
        Assert.Equal($"/api/v1/sweeps/{sweep}", first.Headers.Location?.ToString());
        Assert.Equal(sweep, (await JsonAsync(again)).GetProperty("sweep").GetString());
        Assert.Equal(HttpStatusCode.OK, (await Get($"/sweeps/{sweep}")).StatusCode);
        Assert.Equal(12, (await JsonAsync(await Get($"/sweeps/{sweep}/runs?state=waiting"))).GetProperty("matching").GetInt32());
    }

    [Fact]
    public async Task Errors_of_a_manifest_are_a_list_with_places()
    {
        var wrong = Manifest().Replace("seeds: { start: 0, count: 3 }", "seeds: { start: 0, count: none }", StringComparison.Ordinal);

        var answer = await Post("/sweeps", wrong);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var problem = await JsonAsync(answer);
        Assert.Equal("bad-manifest", problem.GetProperty("code").GetString());
        var error = problem.GetProperty("errors").EnumerateArray().Single();
        Assert.Equal("spec.seeds.count", error.GetProperty("path").GetString());
        Assert.StartsWith("seeds:", wrong.Split('\n')[error.GetProperty("line").GetInt32() - 1].Trim(), StringComparison.Ordinal);
        Assert.True(error.GetProperty("column").GetInt32() > 1);
        Assert.Equal(error.ToString(), (await JsonAsync(await Post("/manifests/check", wrong))).GetProperty("errors").EnumerateArray().Single().ToString());
    }

    [Fact]
    public async Task What_is_too_long_or_no_text_is_refused()
    {
        Assert.Equal(("too-large", HttpStatusCode.RequestEntityTooLarge), await Refused(Post("/plan", new string('a', (1 << 20) + 1))));
        using var bytes = new ByteArrayContent([0x61, 0xff]);
        Assert.Equal(("not-utf8", HttpStatusCode.BadRequest), await Refused(farm.Client.PostAsync("/api/v1/plan", bytes)));
        Assert.Equal(("no-such-route", HttpStatusCode.NotFound), await Refused(Get("/nowhere")));
        Assert.Equal(("wrong-method", HttpStatusCode.MethodNotAllowed), await Refused(farm.AskAsync(HttpMethod.Put, "/api/v1/sweeps")));
        Assert.Equal(("bad-word", HttpStatusCode.BadRequest), await Refused(Get("/sweeps?state=flying")));
        Assert.Equal(("bad-limit", HttpStatusCode.BadRequest), await Refused(Get("/sweeps?limit=1001")));
        Assert.Equal(("bad-request", HttpStatusCode.BadRequest), await Refused(Get("/sweeps?limit=many")));
        Assert.Equal(("bad-request", HttpStatusCode.BadRequest), await Refused(farm.AskAsync(HttpMethod.Post, $"/api/v1/sweeps/{Ours}/pause", null, new { sed = 1 })));
        Assert.Equal(("bad-target", HttpStatusCode.BadRequest), await Refused(farm.AskAsync(HttpMethod.Post, $"/api/v1/sweeps/{Ours}/pause", null, new { seed = 1, run = "darts-s1" })));
        Assert.Equal(("bad-operation", HttpStatusCode.BadRequest), await Refused(farm.AskAsync(HttpMethod.Post, $"/api/v1/sweeps/{Ours}/pause", null, null, ("Idempotency-Key", "two words"))));
    }

    [Fact]
    public async Task A_command_is_done_once_under_its_operation_id_and_logged()
    {
        Task<HttpResponseMessage> Do(string verb, object? body = null) => farm.AskAsync(HttpMethod.Post, $"/api/v1/sweeps/{Ours}/{verb}", null, body, ("Idempotency-Key", $"op-{verb}"));

        var paused = await JsonAsync(await Do("pause", new { seed = 1 }));
        Assert.Equal(("op-pause", 2), (paused.GetProperty("operation").GetString(), paused.GetProperty("effect").GetProperty("runs").GetInt32()));
        Assert.Equal(paused.ToString(), (await JsonAsync(await Do("pause", new { seed = 1 }))).ToString());
        Assert.Equal(("operation-reused", HttpStatusCode.Conflict), await Refused(Do("pause", new { seed = 2 })));
        await Do("resume", new { seed = 1 });
        Assert.Equal(7, (await JsonAsync(await Do("priority", new { priority = 7 }))).GetProperty("effect").GetProperty("now").GetInt32());
        await Do("cancel", new { run = "darts-s2" });
        await Do("retry");
        Assert.Equal(1, (await farm.Store.ReadCountsAsync(Ours))!.Cancelled);
        var dry = await JsonAsync(await farm.AskAsync(HttpMethod.Delete, $"/api/v1/sweeps/{Ours}?dryRun=true"));
        Assert.False(dry.GetProperty("effect").GetProperty("deleted").GetBoolean());
        Assert.Equal(HttpStatusCode.OK, (await farm.AskAsync(HttpMethod.Delete, $"/api/v1/sweeps/{Ours}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Get($"/sweeps/{Ours}")).StatusCode);

        var log = (await JsonAsync(await Get("/audit"))).GetProperty("entries").EnumerateArray()
            .Select(e => $"{e.GetProperty("verb").GetString()} {e.GetProperty("outcome").GetString()}").Reverse();
        Assert.Equal(["pause done", "pause done", "pause operation-reused", "resume done", "priority done", "cancel done", "retry done", "delete done"], log);
    }

    [Fact]
    public async Task A_run_tells_its_values_its_log_and_its_checkpoints()
    {
        var claim = await farm.Store.MustClaimAsync(OurUnit);
        await farm.Store.RecordStartedAsync(claim.Key, Started(claim.Key.Fence));
        await farm.Store.AppendAsync([new(claim.Key, [Metric(claim.Key.Fence, 1, "loss", 2.5), Metric(claim.Key.Fence, 1, "accuracy", 50), Checkpoint(OurUnit, claim.Key.Fence, 1)])]);
        await farm.Store.EndAttemptAsync(claim.Key, FailureReason.HostStopping, "asked to stop", ["one", "two"]);

        Assert.Equal("one\ntwo\n", await (await Get("/runs/darts-s1/log")).Content.ReadAsStringAsync());
        Assert.Equal(("no-such-attempt", HttpStatusCode.NotFound), await Refused(Get("/runs/darts-s1/log?fence=9")));
        var value = (await JsonAsync(await Get("/runs/darts-s1/metrics?name=loss"))).GetProperty("metrics").EnumerateArray().Single();
        Assert.Equal(2.5, value.GetProperty("value").GetDouble());
        var artifact = (await JsonAsync(await Get("/runs/darts-s1/artifacts"))).GetProperty("artifacts").EnumerateArray().Single();
        Assert.Equal(OurUnit, artifact.GetProperty("unitId").GetString());
        Assert.Equal(("no-artifacts", HttpStatusCode.NotFound), await Refused(Get($"/runs/darts-s1/artifacts/{artifact.GetProperty("sha256").GetString()}")));
        Assert.Equal(("no-such-artifact", HttpStatusCode.NotFound), await Refused(Get("/runs/darts-s1/artifacts/ff")));
        Assert.Equal("darts-s1", (await JsonAsync(await Get("/runs/darts-s1"))).GetProperty("runId").GetString());
        Assert.Equal(1, (await JsonAsync(await Get("/runs/darts-s1/why"))).GetProperty("units").GetArrayLength());
        Assert.Equal(HttpStatusCode.OK, (await farm.AskAsync(HttpMethod.Post, "/api/v1/runs/darts-s1/pause")).StatusCode);
    }

    [Fact]
    public async Task Results_come_as_comparison_report_and_export()
    {
        foreach (var unit in new[] { "sgas-s1-p00", "sgas-s2-p00" })
        {
            var claim = await farm.Store.MustClaimAsync(unit);
            await farm.Store.RecordStartedAsync(claim.Key, Started(claim.Key.Fence));
            var outcome = new SearchOutcome(SearchFinished: true, "|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|skip_connect~0|nor_conv_1x1~1|avg_pool_3x3~2|", 2, 2, Diverged: false);
            await farm.Store.CompleteAsync(claim.Key, new(claim.Key.Fence, File(unit, claim.Key.Fence, 2, end: true), outcome, null), []);
        }

        Assert.Equal(HttpStatusCode.OK, (await Get($"/sweeps/{Theirs}/comparison")).StatusCode);
        var report = await Get($"/sweeps/{Theirs}/report");
        Assert.Contains("</html>", await report.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("sandbox", report.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.StartsWith("run_id,", await (await Get($"/sweeps/{Theirs}/export/runs.csv")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(Theirs, (await JsonAsync(await Get($"/sweeps/{Theirs}/export/sweep.json"))).GetProperty("sweepId").GetString());
        Assert.Equal(("no-such-file", HttpStatusCode.NotFound), await Refused(Get($"/sweeps/{Theirs}/export/..%2Ffarm.db")));
    }

    [Fact]
    public async Task What_one_has_already_is_not_sent_again()
    {
        var first = await Get($"/sweeps/{Ours}");
        var tag = first.Headers.ETag!.ToString();

        Assert.StartsWith("W/\"", tag, StringComparison.Ordinal);
        var same = await farm.AskAsync(HttpMethod.Get, $"/api/v1/sweeps/{Ours}", null, null, ("If-None-Match", $"\"x\", {tag}"));
        Assert.Equal((HttpStatusCode.NotModified, ""), (same.StatusCode, await same.Content.ReadAsStringAsync()));
        await farm.Store.FinishSearchAsync(OurUnit);
        Assert.Equal(HttpStatusCode.OK, (await farm.AskAsync(HttpMethod.Get, $"/api/v1/sweeps/{Ours}", null, null, ("If-None-Match", tag))).StatusCode);
    }

    [Fact]
    public async Task Long_answers_are_compressed_for_who_can_read_that()
    {
        var packed = await farm.AskAsync(HttpMethod.Get, "/api/v1/sweeps", null, null, ("Accept-Encoding", "gzip"));

        Assert.Equal(["gzip"], packed.Content.Headers.ContentEncoding);
        await using var text = new GZipStream(await packed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(text);
        Assert.Equal(await (await Get("/sweeps")).Content.ReadAsStringAsync(), await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task A_store_that_is_away_is_503_everywhere_and_nothing_worse()
    {
        farm.TakeStoreAway();

        foreach (var path in new[] { "/sweeps", $"/sweeps/{Ours}", $"/sweeps/{Ours}/runs", $"/sweeps/{Ours}/events", $"/sweeps/{Ours}/comparison", "/runs/darts-s1", "/slots", "/queue", "/tokens", "/audit" })
        {
            var answer = await Get(path);
            Assert.Equal((path, HttpStatusCode.ServiceUnavailable), (path, answer.StatusCode));
            Assert.NotNull(answer.Headers.RetryAfter);
        }
        Assert.Equal(("store-away", HttpStatusCode.ServiceUnavailable), await Refused(Post("/sweeps", Manifest())));
    }

    [Fact]
    public async Task An_admin_of_a_tenant_makes_tokens_of_it_and_of_no_other()
    {
        await using var guarded = await ServedFarm.StartAsync(new());
        var admin = await guarded.TokenAsync(Lab, Role.Admin);
        await guarded.TokenAsync(Rival, Role.Admin);
        Task<HttpResponseMessage> Make(string tenant, string role) => guarded.AskAsync(HttpMethod.Post, "/api/v1/tokens", admin, new { name = "eve", tenant, role });

        var made = await JsonAsync(await Make(Lab, "viewer"));
        var (text, id) = (made.GetProperty("text").GetString()!, made.GetProperty("token").GetProperty("id").GetString()!);

        Assert.Equal(HttpStatusCode.OK, (await guarded.AskAsync(HttpMethod.Get, "/api/v1/sweeps", text)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Make(Rival, "viewer")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Make("*", "viewer")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Make(Lab, "owner")).StatusCode);
        var list = await (await guarded.AskAsync(HttpMethod.Get, "/api/v1/tokens", admin)).Content.ReadAsStringAsync();
        Assert.Equal(2, JsonDocument.Parse(list).RootElement.GetProperty("tokens").GetArrayLength());
        Assert.DoesNotContain("ecret", list, StringComparison.Ordinal);
        Assert.DoesNotContain(text[20..], list, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await guarded.AskAsync(HttpMethod.Delete, $"/api/v1/tokens/{id}", admin)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await guarded.AskAsync(HttpMethod.Get, "/api/v1/sweeps", text)).StatusCode);
        var log = await (await guarded.AskAsync(HttpMethod.Get, "/api/v1/audit", admin)).Content.ReadAsStringAsync();
        Assert.DoesNotContain(text[20..], log, StringComparison.Ordinal);
        Assert.DoesNotContain(Rival, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_asks_too_often_is_told_when_to_ask_again()
    {
        await using var busy = await ServedFarm.StartAsync(new() { RequestsPerMinute = 5 });
        var token = await busy.TokenAsync(Lab, Role.Viewer);
        var other = await busy.TokenAsync(Lab, Role.Viewer);
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, (await busy.AskAsync(HttpMethod.Get, "/api/v1/sweeps", token)).StatusCode);

        var refused = await busy.AskAsync(HttpMethod.Get, "/api/v1/sweeps", token);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        Assert.Equal("too-many-requests", (await JsonAsync(refused)).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.OK, (await busy.AskAsync(HttpMethod.Get, "/api/v1/sweeps", other)).StatusCode);
    }

    private Task<HttpResponseMessage> Get(string path) => farm.AskAsync(HttpMethod.Get, "/api/v1" + path);

    private Task<HttpResponseMessage> Post(string path, string yaml) => farm.AskAsync(HttpMethod.Post, "/api/v1" + path, null, yaml);

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

    private static async Task<(string? Code, HttpStatusCode Status)> Refused(Task<HttpResponseMessage> asking)
    {
        var answer = await asking;
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await JsonAsync(answer);
        Assert.Equal((int)answer.StatusCode, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        return (problem.GetProperty("code").GetString(), answer.StatusCode);
    }
}
