using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace NasFarm.Server.Http;

/// <summary>Turns exceptions into problems, and empty refusals of the framework too.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
            return;
        }
        catch (Exception problem) when (!context.Response.HasStarted)
        {
            var told = Problems.Of(problem);
            if (told is null)
                log.LogError(problem, "A request to {Path} failed by a mistake in this program.", context.Request.Path);
            await (told ?? Problems.New(StatusCodes.Status500InternalServerError, "mistake", "This program made a mistake; its log tells more.")).WriteAsync(context);
            return;
        }
        var response = context.Response;
        if (response is { HasStarted: false, StatusCode: >= 400, ContentType: null } && response.ContentLength is null or 0)
            await OfStatus(response.StatusCode).WriteAsync(context);
    }

    private static Problem OfStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => Problems.New(status, "no-such-route", "There is nothing at this address."),
        StatusCodes.Status405MethodNotAllowed => Problems.New(status, "wrong-method", "This address does not take that method."),
        StatusCodes.Status415UnsupportedMediaType => Problems.New(status, "wrong-type", "The body's Content-Type is not one that this address reads."),
        StatusCodes.Status413PayloadTooLarge => Problems.New(status, "too-large", "The request's body is longer than this server reads."),
        _ => Problems.New(status, "refused", "The request was refused."),
    };
}
