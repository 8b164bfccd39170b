using System.Net;
using System.Text.Json;
using NasFarm.Farm.Tests.Store;
using static NasFarm.Server.Tests.TwoTenants;

namespace NasFarm.Server.Tests.Api;

/// <summary>News of a sweep over a real connection.</summary>
public sealed class SweepEventsTests : IAsyncLifetime
{
    private ServedFarm farm = null!;

    public async Task InitializeAsync()
    {
        farm = await ServedFarm.StartAsync(overNetwork: true);
        await FillAsync(farm.Store);
    }

    public async Task DisposeAsync() => await farm.DisposeAsync();

    [Fact]
    public async Task A_watcher_hears_where_it_stands_and_what_moves_and_goes_on_where_it_was_cut_off()
    {
        string last;
        using (var first = await Stream.OpenAsync(farm, Ours))
        {
            var (kind, id, now) = await first.ReadAsync();
            Assert.Equal(("aggregate", Ours), (kind, now.GetProperty("sweepId").GetString()));
            last = id;
            await farm.Store.MustClaimAsync("darts-s2-p00");
            (kind, last, var moved) = await first.ReadAsync();
            Assert.Equal(("moves", false), (kind, moved.GetProperty("missed").GetBoolean()));
            Assert.Equal("darts-s2-p00", moved.GetProperty("moves")[0].GetProperty("unitId").GetString());
            Assert.NotEqual(id, last);
        }
        // Of other sweeps nothing is heard; of this one everything that came meanwhile.
        await farm.Store.FinishSearchAsync("sgas-s1-p00");
        await farm.Store.FinishSearchAsync(OurUnit);

        using var second = await Stream.OpenAsync(farm, Ours, last);
        Assert.Equal("aggregate", (await second.ReadAsync()).Kind);
        var news = new List<string?>();
        while (news.Count < 2)
            news.AddRange((await second.ReadAsync()).Data.GetProperty("moves").EnumerateArray().Select(m => $"{m.GetProperty("unitId").GetString()} {m.GetProperty("state").GetString()}"));
        Assert.Equal([$"{OurUnit} running", $"{OurUnit} done"], news);
    }

    [Fact]
    public async Task A_watcher_who_is_too_far_behind_is_told_so_and_one_of_a_deleted_sweep_too()
    {
        using var stream = await Stream.OpenAsync(farm, Ours, "9999-9999");
        Assert.Equal("aggregate", (await stream.ReadAsync()).Kind);
        Assert.True((await stream.ReadAsync()).Data.GetProperty("missed").GetBoolean());
        await farm.Store.DeleteSweepAsync(Ours, cancelRunning: true, "op");

        var kind = "";
        while (kind != "gone")
            kind = (await stream.ReadAsync()).Kind;

        Assert.Equal(HttpStatusCode.BadRequest, (await farm.AskAsync(HttpMethod.Get, $"/api/v1/sweeps/{Theirs}/events", null, null, ("Last-Event-ID", "x"))).StatusCode);
    }

    /// <summary>Reads events one by one.</summary>
    private sealed class Stream(HttpResponseMessage answer, StreamReader text) : IDisposable
    {
        public static async Task<Stream> OpenAsync(ServedFarm farm, string sweep, string? last = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/sweeps/{sweep}/events");
            if (last is not null)
                request.Headers.Add("Last-Event-ID", last);
            var answer = await farm.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            return new(answer, new(await answer.Content.ReadAsStreamAsync()));
        }

        public async Task<(string Kind, string Id, JsonElement Data)> ReadAsync()
        {
            var fields = new Dictionary<string, string>();
            while (true)
            {
                var line = await text.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)) ?? throw new EndOfStreamException("the stream ended");
                if (line.Length == 0 && fields.ContainsKey("data"))
                    return (fields["event"], fields.GetValueOrDefault("id", ""), JsonDocument.Parse(fields["data"]).RootElement);
                if (line.Split(": ", 2) is [{ Length: > 0 } name, var value])
                    fields[name] = value;
            }
        }

        public void Dispose()
        {
            text.Dispose();
            answer.Dispose();
        }
    }
}
