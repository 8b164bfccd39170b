using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NasFarm.Server.Access;
using NasFarm.Server.Http;
using NasFarm.Server.Pages.Failures;

namespace NasFarm.Server.Auth;

/// <summary>What is said to callers who are not let in: programs hear a problem, people who look at pages are sent to the login.</summary>
internal sealed class AuthAnswers : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        // What is no route has nobody to keep out: 404, or 405.
        if (authorizeResult.Succeeded || context.GetEndpoint() is not RouteEndpoint)
            return next(context);
        if (context.User.Caller() is { } caller)
        {
            var needs = context.GetEndpoint()?.Metadata.GetMetadata<RouteNeeds>();
            return Problems.New(StatusCodes.Status403Forbidden, "forbidden", needs is null
                ? "This address is closed to everybody."
                : $"{caller.Name} has no tenant with the role {Tokens.Word(needs.Least)}{(needs.Everywhere ? "; this takes it in every tenant" : "")}.").WriteAsync(context);
        }
        if (HttpMethods.IsGet(context.Request.Method) && PageFailures.WantsPage(context.Request))
        {
            context.Response.Redirect($"{LoginRoutes.Path}?{LoginRoutes.BackTo}={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}");
            return Task.CompletedTask;
        }
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.New(StatusCodes.Status401Unauthorized, "unauthorized",
            Schemes.BearerOf(context.Request) is null ? "Show a token: Authorization: Bearer nf_…" : "The token is unknown, has expired or was revoked.").WriteAsync(context);
    }
}
