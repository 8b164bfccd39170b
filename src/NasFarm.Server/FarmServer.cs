using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using NasFarm.Server.Api;
using NasFarm.Server.Auth;
using NasFarm.Server.Comparisons;
using NasFarm.Server.Events;
using NasFarm.Server.Health;
using NasFarm.Server.Http;
using NasFarm.Server.Pages;
using NasFarm.Server.Webhooks;

namespace NasFarm.Server;

/// <summary>A farm's HTTP side. The same for one process and for a cluster.</summary>
public static class FarmServer
{
    /// <summary>Adds what the routes need.</summary>
    public static void AddFarmServer(this IServiceCollection services, FarmServerOptions options)
    {
        services.AddSingleton(options);
        // Made by the container, which ends them before whoever opened the store closes it.
        services.AddSingleton(_ => new SweepWatches(options.Host, options.Time));
        services.AddFarmHealth(options.Store);
        services.AddFarmAuth(options);
        services.AddSingleton<ComparisonShelf>();
        services.AddFarmApi();
        if (options.Webhook is { } hook)
            services.AddHostedService(_ => new NoticeService(options, hook));
    }

    /// <summary>Adds what stands before every route, and maps every route.</summary>
    public static void MapFarmServer(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseResponseCompression();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseFarmAuth(app.Services.GetRequiredService<FarmAuthOptions>());
        app.MapFarmHealth();
        app.Services.GetRequiredService<FarmServerOptions>().Telemetry?.Map(app);
        app.MapFarmLogin();
        app.MapFarmPages();
        app.MapFarmApi();
    }
}
