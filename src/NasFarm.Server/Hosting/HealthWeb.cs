using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using NasFarm.Farm.Store;
using NasFarm.Server.Health;
using NasFarm.Server.Telemetry;

namespace NasFarm.Server.Hosting;

/// <summary>A web server that answers the questions of <see cref="HealthRoutes"/> and gives metrics, and nothing else: for programs that serve nobody.</summary>
public static class HealthWeb
{
    /// <summary>Listens. Throws <see cref="IOException"/> when an address is taken.</summary>
    /// <param name="store">Must answer for the program to be ready.</param>
    /// <param name="problem">Why the program is not ready, besides the store; null: it is. Asks nobody.</param>
    /// <param name="telemetry">The program's.</param>
    /// <param name="urls">Addresses to listen on.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<WebApplication> StartAsync(
        IFarmStore store, Func<string?> problem, FarmTelemetry telemetry, IReadOnlyList<string> urls, CancellationToken cancel)
    {
        var builder = GuestWeb.CreateBuilder(urls);
        // A program that is not ready yet says so in its answer; the log is for what is wrong.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
        telemetry.AddTo(builder.Logging);
        builder.Services.AddFarmHealth(store).AddCheck("program",
            () => problem() is { } sentence ? HealthCheckResult.Unhealthy(sentence) : HealthCheckResult.Healthy(), [HealthRoutes.Ready]);
        var app = builder.Build();
        app.MapFarmHealth();
        telemetry.Map(app);
        await app.StartAsync(cancel);
        return app;
    }
}
