using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NasFarm.Catalog;

namespace NasFarm.Server.Api;

/// <summary>A reading as an answer: with a weak tag of its content, and without the content for who has it already.</summary>
internal sealed class Answer(byte[] content, string type) : IResult
{
    /// <summary>One of the farm's records, in its JSON.</summary>
    public static IResult Json<T>(T value) => new Answer(JsonSerializer.SerializeToUtf8Bytes(value, CatalogJson.Compact), "application/json; charset=utf-8");

    /// <summary>A text.</summary>
    public static IResult Text(string text, string type) => Text(Encoding.UTF8.GetBytes(text), type);

    /// <summary>A text in UTF-8.</summary>
    public static IResult Text(byte[] text, string type) => new Answer(text, type + "; charset=utf-8");

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var tag = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"";
        var response = httpContext.Response;
        (response.Headers.ETag, response.Headers.CacheControl, response.Headers.Vary) = (tag, "private, no-cache", "Authorization, Cookie");
        if (httpContext.Request.Headers.IfNoneMatch.SelectMany(known => (known ?? "").Split(',')).Any(known => known.Trim() == tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = type;
        await response.Body.WriteAsync(content, httpContext.RequestAborted);
    }
}
