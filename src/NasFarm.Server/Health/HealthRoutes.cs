using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Health;

/// <summary>Three questions that a supervisor of processes asks: <c>/health/started</c> and <c>/health/ready</c> (the store answers),
/// <c>/health/live</c> (this process does; asks nobody).</summary>
public static class HealthRoutes
{
    /// <summary>Tag of checks that <c>/health/started</c> and <c>/health/ready</c> ask.</summary>
    public const string Ready = "ready";

    /// <summary>Adds the checks.</summary>
    public static IHealthChecksBuilder AddFarmHealth(this IServiceCollection services, IFarmStore store) =>
        services.AddHealthChecks().Add(new("store", _ => new StoreCheck(store), HealthStatus.Unhealthy, [Ready]));

    /// <summary>Maps them; anybody may ask, and learns one word.</summary>
    public static void MapFarmHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/started", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready) }).AllowAnonymous();
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready) }).AllowAnonymous();
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
    }

    private sealed class StoreCheck(IFarmStore store) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await store.ReadMovePositionAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (StoreUnavailableException e)
            {
                return HealthCheckResult.Unhealthy(e.Message);
            }
        }
    }
}
