using Microsoft.AspNetCore.Http;
using NasFarm.Server.Http;

namespace NasFarm.Server.Pages.Failures;

/// <summary>A problem for people who look at pages.</summary>
internal static class PageFailures
{
    /// <summary>A browser asks for a page, not a program for data.</summary>
    public static bool WantsPage(HttpRequest request) => !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>The answer in the layout of the other pages.</summary>
    public static Task WriteAsync(Problem problem, HttpContext context) =>
        PageRequest.Of(context).Failure(problem.Status, problem.Detail).ExecuteAsync(context);
}
