using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Events;

namespace NasFarm.Server.Api;

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

        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        await http.Response.WriteAsync("retry: 2000\n\n", ending.Token);
        await http.Response.Body.FlushAsync(ending.Token);

        using var limit = options.Time.CreateTimer(_ => ending.Cancel(), null, Longest, Timeout.InfiniteTimeSpan);
        await using var reader = news.GetAsyncEnumerator(ending.Token);
        try
        {
            while (await NextAsync(http, options, reader, ending.Token))
            {
                await http.Response.Body.WriteAsync(reader.Current.Text, ending.Token);
                await http.Response.Body.FlushAsync(ending.Token);
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

    private static async Task<bool> NextAsync(HttpContext http, FarmServerOptions options, IAsyncEnumerator<SweepEvent> reader, CancellationToken ending)
    {
        var next = reader.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                await ((Task)next).WaitAsync(Heartbeat, options.Time, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                if (next.IsCompleted || ending.IsCancellationRequested)
                    break;
                await http.Response.WriteAsync(": still here\n\n", ending);
                await http.Response.Body.FlushAsync(ending);
            }
        }
        catch (OperationCanceledException)
        {
            // What comes next is cancelled likewise, and is awaited: nobody may leave a reader while it reads.
        }
        return await next;
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
