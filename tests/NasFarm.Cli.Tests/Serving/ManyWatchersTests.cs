using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using NasFarm.Cli.Tests.Programs;
using Xunit.Abstractions;

namespace NasFarm.Cli.Tests.Serving;

/// <summary>More people look at one sweep than a farm would ever have.</summary>
public sealed class ManyWatchersTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("Tier", "all")]
    public async Task A_thousand_watchers_of_a_server_that_is_killed_twice_each_hear_every_move_once_and_in_order()
    {
        using var place = new Workplace();
        var url = $"http://127.0.0.1:{FreePort()}";
        Directory.CreateDirectory(place.Home);
        await using var store = await place.OpenStoreAsync();
        var servers = new List<(double MebiBytes, double Seconds)>();
        Running server = null!;

        var said = await WatchingCrowd.WatchAsync(store, async () =>
        {
            server = await ServeAsync(place, url);
            return url;
        }, async () =>
        {
            servers.Add(UseOf(place));
            server.Send(Signals.Kill);
            await server.EndAsync();
            server.Dispose();
            server = await ServeAsync(place, url);
        }, leastConnections: 3);

        servers.Add(UseOf(place));
        server.Dispose();
        output.WriteLine(FormattableString.Invariant(
            $"measured: {said}; servers' peak memory in MiB {string.Join(", ", servers.Select(s => $"{s.MebiBytes:0}"))}; CPU seconds {string.Join(", ", servers.Select(s => $"{s.Seconds:0.0}"))}"));
    }

    private static async Task<Running> ServeAsync(Workplace place, string url)
    {
        var server = place.Start(["serve", "--slots", "0", "--urls", url]);
        Assert.True(await Eventually.Holds(() => server.HasEnded || server.SaidSoFar.Contains(url, StringComparison.Ordinal)), server.SaidSoFar);
        if (server.HasEnded)
            Assert.Fail((await server.EndAsync()).ToString());
        return server;
    }

    /// <summary>Peak memory and processor time of the server.</summary>
    private static (double MebiBytes, double Seconds) UseOf(Workplace place)
    {
        using var process = Process.GetProcessById(place.Living.Single());
        return (process.PeakWorkingSet64 / (double)(1 << 20), process.TotalProcessorTime.TotalSeconds);
    }

    /// <summary>Below the ports that clients come from: while the server is away nobody's connection takes it.</summary>
    private static int FreePort()
    {
        for (var port = 20000 + (Environment.ProcessId % 10000); ; port++)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
        }
    }
}
