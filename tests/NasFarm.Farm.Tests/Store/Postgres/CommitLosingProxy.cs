using System.Net;
using System.Net.Sockets;

namespace NasFarm.Farm.Tests.Store.Postgres;

/// <summary>Stands between a store and its server. When asked, it lets the next COMMIT through and cuts the connection instead of handing
/// the answer back: the caller cannot know what became of it.</summary>
internal sealed class CommitLosingProxy : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource ending = new();
    private readonly int server;
    private readonly Task accepting;
    private int armed;

    /// <param name="server">Port of the server.</param>
    /// <param name="port">Port to listen on; 0: a free one.</param>
    public CommitLosingProxy(int server, int port = 0)
    {
        this.server = server;
        listener = new(IPAddress.Loopback, port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Commits whose answers were lost.</summary>
    public int Lost { get; private set; }

    public void LoseNextCommit() => Volatile.Write(ref armed, 1);

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Stop();
        await accepting;
        ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
                talks.Add(TalkAsync(await listener.AcceptTcpClientAsync(ending.Token)));
        }
        catch (Exception e) when (ending.IsCancellationRequested && e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var talk = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        using var upstream = new TcpClient { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await upstream.ConnectAsync(IPAddress.Loopback, server, talk.Token);
                var losing = false;
                var there = PumpAsync(client.GetStream(), upstream.GetStream(), data =>
                {
                    losing |= data.IndexOf("COMMIT\0"u8) >= 0 && Interlocked.Exchange(ref armed, 0) == 1;
                    return true;
                }, talk.Token);
                var back = PumpAsync(upstream.GetStream(), client.GetStream(), _ =>
                {
                    Lost += losing ? 1 : 0;
                    return !losing;
                }, talk.Token);
                await Task.WhenAny(there, back);
                await talk.CancelAsync();
                await Task.WhenAll(there, back);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // Either side has gone: so does this talk.
            }
        }
    }

    private delegate bool Look(ReadOnlySpan<byte> data);

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Look goesOn, CancellationToken cancel)
    {
        var buffer = new byte[65536];
        while (await from.ReadAsync(buffer, cancel) is var count and > 0 && goesOn(buffer.AsSpan(0, count)))
            await to.WriteAsync(buffer.AsMemory(0, count), cancel);
    }
}
