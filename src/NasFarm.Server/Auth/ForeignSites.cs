using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NasFarm.Server.Http;

namespace NasFarm.Server.Auth;

/// <summary>Keeps other web sites from asking in the name of whoever visits them. A browser says where a request comes from; programs say nothing and
/// are let through.</summary>
internal static class ForeignSites
{
    /// <summary>Refuses what changes something and comes from another site; where nobody is asked who they are, also every name that is not this
    /// machine's own: a foreign name that resolves to loopback is how a web page would reach this server.</summary>
    public static void UseForeignSiteGuard(this IApplicationBuilder app, FarmAuthOptions auth) => app.Use((context, next) => Refusal(context, auth) is { } refusal
        ? refusal.WriteAsync(context) : next(context));

    private static Problem? Refusal(HttpContext context, FarmAuthOptions auth)
    {
        var request = context.Request;
        if (auth.LocalAdmin is not null && !(IsLoopback(request.Host.Host) && IsLocal(context.Connection.RemoteIpAddress)))
            return Problems.New(StatusCodes.Status403Forbidden, "foreign-host", "This server is for its own machine: ask for localhost or 127.0.0.1.");
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            return null;
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        var foreign = site is not ("" or "same-origin" or "none")
            || (origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && IsSame(from, request.Host)));
        return foreign ? Problems.New(StatusCodes.Status403Forbidden, "foreign-site", "Another web site asked for this in your browser; it was not done.") : null;
    }

    private static bool IsSame(Uri origin, HostString host) =>
        string.Equals(origin.Host.Trim('[', ']'), host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase) && (host.Port is not { } port || port == origin.Port);

    private static bool IsLoopback(string host) => string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    // A request that came over no network has no address.
    private static bool IsLocal(IPAddress? address) => address is null || IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
