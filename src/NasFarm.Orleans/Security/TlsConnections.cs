using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;

namespace NasFarm.Orleans.Security;

/// <summary>TLS on every connection of a cluster: both ends show a certificate of one authority, or nothing is said. Orleans' own package for it
/// (Microsoft.Orleans.Connections.Security) is not needed: this is a step in its connections like any other.</summary>
public static class TlsConnections
{
    /// <summary>For a handshake.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Silos speak to each other and to clients under these certificates only.</summary>
    public static ISiloBuilder UseTls(this ISiloBuilder silo, ClusterCertificate certificate)
    {
        silo.Services.Configure<SiloConnectionOptions>(options =>
        {
            options.ConfigureSiloInboundConnection(connection => Accept(connection, certificate));
            options.ConfigureGatewayInboundConnection(connection => Accept(connection, certificate));
            options.ConfigureSiloOutboundConnection(connection => Connect(connection, certificate));
        });
        return silo;
    }

    /// <summary>The same for a client.</summary>
    public static IClientBuilder UseTls(this IClientBuilder client, ClusterCertificate certificate)
    {
        client.Services.Configure<ClientConnectionOptions>(options => options.ConfigureConnection(connection => Connect(connection, certificate)));
        return client;
    }

    private static void Accept(IConnectionBuilder connection, ClusterCertificate certificate) =>
        connection.Use(next => context => SecureAsync(context, next, (stream, stop) => stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Own, ClientCertificateRequired = true, CertificateChainPolicy = certificate.Trust,
        }, stop)));

    private static void Connect(IConnectionBuilder connection, ClusterCertificate certificate) =>
        connection.Use(next => context => SecureAsync(context, next, (stream, stop) => stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            ClientCertificateContext = certificate.Own, CertificateChainPolicy = certificate.Trust, TargetHost = "nasfarm",
            // A member is whom the authority has signed; its address says nothing.
            RemoteCertificateValidationCallback = (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None,
        }, stop)));

    private static async Task SecureAsync(ConnectionContext context, ConnectionDelegate next, Func<SslStream, CancellationToken, Task> authenticate)
    {
        var plain = context.Transport;
        await using var stream = new SslStream(new PipeStream(plain), leaveInnerStreamOpen: false);
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(context.ConnectionClosed))
        {
            patience.CancelAfter(Patience);
            try
            {
                await authenticate(stream, patience.Token);
            }
            catch (Exception e) when (e is AuthenticationException or OperationCanceledException or IOException)
            {
                throw new ConnectionAbortedException($"{context.RemoteEndPoint} is no member of the cluster: {e.Message}", e);
            }
        }
        var pool = MemoryPool<byte>.Shared;
        var secure = new Duplex(
            PipeReader.Create(stream, new(pool, bufferSize: 16384, leaveOpen: true)), PipeWriter.Create(stream, new(pool, leaveOpen: true)));
        context.Transport = secure;
        try
        {
            await next(context);
        }
        finally
        {
            await secure.Input.CompleteAsync();
            await secure.Output.CompleteAsync();
            context.Transport = plain;
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
