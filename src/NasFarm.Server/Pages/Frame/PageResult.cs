using Microsoft.AspNetCore.Http;

namespace NasFarm.Server.Pages.Frame;

/// <summary>A page as an answer.</summary>
/// <param name="html">The document in UTF-8.</param>
/// <param name="status">Of the answer.</param>
internal sealed class PageResult(ReadOnlyMemory<byte> html, int status = StatusCodes.Status200OK) : IResult
{
    /// <summary>Writes it.</summary>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var answer = httpContext.Response;
        answer.StatusCode = status;
        answer.ContentType = "text/html; charset=utf-8";
        answer.ContentLength = html.Length;
        return answer.Body.WriteAsync(html, httpContext.RequestAborted).AsTask();
    }
}
