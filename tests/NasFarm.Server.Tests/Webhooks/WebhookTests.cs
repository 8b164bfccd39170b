using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NasFarm.Farm.Control;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using NasFarm.Server.Tests.Pages;
using NasFarm.Server.Webhooks;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Server.Tests.Webhooks;

/// <summary>Who is told that a sweep is over, what, and how often.</summary>
public sealed class WebhookTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_end_is_told_until_it_is_taken_with_its_verdict_and_under_one_id()
    {
        await using var listener = await Listener.StartAsync();
        listener.Answer = HttpStatusCode.InternalServerError;
        var time = new MovedTime();
        await using var farm = await ServedFarm.StartAsync(time: time, hook: new(new($"{listener.Url}/hooks/very-secret"), "key"));
        await farm.Store.AcceptAsync(Plan("s", Run("darts", 1), Run("random", 1)));
        await FinishAsync(farm.Store, "darts-s1-p00", "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_1x1~1|+|avg_pool_3x3~0|nor_conv_3x3~1|nor_conv_1x1~2|");
        await farm.Store.CancelAsync(new Target.Run("random-s1"), "op1");

        // 1. It is not taken.
        var first = await listener.HearAsync();
        await SaysAsync(farm, "could not tell 127.0.0.1 that s is over (try 1): it answered 500; again in 10 s");
        listener.Answer = HttpStatusCode.NoContent;
        time.Shift += TimeSpan.FromMinutes(1);
        var second = await listener.HearAsync();
        await SaysAsync(farm, "told 127.0.0.1 that s is over");

        // 2. What was said.
        Assert.Equal(first, second);
        Assert.Equal(("s-0", "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData("key"u8.ToArray(), Encoding.UTF8.GetBytes(first.Body)))), (first.Id, first.Signature));
        using var said = JsonDocument.Parse(first.Body);
        var root = said.RootElement;
        Assert.Equal(("sweep.ended", "s-0", "s"), (root.GetProperty("event").GetString(), root.GetProperty("id").GetString(), root.GetProperty("sweep").GetString()));
        Assert.Equal((2, 1, 0, 1), (Of("declared"), Of("finished"), Of("failed"), Of("cancelled")));
        Assert.Contains("1 of 2 runs finished, 1 cancelled", root.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains(root.GetProperty("verdict").GetProperty("headline").GetString()!, root.GetProperty("text").GetString(), StringComparison.Ordinal);

        // 3. The next end is the next thing that is told: the first was told once.
        await farm.Store.AcceptAsync(Plan("t", Run("darts", 2)));
        await farm.Store.CancelAsync(new Target.Sweep("t"), "op2");
        Assert.Equal("t-0", (await listener.HearAsync()).Id);
        Assert.DoesNotContain(farm.Told, line => line.Contains("secret", StringComparison.Ordinal));

        int Of(string name) => root.GetProperty("runs").GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Nobody_there_is_said_without_the_address()
    {
        await using var farm = await ServedFarm.StartAsync(hook: new(new("http://127.0.0.1:1/hooks/very-secret"), null));
        await farm.Store.AcceptAsync(Plan("s", Run("darts", 1)));
        await farm.Store.CancelAsync(new Target.Sweep("s"), "op1");

        await SaysAsync(farm, "could not tell 127.0.0.1 that s is over (try 1): it was not reached (ConnectionError); again in 10 s");
    }

    [Fact]
    public async Task A_sweep_that_cannot_be_compared_is_said_and_the_next_one_is_told()
    {
        await using var listener = await Listener.StartAsync();
        listener.Answer = HttpStatusCode.OK;
        await using var farm = await ServedFarm.StartAsync(hook: new(new($"{listener.Url}/hooks/very-secret"), null));
        await farm.Store.AcceptAsync(Plan("s", Run("darts", 1)));
        await FinishAsync(farm.Store, "darts-s1-p00", "|half of a cell|");
        await farm.Store.AcceptAsync(Plan("t", Run("darts", 2)));
        await farm.Store.CancelAsync(new Target.Sweep("t"), "op2");

        Assert.Equal("t-0", (await listener.HearAsync()).Id);
        Assert.Contains(farm.Told, line => line.Contains("s is over (try 1): it cannot be compared: Character 2 of the genotype", StringComparison.Ordinal));
    }

    [Fact]
    public void Tries_grow_rare_and_end()
    {
        var waits = Enumerable.Range(1, NoticeService.MostTries).Select(NoticeService.Again).ToList();

        Assert.Equal([10, 20, 40], waits.Take(3).Select(wait => wait!.Value.TotalSeconds));
        Assert.Null(waits[^1]);
        Assert.InRange(waits.Sum(wait => wait?.TotalHours ?? 0), 20, 30);
    }

    [Theory]
    [InlineData(null, "s", "NASFARM_WEBHOOK is not")]
    [InlineData("chat.example.org", null, "no address of a web server")]
    [InlineData("file:///etc/passwd", null, "no address of a web server")]
    [InlineData("https://chat.example.org/x", "nowhere", "cannot be read")]
    [InlineData("https://chat.example.org/x", "empty", "is empty")]
    public void A_wrong_variable_is_refused(string? address, string? file, string complaint)
    {
        System.IO.File.WriteAllText(folder.File("empty"), "\n");

        var problem = Assert.Throws<InvalidDataException>(() => Webhook.Parse(address, file is null ? null : folder.File(file)));

        Assert.Contains(complaint, problem.Message, StringComparison.Ordinal);
    }

    private static async Task FinishAsync(IFarmStore store, string unit, string genotype)
    {
        var claim = await store.MustClaimAsync(unit);
        await store.RecordStartedAsync(claim.Key, Started(claim.Key.Fence));
        await store.CompleteAsync(claim.Key, SearchDone(unit, claim.Key.Fence) with { Search = new(true, genotype, 2, 2, false) }, []);
    }

    private static async Task SaysAsync(ServedFarm farm, string line)
    {
        for (var look = 0; look < 1200 && !farm.Told.Contains(line); look++)
            await Task.Delay(50);
        Assert.True(farm.Told.Contains(line), string.Join('\n', farm.Told));
    }

    private sealed record Call(string Id, string? Signature, string Body);

    /// <summary>Hears what is posted.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly Channel<Call> calls = Channel.CreateUnbounded<Call>();
        private WebApplication app = null!;

        public HttpStatusCode Answer { get; set; }

        public Task<Call> HearAsync() => calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));

        public string Url => app.Urls.Single();

        public static async Task<Listener> StartAsync()
        {
            var listener = new Listener();
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            listener.app = builder.Build();
            listener.app.MapPost("/hooks/very-secret", async (HttpRequest request) =>
            {
                var body = await new StreamReader(request.Body).ReadToEndAsync();
                listener.calls.Writer.TryWrite(new(request.Headers[Webhook.IdHeader].ToString(), request.Headers[Webhook.SignatureHeader], body));
                return Results.StatusCode((int)listener.Answer);
            });
            await listener.app.StartAsync();
            return listener;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
