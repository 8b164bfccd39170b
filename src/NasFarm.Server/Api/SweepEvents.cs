using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using NasFarm.Catalog;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;

namespace NasFarm.Server.Api;

/// <summary>What has moved in a sweep.</summary>
/// <param name="Moves">The oldest first.</param>
/// <param name="Missed">Moves before these are forgotten; the aggregate holds what they have led to.</param>
/// <param name="Aggregate">Where the sweep stands after them.</param>
public sealed record SweepMoves(IReadOnlyList<UnitMove> Moves, bool Missed, SweepAggregate Aggregate);

/// <summary>A sweep's news as server-sent events. An event's id is a position: a browser that was cut off sends it back and misses nothing.</summary>
internal static class SweepEvents
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>A stream ends after so long, and its reader asks again: a token that was revoked since opens nothing then.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    public static async Task WriteAsync(HttpContext http, CallerFarm farm, FarmServerOptions options, IHostApplicationLifetime server, string id)
    {
        var after = Position(http.Request.Headers["Last-Event-ID"].ToString());
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, server.ApplicationStopping);
        var news = await farm.WatchAsync(id, after, ending.Token);
        var now = after is null ? null : await farm.ReadAggregateAsync(id, http.RequestAborted);

        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        await http.Response.WriteAsync("retry: 2000\n\n", ending.Token);
        if (now is not null)
            await SendAsync(http, "aggregate", after!.Value, now);
        else
            await http.Response.Body.FlushAsync(ending.Token);

        using var limit = options.Time.CreateTimer(_ => ending.Cancel(), null, Longest, Timeout.InfiniteTimeSpan);
        await using var reader = news.GetAsyncEnumerator(ending.Token);
        try
        {
            while (true)
            {
                var next = reader.MoveNextAsync().AsTask();
                while (!next.IsCompleted && await Task.WhenAny(next, Task.Delay(Heartbeat, options.Time, ending.Token)) != next && !ending.IsCancellationRequested)
                {
                    await http.Response.WriteAsync(": still here\n\n", ending.Token);
                    await http.Response.Body.FlushAsync(ending.Token);
                }
                if (!await next)
                    break;
                var heard = reader.Current;
                if (heard.Moves.Count == 0 && !heard.Missed)
                    await SendAsync(http, "aggregate", heard.Reached, heard.Aggregate);
                else
                    await SendAsync(http, "moves", heard.Reached, new SweepMoves(heard.Moves, heard.Missed, heard.Aggregate));
            }
            await http.Response.WriteAsync("event: gone\ndata: {}\n\n", ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The reader has left, or may come again.
        }
        catch (StoreUnavailableException)
        {
            // The answer has begun; its reader comes again and hears 503 until the store is back.
            await http.Response.WriteAsync(": the store is away\n\n", CancellationToken.None);
        }
    }

    private static async Task SendAsync<T>(HttpContext http, string kind, MovePosition at, T data)
    {
        await http.Response.WriteAsync(
            string.Create(CultureInfo.InvariantCulture, $"event: {kind}\nid: {at.Writer}-{at.Seq}\ndata: {JsonSerializer.Serialize(data, CatalogJson.Compact)}\n\n"), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    private static MovePosition? Position(string id)
    {
        if (id.Length == 0)
            return null;
        return id.Split('-') is [var writer, var seq] && long.TryParse(writer, NumberStyles.None, CultureInfo.InvariantCulture, out var w)
            && long.TryParse(seq, NumberStyles.None, CultureInfo.InvariantCulture, out var s)
            ? new MovePosition(w, s) : throw RefusedException.Invalid("bad-event-id", $"Last-Event-ID is '{RefusedException.Short(id)}'; it must be the id of an event of this stream.");
    }
}
