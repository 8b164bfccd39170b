using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NasFarm.Orleans.Tests.Chaos;

/// <summary>Ports that nobody uses.</summary>
internal static class Ports
{
    public static string Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
