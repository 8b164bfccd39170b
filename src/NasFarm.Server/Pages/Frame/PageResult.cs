using System.Text;
using Microsoft.AspNetCore.Http;

namespace NasFarm.Server.Pages.Frame;

/// <summary>A page as an answer. Nothing in it may come from elsewhere, and nobody may frame or keep it.</summary>
internal sealed class PageResult(string html, int status = StatusCodes.Status200OK) : IResult
{
    /// <summary>No script and no style but our files, no request but to this server.</summary>
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Writes it.</summary>
    public Task ExecuteAsync(HttpContext context)
    {
        var answer = context.Response;
        answer.StatusCode = status;
        answer.ContentType = "text/html; charset=utf-8";
        answer.Headers.ContentSecurityPolicy = Policy;
        answer.Headers.XContentTypeOptions = "nosniff";
        answer.Headers["Referrer-Policy"] = "same-origin";
        answer.Headers.CacheControl = "no-store";
        var bytes = Encoding.UTF8.GetBytes(html);
        answer.ContentLength = bytes.Length;
        return answer.Body.WriteAsync(bytes, 0, bytes.Length, context.RequestAborted);
    }
}
