using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Server.Events;

namespace NasFarm.Cli.Remote;

/// <summary>A sweep's events. Cut off, it comes again with the id of the last event that was heard, so that nothing is missed and nothing is heard twice.</summary>
internal sealed class ServerWatch(ServerClient client, string sweepId, Patience patience) : IDisposable
{
    /// <summary>A server says every 15 s that it is there: after so long without a byte it is not.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan BeforeComingAgain = TimeSpan.FromMilliseconds(250);

    private Stream? stream;
    private IAsyncEnumerator<SseItem<string>>? events;
    private string? last;
    private SweepAggregate? told;

    /// <summary>The next news. Null: the sweep is gone.</summary>
    public async Task<SweepNews?> NextAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (await HearAsync(cancel) is not { } heard)
            {
                await CloseAsync();
                await Task.Delay(BeforeComingAgain, TimeProvider.System, cancel);
                continue;
            }
            if (heard.EventType == "gone")
                return null;
            // The parser keeps the last id of a connection; an event without one leads nowhere new.
            last = heard.EventId ?? last;
            if (heard.EventType == "moves" && Read<SweepMoves>(heard.Data) is var moved)
                return new(moved.Moves, told = moved.Aggregate, Position(last), moved.Missed);
            // Whoever comes again hears first where the sweep stands, which he may know.
            if (heard.EventType == "aggregate" && Read<SweepAggregate>(heard.Data) is var standing && !standing.Equals(told))
                return new([], told = standing, Position(last), Missed: false);
        }
    }

    public void Dispose() => stream?.Dispose();

    /// <summary>Null: the connection is cut, or its server ended it.</summary>
    private async Task<SseItem<string>?> HearAsync(CancellationToken cancel)
    {
        if (events is null)
        {
            try
            {
                stream = await client.OpenAsync($"sweeps/{Uri.EscapeDataString(sweepId)}/events", last, patience, cancel);
            }
            catch (InputException) when (last is not null)
            {
                // It was there a while ago, and the server knows it no more.
                return new("", "gone");
            }
            events = SseParser.Create(new SilenceLimit(stream, LongestSilence)).EnumerateAsync(cancel).GetAsyncEnumerator(cancel);
        }
        try
        {
            return await events.MoveNextAsync() ? events.Current : null;
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException or TimeoutException)
        {
            return null;
        }
    }

    private async Task CloseAsync()
    {
        if (events is not null)
            await events.DisposeAsync();
        stream?.Dispose();
        (events, stream) = (null, null);
    }

    private T Read<T>(string data)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(data, WireJson.Options) ?? throw new JsonException("null");
        }
        catch (JsonException wrong)
        {
            throw client.Unreadable($"GET sweeps/{sweepId}/events", wrong.Message);
        }
    }

    private MovePosition Position(string? id) => id?.Split('-') is [var writer, var seq]
        && long.TryParse(writer, NumberStyles.None, CultureInfo.InvariantCulture, out var w) && long.TryParse(seq, NumberStyles.None, CultureInfo.InvariantCulture, out var s)
        ? new(w, s) : throw client.Unreadable($"GET sweeps/{sweepId}/events", $"the event id '{id}'");
}
