using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using NasFarm.Catalog;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Pages.Failures;

namespace NasFarm.Server.Http;

/// <summary>Why a request was not done (RFC 9457).</summary>
/// <param name="Type">Always <c>about:blank</c>: the code tells more.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable name of the reason, for programs.</param>
/// <param name="Detail">A sentence: what is wrong and what would be right.</param>
public sealed record Problem(string Type, string Title, int Status, string Code, string Detail)
{
    /// <summary>Every error of a manifest; null: it is about something else.</summary>
    public IReadOnlyList<ManifestProblem>? Errors { get; init; }
}

/// <summary>One thing that is wrong in a manifest.</summary>
/// <param name="File">Name of the manifest.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters.</param>
/// <param name="Path">Keys and indices from the top; empty: the document.</param>
/// <param name="Message">What stands there and what would be right.</param>
public sealed record ManifestProblem(string File, int Line, int Column, string Path, string Message)
{
    internal static ManifestProblem Of(ManifestError error) => new(error.File, error.Place.Line, error.Place.Column, error.Place.Path, error.Message);
}

/// <summary>Errors as answers. What is not listed here does not happen: it ends the request with 500, and a log says what it was.</summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    private const int RetryStoreSeconds = 5;

    private static readonly JsonSerializerOptions Json = new(CatalogJson.Compact) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>What an exception says to whoever asked. Null: it is nobody's fault but ours.</summary>
    public static Problem? Of(Exception problem) => problem switch
    {
        RefusedException refused => New(refused.Kind switch
        {
            Refusal.NotFound => StatusCodes.Status404NotFound,
            Refusal.Forbidden => StatusCodes.Status403Forbidden,
            Refusal.Conflict => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status400BadRequest,
        }, refused.Code, refused.Message),
        ManifestException wrong => New(StatusCodes.Status422UnprocessableEntity, "bad-manifest",
            $"The manifest has {wrong.Errors.Count} error{(wrong.Errors.Count == 1 ? "" : "s")}; nothing was submitted.") with
        { Errors = [.. wrong.Errors.Select(ManifestProblem.Of)] },
        AntiforgeryValidationException => New(StatusCodes.Status400BadRequest, "old-form", "The form came from an old page. Open the page again and repeat."),
        StoreUnavailableException away => New(StatusCodes.Status503ServiceUnavailable, "store-away", away.Message),
        ArtifactsUnavailableException away => New(StatusCodes.Status503ServiceUnavailable, "artifacts-away", away.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => New(StatusCodes.Status413PayloadTooLarge, "too-large", "The request's body is longer than this server reads."),
        BadHttpRequestException bad => New(bad.StatusCode, "bad-request", bad.Message),
        _ => null,
    };

    public static Problem New(int status, string code, string detail) => new("about:blank", Title(status), status, code, detail);

    /// <summary>Writes it as the answer: as a page where a browser asked for one.</summary>
    public static Task WriteAsync(this Problem problem, HttpContext context)
    {
        context.Response.StatusCode = problem.Status;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = RetryStoreSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return PageFailures.WantsPage(context.Request) ? PageFailures.WriteAsync(problem, context) : context.Response.WriteAsJsonAsync(problem, Json, ContentType, context.RequestAborted);
    }

    private static string Title(int status) => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);
}
