using NasFarm.Server.Auth;
using NasFarm.Server.Pages.Frame;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Login;

/// <summary>Where a person shows a token.</summary>
internal static class LoginPage
{
    /// <summary>The page.</summary>
    /// <param name="around">Its frame, with the proof of its form.</param>
    /// <param name="to">Address of this server to go to then.</param>
    /// <param name="problem">Why the last try failed; null: there was none.</param>
    public static PageContent Of(Surroundings around, string to, string? problem) => new("Log in",
        El("h1", "Log in"),
        problem is null ? null : El("p", Class("banner warn"), At("role", "alert"), problem),
        Layout.Form(around, LoginRoutes.Path,
            El("input", At("type", "hidden"), At("name", LoginRoutes.BackTo), At("value", to)),
            El("div", Class("filter"),
                El("label", At("for", "token"), "Token", El("input", At("id", "token"), At("name", "token"), At("type", "password"), At("autocomplete", "off"), At("required", "required"))),
                El("button", Class("primary"), At("type", "submit"), "Log in"))),
        El("p", Class("soft"), "An administrator makes tokens:"),
        El("pre", At("tabindex", "0"), "nasfarm token create NAME --tenant TENANT --role viewer"));
}
