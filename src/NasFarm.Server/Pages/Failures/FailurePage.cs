using NasFarm.Server.Pages.Frame;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Failures;

/// <summary>What a browser is shown instead of a page.</summary>
internal static class FailurePage
{
    /// <summary>The page of a status.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="sentence">What is wrong and what would be right; null: the usual words.</param>
    public static PageContent Of(int status, string? sentence = null)
    {
        var title = status switch
        {
            400 => "This request is wrong",
            401 or 403 => "You may not do this",
            404 => "There is no such page",
            409 => "Not now",
            503 => "The store is away",
            _ => "Something went wrong",
        };
        return new(title,
            El("h1", title),
            El("p", sentence ?? status switch
            {
                401 => "Log in first.",
                403 => "Your role does not allow it.",
                404 => "What the address names does not exist, or is another tenant's.",
                503 => "The database does not answer. Nothing is lost; this page works again when it does.",
                _ => "The server's log tells more.",
            }),
            El("p", Class("soft"), $"Status {status}. ", El("a", At("href", "/"), "All sweeps")));
    }
}
