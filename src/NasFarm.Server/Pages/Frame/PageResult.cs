using System.Text;
using Microsoft.AspNetCore.Http;

namespace NasFarm.Server.Pages.Frame;

/// <summary>A page as an answer.</summary>
internal sealed class PageResult(string html, int status = StatusCodes.Status200OK) : IResult
{
    /// <summary>Writes it.</summary>
    public Task ExecuteAsync(HttpContext context)
    {
        var (answer, bytes) = (context.Response, Encoding.UTF8.GetBytes(html));
        answer.StatusCode = status;
        answer.ContentType = "text/html; charset=utf-8";
        answer.ContentLength = bytes.Length;
        return answer.Body.WriteAsync(bytes, 0, bytes.Length, context.RequestAborted);
    }
}
