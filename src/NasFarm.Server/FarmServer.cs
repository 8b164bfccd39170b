using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using NasFarm.Server.Health;

namespace NasFarm.Server;

/// <summary>A farm's HTTP side. The same for one process and for a cluster.</summary>
public static class FarmServer
{
    /// <summary>Adds what the routes need.</summary>
    public static void AddFarmServer(this IServiceCollection services, FarmServerOptions options)
    {
        services.AddSingleton(options);
        services.AddFarmHealth(options.Store);
    }

    /// <summary>Maps every route.</summary>
    public static void MapFarmServer(this WebApplication app) => app.MapFarmHealth();
}
