using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using NasFarm.Server.Access;

namespace NasFarm.Server.Auth;

/// <summary>What a route asks of its caller before it looks at what it is asked about: the role, in any tenant. Which tenant counts is known when the
/// thing is found (<see cref="CallerFarm"/>).</summary>
/// <param name="Least">Role.</param>
/// <param name="Everywhere">It must be held in every tenant: the route is about the whole farm.</param>
public sealed record RouteNeeds(Role Least, bool Everywhere) : IAuthorizationRequirement;

/// <summary>How routes say it. One that says nothing is closed to everybody.</summary>
public static class NeedsExtensions
{
    /// <summary>Callers with at least this role somewhere.</summary>
    public static T Needs<T>(this T route, Role least, bool everywhere = false) where T : IEndpointConventionBuilder
    {
        var needs = new RouteNeeds(least, everywhere);
        return route.RequireAuthorization(policy => policy.RequireAuthenticatedUser().AddRequirements(needs)).WithMetadata(needs);
    }
}

/// <summary>Holds callers against <see cref="RouteNeeds"/>.</summary>
internal sealed class RouteNeedsHandler : AuthorizationHandler<RouteNeeds>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RouteNeeds requirement)
    {
        if (context.User.Caller() is { } caller
            && (requirement.Everywhere ? caller.MayEverywhere(requirement.Least) : caller.TenantsWith(requirement.Least).Any()))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
